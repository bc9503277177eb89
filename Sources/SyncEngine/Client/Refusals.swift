import ArticleModel
import ReplicaStore
import SyncProtocol

extension Replica {
    /// Notes which entries `hub` did not take and never will, so that they are not sent each time.
    func note(_ faults: some Sequence<Fault>, of hub: DeviceKey) throws {
        for fault in faults where fault.code.isLasting {
            guard let chain = fault.chain, let sequence = fault.sequence else { continue }
            try noteRefusal(
                ofChain: chain,
                at: sequence,
                by: hub,
                code: fault.code.rawValue,
                text: fault.text
            )
        }
    }
}

extension Fault.Code {
    /// Whether a hub that says so of an entry will say so again.
    ///
    /// What waits for others, for room or for a newer hub may be taken another time. So may what has
    /// a signature that does not hold there: those that do not hold here are never sent, so it was
    /// altered on the way.
    fileprivate var isLasting: Bool {
        switch self {
        case .revoked, .role, .fork, .tooLarge, .wrongLibrary, .badEntry: true
        default: false
        }
    }
}
