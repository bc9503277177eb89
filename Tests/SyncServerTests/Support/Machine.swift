import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine
import SyncServer
import TestSupport
import Testing

/// A connection as the engine wants it.
struct Link: Transport {
    let connection: TLSClientConnection

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }

    func receive() throws -> [UInt8] { try connection.receive() }
}

/// Somebody's machine: a replica, a key, and a hub it syncs with over real connections.
final class Machine {
    let hub: TestHub
    let key: PrivateKey
    let device: DeviceKey
    let replica: Replica
    let signer: Signer

    /// A machine with an empty replica of `library`, as before joining.
    init(_ hub: TestHub, _ name: String, library: LibraryID, key: PrivateKey = .generate()) throws {
        self.hub = hub
        self.key = key
        device = try DeviceKey(key.publicKey)
        replica = try Replica(creating: hub.place.file("\(name).sqlite"), library: library)
        signer = Signer(
            key: key,
            machine: [1],
            anchors: MemoryAnchors(),
            random: SecureRandom.bytes
        )
        try replica.setRemote(hub: hub.device, address: "127.0.0.1:\(hub.port)")
    }

    /// The machine of somebody who begins a library and names the hub in it.
    static func owner(_ hub: TestHub, _ name: String = "owner") throws -> Machine {
        let key = PrivateKey.generate()
        let genesis = try MembershipRecord.genesis(
            Genesis(
                nonce: try #require(Identifier32<GenesisNonceTag>(SecureRandom.bytes(32))),
                libraryName: "Test",
                userName: "Olga",
                deviceName: "laptop"
            ),
            timeMilliseconds: 1,
            signedBy: key
        )
        var log = try MembershipLog(genesis: genesis)
        let hubSet = try MembershipRecord.next(
            in: log,
            .hubSet(HubSet(keys: [hub.device], address: "127.0.0.1:1")),
            timeMilliseconds: 2,
            signedBy: key
        )
        try log.append(hubSet, receipt: nil)
        let machine = try Machine(hub, name, library: log.library, key: key)
        try machine.replica.appendMembership(log.entries)
        return machine
    }

    /// An owner whose library the hub serves.
    static func registered(_ hub: TestHub) throws -> Machine {
        let owner = try owner(hub)
        try owner.sync(.register(claim: try hub.folder.addClaim().text))
        return owner
    }

    func invite(role: Role = .editor, uses: UInt64 = 1) throws -> Invitation {
        var made: Invitation?
        try sync(
            .append { [hub, key] log in
                let (record, invitation) = try log.invitation(
                    for: role,
                    seed: SecureRandom.bytes(32),
                    expiryMilliseconds: hub.now + 1000,
                    useCount: uses,
                    timeMilliseconds: hub.now,
                    signedBy: key
                )
                made = invitation
                return record
            }
        )
        return try #require(made)
    }

    /// A machine of somebody new, who has not joined yet.
    func newcomer(_ name: String) throws -> Machine {
        try Machine(hub, name, library: replica.library)
    }

    @discardableResult
    func join(_ invitation: Invitation, as name: String) throws -> ClientSync.Report {
        let publicKey = try invitation.privateKey().publicKey.bytes
        return try sync(
            .join(invitation: publicKey) { [hub, key] log in
                try MembershipRecord.joining(
                    invitation,
                    in: log,
                    userName: name,
                    deviceName: "\(name)'s",
                    timeMilliseconds: hub.now,
                    signedBy: key
                )
            }
        )
    }

    @discardableResult
    func sync(_ purpose: ClientSync.Purpose = .sync) throws -> ClientSync.Report {
        let connection = try hub.connect(key)
        defer { connection.close() }
        return try ClientSync(replica, with: hub.device).run(
            purpose,
            over: Link(connection: connection)
        )
    }

    @discardableResult
    func begin(_ title: String, body: String = "First paragraph.\n\nSecond one.") throws
        -> ArticleID
    {
        let seed = Seed(
            nonce: Identifier16(SecureRandom.bytes(16)),
            fields: [Seed.FieldEntry(.title, .text(try #require(ScalarText(title))))],
            summary: "",
            body: try #require(ScalarText(body)),
            provenance: nil
        )
        let result = try replica.commit([.seed(seed)], as: signer, now: hub.now)
        return try #require(result.articles.first)
    }

    func edit(_ article: ArticleID, _ operations: [Operation]) throws {
        try replica.commit([.edit(article, operations)], as: signer, now: hub.now)
    }
}

/// An anchor that is kept in memory.
final class MemoryAnchors: ChainAnchorStore {
    private var anchor: ChainAnchor?

    func load() throws -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) throws { self.anchor = anchor }
}

/// The code of the error that `body` throws; nil where it throws none, or one of another kind.
func syncErrorCode<Result>(_ body: () throws -> Result) -> SyncError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? SyncError)?.code
    }
}
