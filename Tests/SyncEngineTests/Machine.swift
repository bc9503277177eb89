import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import TestSupport
import Testing

import class Foundation.FileManager

/// One person's machine with a replica.
final class Machine {
    let world: World
    let key: PrivateKey
    let device: DeviceKey
    let replica: Replica
    let signer: Signer
    private let anchors: MemoryAnchors

    /// A machine with an empty replica of `library`, as before joining.
    init(_ world: World, _ name: String, library: LibraryID, key: PrivateKey) throws {
        self.world = world
        self.key = key
        device = try DeviceKey(key.publicKey)
        replica = try Replica(creating: world.folder.file(name), library: library)
        let box = RandomBox(world.random.next())
        anchors = MemoryAnchors()
        signer = Signer(key: key, machine: [1], anchors: anchors) { box.bytes($0) }
        try replica.setRemote(hub: world.hub, address: "localhost:1")
    }

    /// A machine with `replica`, whose anchor is in `anchors`.
    init(_ world: World, _ replica: Replica, key: PrivateKey, anchors: MemoryAnchors) throws {
        self.anchors = anchors
        self.world = world
        self.key = key
        device = try DeviceKey(key.publicKey)
        self.replica = replica
        let box = RandomBox(world.random.next())
        signer = Signer(key: key, machine: [1], anchors: anchors) { box.bytes($0) }
    }

    /// The machine of somebody who begins a library and names the hub in it.
    static func owner(
        _ world: World,
        named name: String = "owner",
        key ownKey: PrivateKey? = nil
    ) throws -> Machine {
        let key = try ownKey ?? world.makeKey()
        let genesis = try MembershipRecord.genesis(
            Genesis(
                nonce: try #require(Identifier32<GenesisNonceTag>(world.random.bytes(32))),
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
            .hubSet(HubSet(keys: [world.hub], address: "localhost:1")),
            timeMilliseconds: 2,
            signedBy: key
        )
        try log.append(hubSet, receipt: nil)
        let machine = try Machine(world, "\(name).sqlite", library: log.library, key: key)
        try machine.replica.appendMembership(log.entries)
        return machine
    }

    /// A machine that joins by an invitation of this one's.
    func invite(_ name: String, role: Role = .editor, uses: UInt64 = 1) throws -> Invitation {
        var made: Invitation?
        let seed = world.random.bytes(32)
        _ = try sync(
            .append { [world, key] log in
                let (record, invitation) = try log.invitation(
                    for: role,
                    seed: seed,
                    expiryMilliseconds: world.now + 1000,
                    useCount: uses,
                    timeMilliseconds: world.now,
                    signedBy: key
                )
                made = invitation
                return record
            }
        )
        return try #require(made)
    }

    func newcomer(_ name: String) throws -> Machine {
        try Machine(
            world,
            "\(name).sqlite",
            library: replica.library,
            key: try world.makeKey()
        )
    }

    /// A machine that is a copy of this one, with its key, its chain and its anchor: what no honest
    /// one is.
    func twin(_ name: String) throws -> Machine { try Machine(copying: self, name) }

    private init(copying other: Machine, _ name: String) throws {
        world = other.world
        key = other.key
        device = other.device
        let path = world.folder.file(name)
        for suffix in ["", "-wal"]
        where FileManager.default.fileExists(
            atPath: other.replica.path + suffix
        ) {
            try FileManager.default.copyItem(
                atPath: other.replica.path + suffix,
                toPath: path + suffix
            )
        }
        replica = try Replica(opening: path)
        let box = RandomBox(world.random.next())
        anchors = MemoryAnchors()
        if let anchor = try other.anchors.load() { try anchors.advance(to: anchor) }
        signer = Signer(key: key, machine: [1], anchors: anchors) { box.bytes($0) }
    }

    @discardableResult
    func join(_ invitation: Invitation, as name: String) throws -> ClientSync.Report {
        let publicKey = try invitation.privateKey().publicKey.bytes
        return try sync(
            .join(invitation: publicKey) { [world, key] log in
                try MembershipRecord.joining(
                    invitation,
                    in: log,
                    userName: name,
                    deviceName: "\(name)'s",
                    timeMilliseconds: world.now,
                    signedBy: key
                )
            }
        )
    }

    @discardableResult
    func sync(
        _ purpose: ClientSync.Purpose = .sync,
        over link: HubLink? = nil
    ) throws -> ClientSync.Report {
        try ClientSync(replica, with: world.hub).run(
            purpose,
            over: try link ?? world.connect(device)
        )
    }

    @discardableResult
    func begin(_ title: String, body: String = "First paragraph.\n\nSecond one.") throws
        -> ArticleID
    {
        let seed = Seed(
            nonce: Identifier16(world.random.bytes(16)),
            fields: [Seed.FieldEntry(.title, .text(try #require(ScalarText(title))))],
            summary: "",
            body: try #require(ScalarText(body)),
            provenance: nil
        )
        let result = try replica.commit([.seed(seed)], as: signer, now: world.now)
        return try #require(result.articles.first)
    }

    func edit(_ article: ArticleID, _ operations: [Operation]) throws {
        try replica.commit([.edit(article, operations)], as: signer, now: world.now)
    }
}

/// Randomness that a closure may draw from.
final class RandomBox {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}

/// An anchor that is kept in memory.
final class MemoryAnchors: ChainAnchorStore {
    private var anchor: ChainAnchor?

    init(_ anchor: ChainAnchor? = nil) { self.anchor = anchor }

    func load() throws -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) throws { self.anchor = anchor }
}

/// The code of the error that `body` throws; nil where it throws none.
func syncErrorCode<Result>(_ body: () throws -> Result) -> SyncError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? SyncError)?.code
    }
}
