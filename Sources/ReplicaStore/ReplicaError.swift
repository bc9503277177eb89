public import SQLite

/// Why a replica could not do what it was asked to.
public struct ReplicaError: Error, Sendable {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: String, Hashable, Sendable {
        // The file.

        /// There is no replica at the path.
        case missing
        /// There is a replica at the path already.
        case exists
        /// The file is something else than a replica.
        case notAReplica
        /// The file is damaged, or what it holds does not hang together.
        case damaged
        /// The file was written by a newer galley.
        case newerVersion
        /// Another process is writing and did not finish in time.
        case busy
        /// The disk is full.
        case full
        /// The file may not be written.
        case readOnly
        /// The rights to open the file are missing.
        case noPermission
        /// The system failed to read or write.
        case ioError

        // What was asked for.

        /// There is no such thing.
        case notFound
        /// What was given names several things.
        case ambiguous
        /// The role does not permit it.
        case notAllowed
        /// The article is deleted, so it takes no edits.
        case deleted
        /// The article was written by a newer galley, so it takes no edits here.
        case needsNewer
        /// The change would have no effect by the rules of merging.
        case faultyChange
        /// It is larger than a library takes.
        case tooLarge
        /// A record of the membership log is faulty or does not follow the last one.
        case membership

        // Entries from others.

        /// The entry is not in the one form its version has.
        case malformed
        /// The entry belongs to another library.
        case otherLibrary
        /// The signature does not hold.
        case badSignature
        /// The entry does not follow the one before it on its chain.
        case chainGap
        /// The lamport number is not one more than the highest of those before.
        case wrongLamport
        /// The membership record referred to is not the one of the log, or older than permitted.
        case wrongMembership
        /// The dependencies are not as the rules have them.
        case wrongDependencies
        /// The body is not the one that was signed.
        case wrongBody
        /// The header or body has a version this galley does not know.
        case unknownVersion
        /// An earlier entry of the same chain was refused.
        case refusedChain
        /// Hub positions, or the accumulator, do not follow what is stored.
        case cursorMismatch
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, why, and what can be done about it.
    public let message: String
    /// The failure below that caused it.
    public let cause: (any Error)?

    /// Describes a failure.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Says of a database's failure what it means to a replica.
    public init(_ error: DatabaseError) {
        let code: Code =
            switch error.code {
            case .busy: .busy
            case .full: .full
            case .corrupt, .constraint, .misuse, .interrupted: .damaged
            case .notADatabase: .notAReplica
            case .readOnly: .readOnly
            case .missing: .missing
            case .noPermission: .noPermission
            case .tooLarge: .tooLarge
            case .cannotOpen, .ioError, .outOfMemory: .ioError
            }
        self.init(code, error.message, cause: error)
    }
}

extension ReplicaError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
