import ArticleModel

/// The first letters of a handle, as the range of identifiers that begin with them.
struct HandlePrefix {
    /// The first identifier of the range.
    let lower: [UInt8]
    /// The last identifier of the range.
    let upper: [UInt8]

    /// Reads what a person typed: letters in either case, o for 0, i and l for 1, hyphens ignored.
    ///
    /// A whole identifier in hexadecimal digits, as JSON shows it, is taken as well: no handle is that
    /// long. Nil for no letters, too many, or other characters.
    init?(_ text: String) {
        if text.utf8.count == 64 || text.utf8.count == 32,
            let bytes = [UInt8](hexadecimal: text)
        {
            lower = Array(bytes.prefix(16))
            upper = lower
            return
        }
        var bits: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            guard let value = Self.value(of: byte) else { return nil }
            for shift in stride(from: 4, through: 0, by: -1) {
                bits.append(value >> UInt8(shift) & 1)
            }
        }
        guard !bits.isEmpty, bits.count <= 26 * 5 else { return nil }
        // A whole handle has two bits more than the identifier, always zero.
        guard bits.dropFirst(128).allSatisfy({ $0 == 0 }) else { return nil }
        bits = Array(bits.prefix(128))
        lower = Self.bytes(of: bits, filledWith: 0)
        upper = Self.bytes(of: bits, filledWith: 1)
    }

    private static func value(of letter: UInt8) -> UInt8? {
        let lowered = letter >= 0x41 && letter <= 0x5A ? letter | 0x20 : letter
        switch lowered {
        case UInt8(ascii: "o"): return 0
        case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
        default: return Handle.alphabet.firstIndex(of: lowered).map { UInt8($0) }
        }
    }

    private static func bytes(of bits: [UInt8], filledWith filler: UInt8) -> [UInt8] {
        (0..<16).map { byte in
            (0..<8).reduce(0) { result, bit in
                let index = byte * 8 + bit
                return result << 1 | (index < bits.count ? bits[index] : filler)
            }
        }
    }
}
