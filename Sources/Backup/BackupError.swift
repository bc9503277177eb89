/// Why a backup cannot be made or read.
public struct BackupError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Hashable, Sendable {
        /// The file is something else.
        case notABackup
        /// It was made by a newer galley.
        case newerVersion
        /// It is damaged, or ends too early.
        case damaged
        /// It holds something else than what is asked for: a hub's folder for a library's, say.
        case wrongKind
    }

    /// What kind of failure it is.
    public let code: Code
    /// What, why, and what can be done.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
