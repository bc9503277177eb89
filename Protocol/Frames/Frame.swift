// A frame on the wire:
//
//   length    4 bytes, big-endian: the bytes that follow, at most 1 MiB
//   type      1 byte: what the payload is (MessageType); unknown ones of 128 and more are skipped
//   flags     1 byte: bit 0: the payload is compressed; all others zero
//   stream    LEB128 without needless bytes: which library of the connection it is about
//   payload   the rest. Compressed: the plain size as LEB128, at most 1 MiB, then one zstd frame
//             that declares the same size

/// One message of one stream, as it travels.
public struct Frame: Hashable, Sendable {
    /// What the payload is; a number above 127 may be skipped by those who do not know it.
    public let type: UInt8
    /// Which library of the connection it is about.
    public let stream: UInt64
    /// The payload, not compressed.
    public let payload: [UInt8]
    /// The bytes it took, or takes, on the wire; what credit is counted in.
    public let wireSize: Int

    /// Makes a frame that came as `wireSize` bytes.
    public init(type: UInt8, stream: UInt64, payload: [UInt8], wireSize: Int) {
        self.type = type
        self.stream = stream
        self.payload = payload
        self.wireSize = wireSize
    }

    static let lengthSize = 4
    static let compressedFlag: UInt8 = 1
}

/// Numbers in LEB128, seven bits a byte, low ones first.
enum VariableLength {
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Takes a number below 2^35 from the front of `bytes`; nil where there is none in its one form.
    static func take(from bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return byte == 0 && shift > 0 ? nil : value }
        }
        return nil
    }
}
