import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine

/// Registers a library at its first hub.
///
/// The record that names the hub binds the library to it: from then on no record counts without
/// the hub's receipt. So the record goes into a copy of the membership log first, and into the
/// library only when the hub has taken it; a wrong key or claim code changes nothing.
struct HubRegistration {
    private let library: OpenLibrary
    private let hub: DeviceKey
    private let address: String
    private let record: MembershipLog.Entry
    private let client: Client

    /// Makes the record that names `hub` at `address`.
    init(_ library: OpenLibrary, hub: DeviceKey, address: String, _ client: Client) throws {
        let record = try MembershipRecord.next(
            in: library.members,
            .hubSet(HubSet(keys: [hub], address: address)),
            timeMilliseconds: client.now(),
            signedBy: library.key()
        )
        self.library = library
        self.hub = hub
        self.address = address
        self.record = MembershipLog.Entry(record: record, receipt: nil)
        self.client = client
    }

    /// Registers by the hub's claim code.
    func register(claim: String) throws {
        let connection = try HubConnection(to: address, hub: hub, key: library.key())
        defer { connection.close() }
        let staged = try StagedReplica(
            of: library.replica.library,
            beside: client.places.library,
            for: "registering"
        )
        do {
            try staged.replica.appendMembership(library.members.entries + [record])
            try staged.replica.setRemote(hub: hub, address: address)
            _ = try ClientSync(staged.replica, with: hub).run(
                .register(claim: claim),
                over: connection
            )
            try library.replica.appendMembership([record])
            try library.replica.setRemote(hub: hub, address: address)
        } catch {
            // Why it failed matters more than a file that cannot be taken away.
            _ = try? staged.discard()
            throw error
        }
        try staged.discard()
    }
}
