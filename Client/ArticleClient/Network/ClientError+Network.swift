import Sockets
import SyncEngine
import SyncProtocol

extension ClientError {
    /// A failed connection.
    init(_ error: SocketError) {
        let exit: ExitCode
        var hint: String?
        switch error.code {
        case .invalidAddress: exit = .usage
        case .wrongHubKey, .noCertificate, .unusableKey, .certificateRefused: exit = .notAllowed
        case .cannotResolve, .refused, .unreachable, .timedOut, .notTLS, .otherProtocol,
            .closedEarly, .damaged, .closed, .addressInUse, .notPermitted, .system:
            exit = .network
            hint = "nothing is lost: what you do here is sent by the next galley sync"
        }
        self.init(exit, "network.\(error.code)", error.message, hint: hint)
    }

    /// A failed sync.
    init(_ error: SyncError) {
        switch error.code {
        case .network:
            if let cause = error.cause as? SocketError {
                self.init(cause)
            } else {
                self.init(
                    .network,
                    "network.lost",
                    error.message,
                    hint: "nothing is lost: the next galley sync goes on from here"
                )
            }
        case .refused(let code), .protocol(let code):
            self.init(Self.exit(of: code), "sync.\(code)", error.message)
        case .replica, .membership:
            if let cause = error.cause {
                self.init(cause)
            } else {
                self.init(.failed, "sync.\(error.code)", error.message)
            }
        }
    }

    private static func exit(of code: Fault.Code) -> ExitCode {
        switch code {
        case .notMember, .revoked, .role, .invitation, .claim, .quota, .wrongLibrary: .notAllowed
        case .badFrame, .badSignature, .chainGap, .fork, .badEntry, .badRecord, .membershipFork,
            .dependencyMissing:
            .integrity
        case .rate, .overloaded, .shutdown, .rewound: .network
        case .version, .tooLarge, .membershipConflict, .internal, .unknown: .failed
        }
    }
}
