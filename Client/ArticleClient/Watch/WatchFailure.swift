import ArticleModel
import ReplicaStore
import Sockets
import SyncEngine
import SyncProtocol

/// What a failure means to who watches: try again, or give up.
enum WatchFailure {
    /// Nobody has to do anything; how long the hub asks to be left alone, if it does.
    case passing(retryAfterMilliseconds: UInt64?)
    /// Trying again does not help.
    case lasting

    init(_ error: any Error) {
        switch error {
        case let error as SyncError: self.init(error)
        case let error as SocketError: self.init(error)
        default: self = .lasting
        }
    }

    private init(_ error: SyncError) {
        switch error.code {
        case .network:
            if let cause = error.cause as? SocketError {
                self.init(cause)
            } else {
                self = .passing(retryAfterMilliseconds: nil)
            }
        case .refused:
            let cause = error.cause as? ProtocolError
            guard cause?.isTransient == true else {
                self = .lasting
                return
            }
            self = .passing(retryAfterMilliseconds: cause?.retryAfterMilliseconds)
        case .replica(.busy), .replica(.cursorMismatch):
            self = .passing(retryAfterMilliseconds: nil)
        case .protocol, .replica, .membership:
            self = .lasting
        }
    }

    private init(_ error: SocketError) {
        switch error.code {
        case .wrongHubKey, .noCertificate, .unusableKey, .certificateRefused, .invalidAddress:
            self = .lasting
        // Some go away with the network that the machine is in just now.
        case .cannotResolve, .refused, .unreachable, .timedOut, .notTLS, .otherProtocol,
            .closedEarly, .damaged, .closed, .addressInUse, .notPermitted, .system:
            self = .passing(retryAfterMilliseconds: nil)
        }
    }
}
