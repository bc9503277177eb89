import ArticleModel
import CBOR

extension CBORWriter {
    /// Writes a 16-byte identifier as a byte string.
    mutating func identifier<Tag>(_ value: Identifier16<Tag>) { bytes(value.bytes) }

    /// Writes a 32-byte identifier as a byte string.
    mutating func identifier<Tag>(_ value: Identifier32<Tag>) { bytes(value.bytes) }
}

extension CBORReader {
    /// Reads a 16-byte identifier.
    mutating func identifier16<Tag>() throws(CBORError) -> Identifier16<Tag> {
        let start = offset
        guard let value = Identifier16<Tag>(try bytes(exactly: 16)) else {
            throw CBORError(code: .wrongCount, offset: start, message: "16 bytes must be here")
        }
        return value
    }

    /// Reads a 32-byte identifier.
    mutating func identifier32<Tag>() throws(CBORError) -> Identifier32<Tag> {
        let start = offset
        guard let value = Identifier32<Tag>(try bytes(exactly: 32)) else {
            throw CBORError(code: .wrongCount, offset: start, message: "32 bytes must be here")
        }
        return value
    }

    /// Reads a number that a table of 64-bit integers can hold, as sequence numbers and clocks are.
    mutating func count() throws(CBORError) -> UInt64 { try unsigned(atMost: UInt64(Int64.max)) }
}

extension Identifier32 {
    /// The SHA-256 that `digest` is.
    init(digest: [UInt8]) {
        guard let value = Self(digest) else { fatalError("a SHA-256 has 32 bytes") }
        self = value
    }
}
