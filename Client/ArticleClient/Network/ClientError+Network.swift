import Sockets
import SyncEngine
import SyncProtocol

extension ClientError {
    /// A failure to reach the hub, or to be sure that it is the hub.
    init(_ error: SocketError) {
        let exit: ExitCode =
            switch error.code {
            case .invalidAddress: .usage
            case .wrongHubKey, .noCertificate, .certificateRefused, .unusableKey: .notAllowed
            case .damaged: .integrity
            case .cannotResolve, .refused, .unreachable, .timedOut, .notTLS, .otherProtocol,
                .closedEarly, .closed, .addressInUse, .notPermitted, .system:
                .network
            }
        let hint = exit == .network ? "your work is kept; galley sync sends it later" : nil
        self.init(exit, "network.\(error.code)", error.message, hint: hint)
    }

    /// A session with the hub that came to no good end.
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
                    hint: "your work is kept; galley sync sends it later"
                )
            }
        case .refused(let code):
            self.init(
                Self.exit(of: code),
                "hub.\(code)",
                error.message,
                hint: Self.hint(error.cause as? ProtocolError)
            )
        case .protocol(let code):
            let exit: ExitCode = code == .rewound ? .attention : .integrity
            self.init(exit, "protocol.\(code)", error.message)
        case .replica, .membership:
            if let cause = error.cause {
                self.init(cause)
            } else {
                self.init(.failed, "sync", error.message)
            }
        }
    }

    /// When to come back, where the hub said so.
    private static func hint(_ cause: ProtocolError?) -> String? {
        guard let milliseconds = cause?.retryAfterMilliseconds else { return nil }
        let seconds = max(1, milliseconds / 1000)
        let time =
            seconds < 120
            ? "\(seconds) seconds"
            : seconds < 7200 ? "\(seconds / 60) minutes" : "\(seconds / 3600) hours"
        return "your work is kept; galley sync in about \(time) sends it"
    }

    private static func exit(of code: Fault.Code) -> ExitCode {
        switch code {
        case .notMember, .revoked, .role, .invitation, .claim, .quota: .notAllowed
        case .badSignature, .chainGap, .fork, .badEntry, .badRecord, .membershipFork, .badFrame,
            .dependencyMissing:
            .integrity
        case .wrongLibrary: .notFound
        case .rate, .overloaded, .shutdown: .network
        case .membershipConflict: .busy
        case .rewound: .attention
        case .version, .tooLarge, .internal, .unknown: .failed
        }
    }
}
