public import ReplicaStore
public import SyncProtocol

/// Why syncing failed.
public struct SyncError: Error, Sendable {
    /// What to decide by.
    public enum Code: Hashable, Sendable {
        /// The connection could not be made, broke, or was closed by the other side.
        case network
        /// The hub refused; the code says why.
        case refused(Fault.Code)
        /// The hub broke the rules of the protocol, or what it sent does not hold.
        case `protocol`(Fault.Code)
        /// The replica here failed.
        case replica(ReplicaError.Code)
        /// A membership record could not be made or taken.
        case membership
    }

    /// What to decide by.
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

    /// The failure of a connection.
    init(network error: any Error) { self.init(.network, "\(error)", cause: error) }

    /// The failure as one of this module; those of others become its cause.
    init(wrapping error: any Error) {
        switch error {
        case let error as SyncError:
            self = error
        case let error as ReplicaError:
            self.init(.replica(error.code), error.message, cause: error)
        case let error as ProtocolError:
            let code: Code = error.fromPeer ? .refused(error.code) : .protocol(error.code)
            self.init(code, error.message, cause: error)
        default:
            self.init(.membership, "\(error)", cause: error)
        }
    }
}

extension SyncError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
