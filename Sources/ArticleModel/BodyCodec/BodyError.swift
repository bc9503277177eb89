/// Why bytes are no body, or no seed.
public struct BodyError: Error, Hashable, Sendable {
    /// What is wrong, to decide by.
    public enum Code: String, Hashable, Sendable {
        /// The bytes end inside a value.
        case truncated
        /// A number or a size is over its limit.
        case tooLarge
        /// Bytes that are no well-formed text, or a text with U+0000 or CR.
        case badText
        /// An operation, a field, a kind of value or a flag that this version does not have.
        case unknown
        /// A value that is written in another way in the one form accepted.
        case notCanonical
        /// A value that the model does not have: an empty tag, the 31st of April.
        case invalid
    }

    /// What is wrong, to decide by.
    public let code: Code
    /// Where in the bytes it was noticed.
    public let offset: Int
    /// What is wrong, for people.
    public let message: String

    /// Reports `message` at `offset`.
    public init(_ code: Code, at offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }
}

extension BodyError: CustomStringConvertible {
    /// The message with its place.
    public var description: String { "body, byte \(offset): \(message)" }
}
