/// Why a file could not be read as articles.
public struct FormatError: Error, Hashable, Sendable {
    /// What kind of refusal it is.
    public enum Code: Hashable, Sendable {
        /// There is nothing in the file but white space.
        case empty
        /// A NUL byte: this is no text.
        case binary
        /// The bytes are no well-formed UTF-8.
        case brokenUTF8
        /// The file is UTF-16.
        case wrongEncoding
        /// The file, or an article in it, is over a limit.
        case tooLarge
        /// A document is not what its format demands.
        case malformed
    }

    /// What kind of refusal it is.
    public let code: Code
    /// What happened, why, and what can be done, in a sentence or two.
    public let message: String
    /// The byte of the input where it happened, where that makes sense.
    public let offset: Int?

    /// Makes an error.
    public init(_ code: Code, _ message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}

extension FormatError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
