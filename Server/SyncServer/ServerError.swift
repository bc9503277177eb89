import Files
import Membership
import ReplicaStore
import Signing
import Sockets

/// Why a hub could not do what its operator asked for.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Sendable, Equatable {
        /// There is no hub in the folder.
        case missing
        /// There is a hub in the folder already.
        case exists
        /// Another process serves from the folder.
        case running
        /// A setting is none.
        case badSetting
        /// This user may not.
        case notPermitted
        /// The address cannot be listened on.
        case cannotListen
        /// A file of the hub is damaged.
        case damaged
        /// The disk is full or fails.
        case storage
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, why, and what can be done.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    init(_ error: FileError) {
        let code: Code =
            switch error.code {
            case .notFound: .missing
            case .exists: .exists
            case .noPermission: .notPermitted
            case .full, .failed, .brokenPipe: .storage
            case .tooLarge, .wrongKind: .damaged
            }
        self.init(code, error.message)
    }

    init(_ error: SocketError) {
        let code: Code =
            switch error.code {
            case .notPermitted: .notPermitted
            case .invalidAddress: .badSetting
            case .system: .storage
            case .addressInUse, .cannotResolve, .unreachable, .refused, .timedOut, .wrongHubKey,
                .notTLS, .otherProtocol, .noCertificate, .unusableKey, .certificateRefused,
                .closedEarly, .damaged, .closed:
                .cannotListen
            }
        self.init(code, error.message)
    }
}
