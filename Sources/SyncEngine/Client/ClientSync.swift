public import ArticleModel
public import Membership
public import ReplicaStore
public import SyncProtocol

/// Brings a replica and its hub level: carries a session's actions to store and transport.
///
/// Synchronous; whoever calls it brings a thread of its own. Whatever happens, what was acknowledged
/// or kept stays so, and the next sync goes on from there.
public struct ClientSync {
    /// What a sync is for besides syncing.
    public enum Purpose {
        /// Nothing else.
        case sync
        /// Adding the membership record that is made here on top of the log as it is then; made
        /// anew where another came first.
        case append((MembershipLog) throws -> MembershipRecord)
        /// Joining by the invitation with this public key, with the record made here.
        case join(invitation: [UInt8], (MembershipLog) throws -> MembershipRecord)
        /// Registering the library at the hub by its claim code.
        case register(claim: String)
    }

    /// What a sync did.
    public struct Report: Sendable {
        /// What was sent and received.
        public let summary: ClientSession.Summary
        /// Chains the hub does not take from an entry on.
        public let faults: [Fault]
        /// Membership records that came.
        public let recordCount: Int
    }

    private let replica: Replica
    private let hub: DeviceKey

    /// Syncs `replica` with `hub`, one of its remotes.
    public init(_ replica: Replica, with hub: DeviceKey) {
        self.replica = replica
        self.hub = hub
    }

    /// Does one whole session over a connection that has just been made.
    public func run(
        _ purpose: Purpose = .sync,
        over transport: some Transport
    ) throws(SyncError) -> Report {
        do {
            var run = try ClientRun(replica, hub, purpose, transport)
            return try run.toEnd()
        } catch {
            throw SyncError(wrapping: error)
        }
    }
}
