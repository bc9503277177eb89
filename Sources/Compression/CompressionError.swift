/// Why bytes cannot be decompressed.
public struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to decide by.
    public enum Code: Hashable, Sendable {
        /// No Zstandard frame, a damaged one, or bytes after it.
        case damaged
        /// The declared size is above what the caller allows.
        case tooLarge
        /// The content has another size than the one declared.
        case wrongSize
        /// The frame needs a window above 1 MiB.
        case windowTooLarge
    }

    /// What to decide by.
    public let code: Code
    /// What, why and what to do, for a person.
    public let message: String

    /// The message.
    public var description: String { message }
}
