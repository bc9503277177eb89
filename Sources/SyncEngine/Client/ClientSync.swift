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
        let outcomes = Self.run([(replica, purpose)], with: hub, over: transport)
        guard let outcome = outcomes[replica.library] else {
            throw SyncError(.network, "The hub ended the connection.")
        }
        return try outcome.get()
    }

    /// Does the sessions of several libraries over one connection that has just been made, side by
    /// side; what ends one leaves the others alone.
    public static func run(
        _ libraries: [(replica: Replica, purpose: Purpose)],
        with hub: DeviceKey,
        over transport: some Transport
    ) -> [LibraryID: Result<Report, SyncError>] {
        let engine = ClientEngine(hub: hub)
        var outcomes: [LibraryID: Result<Report, SyncError>] = [:]
        var failure: SyncError?
        func send(_ bytes: [UInt8]) {
            guard failure == nil else { return }
            do { try transport.send(bytes) } catch { failure = SyncError(network: error) }
        }
        // The hub works on what it has while the rest is read and compressed.
        engine.outbox.drain = send
        defer { engine.outbox.drain = nil }
        var isOver = false
        func perform(_ effects: [ClientEngine.Effect]) {
            for effect in effects {
                switch effect {
                case .send(let bytes): send(bytes)
                case .ended(let library, let outcome): outcomes[library] = outcome
                case .progressed: break
                case .close: isOver = true
                }
            }
        }
        perform(engine.open(libraries))
        // The ends were found by either side; that they cannot be told does not change them.
        while !isOver, failure == nil {
            do {
                let bytes = try transport.receive()
                perform(bytes.isEmpty ? engine.connectionLost() : engine.receive(bytes))
            } catch {
                failure = SyncError(network: error)
            }
        }
        if let failure {
            for (replica, _) in libraries where outcomes[replica.library] == nil {
                outcomes[replica.library] = .failure(failure)
            }
        }
        return outcomes
    }
}
