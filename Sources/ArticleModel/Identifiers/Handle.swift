/// The letters people type for an identifier: base 32 without i, l, o, u, in lower case.
///
/// Five bits a letter, first bits first (the alphabet of Crockford's base 32). Any prefix that fits
/// one thing alone names it.
public enum Handle {
    /// The alphabet, in the order of the values 0 to 31.
    public static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The letters of `bytes`, the last one filled up with zero bits.
    public static func letters(of bytes: some Collection<UInt8>) -> String {
        var result: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                result.append(alphabet[Int(buffer >> UInt32(bits - 5) & 31)])
                bits -= 5
            }
        }
        if bits > 0 { result.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Identifier16 {
    /// The 26 letters people may type a prefix of.
    public var handle: String { Handle.letters(of: bytes) }
}

extension Identifier32 {
    /// The 26 letters (of the first 16 bytes) people may type a prefix of.
    public var handle: String { Handle.letters(of: bytes.prefix(16)) }
}
