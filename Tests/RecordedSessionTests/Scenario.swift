import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import SyncEngine
import Synchronization
import TestSupport
import Testing

/// What a client and a hub have before a session, as files to be copied, and what the session is
/// for: it goes the same way each time.
final class Scenario: Sendable {
    enum Purpose {
        case sync
        case join(Invitation)
        case register
    }

    let name: String
    let folder: URL
    let hubKey: PrivateKey
    /// The key of the device that connects.
    let key: PrivateKey
    let purpose: Purpose
    let hasHubFile: Bool
    static let time: Int64 = 1_767_225_600_000

    init(
        _ name: String,
        folder: URL,
        hubKey: PrivateKey,
        key: PrivateKey,
        purpose: Purpose = .sync
    ) {
        self.name = name
        self.folder = folder
        self.hubKey = hubKey
        self.key = key
        self.purpose = purpose
        hasHubFile = FileManager.default.fileExists(
            atPath: folder.appendingPathComponent("hub.sqlite").path
        )
    }

    var hub: DeviceKey { get throws { try DeviceKey(hubKey.publicKey) } }
    var device: DeviceKey { get throws { try DeviceKey(key.publicKey) } }
}

/// A folder of a test's own in memory where the system has such a place: thousands of replicas are
/// copied into it.
final class MemoryFolder: Sendable {
    let url: URL

    init() throws {
        let shared = URL(fileURLWithPath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: shared.path)
        let parent = isThere ? shared : FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent("galley-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        // It is held until the process ends, which runs no deinitialiser; memory is dear.
        let path = url.path
        let isFirst = Self.paths.withLock { paths in
            paths.append(path)
            return paths.count == 1
        }
        guard isFirst else { return }
        atexit {
            for path in MemoryFolder.paths.withLock({ $0 }) {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    private static let paths = Mutex<[String]>([])
}

/// Makes the scenarios: one library with an owner and Ben, at several moments of its life.
struct ScenarioMaker {
    private let folder: MemoryFolder
    private let hubKey: PrivateKey
    private let owner: PrivateKey
    private let ben: PrivateKey
    private var random = SeededRandom(seed: 0x7265_636f)

    init(_ folder: MemoryFolder) throws {
        self.folder = folder
        hubKey = try PrivateKey(seed: [UInt8](repeating: 1, count: 32))
        owner = try PrivateKey(seed: [UInt8](repeating: 2, count: 32))
        ben = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    }

    /// All scenarios; the second, an exchange both ways, is the long one.
    mutating func all() throws -> [Scenario] {
        let registering = try registering()
        let joining = try joining(after: registering)
        let exchange = try exchange(after: joining)
        return [
            registering, joining, exchange, try restored(after: exchange),
            try stranger(at: exchange),
        ]
    }

    /// The owner registers a library in which there is an article.
    private mutating func registering() throws -> Scenario {
        let place = try makePlace("registering")
        let genesis = Genesis(
            nonce: try #require(Identifier32(random.bytes(32))),
            libraryName: "Press cuttings",
            userName: "Ada",
            deviceName: "laptop"
        )
        var log = try MembershipLog(
            genesis: .genesis(genesis, timeMilliseconds: Scenario.time, signedBy: owner)
        )
        let hubSet = HubSet(keys: [try DeviceKey(hubKey.publicKey)], address: "localhost:1")
        let record = try MembershipRecord.next(
            in: log,
            .hubSet(hubSet),
            timeMilliseconds: Scenario.time,
            signedBy: owner
        )
        try log.append(record, receipt: nil)
        let replica = try Replica(
            creating: place.appendingPathComponent("client.sqlite").path,
            library: log.library
        )
        try replica.setRemote(hub: try DeviceKey(hubKey.publicKey), address: "localhost:1")
        try replica.appendMembership(log.entries)
        try begin("The first", size: 300, in: replica, signer(owner))
        return Scenario(
            "registering",
            folder: place,
            hubKey: hubKey,
            key: owner,
            purpose: .register
        )
    }

    /// Ben joins by an invitation, and takes what there is.
    private mutating func joining(after last: Scenario) throws -> Scenario {
        let session = try Session(last)
        try session.run()
        var made: Invitation?
        let seed = random.bytes(32)
        let key = owner
        try session.run(
            .append { log in
                let (record, invitation) = try log.invitation(
                    for: .editor,
                    seed: seed,
                    expiryMilliseconds: Scenario.time + 1000,
                    timeMilliseconds: Scenario.time,
                    signedBy: key
                )
                made = invitation
                return record
            }
        )
        let place = try makePlace("joining")
        let library = session.client.library
        try session.end(keepingHubAt: place)
        let replica = try Replica(
            creating: place.appendingPathComponent("client.sqlite").path,
            library: library
        )
        try replica.setRemote(hub: try DeviceKey(hubKey.publicKey), address: "localhost:1")
        return Scenario(
            "joining",
            folder: place,
            hubKey: hubKey,
            key: ben,
            purpose: .join(try #require(made))
        )
    }

    /// Ben has written, and so have others: all kinds of entries go both ways.
    private mutating func exchange(after last: Scenario) throws -> Scenario {
        let session = try Session(last)
        try session.run()
        let place = try makePlace("exchange")
        // The owner's entries come to the hub from another copy of the library.
        let other = try session.otherClient(owner)
        let mine = signer(ben)
        let theirs = signer(owner)
        // An entry with a large body ends its run, so there are as many runs.
        for number in 0..<6 {
            try begin("Ben's \(number)", size: 6200, in: session.client, mine)
            try begin("Ada's \(number)", size: 6200, in: other, theirs)
            guard number.isMultiple(of: 3) else { continue }
            try beginLarge("Ben's large \(number)", in: session.client, mine)
            try beginLarge("Ada's large \(number)", in: other, theirs)
        }
        try session.sync(other, as: owner)
        try session.end(keepingHubAt: place, clientToo: true)
        return Scenario("exchange", folder: place, hubKey: hubKey, key: ben)
    }

    /// The hub was restored from a backup made before an exchange.
    private mutating func restored(after last: Scenario) throws -> Scenario {
        let session = try Session(last)
        try session.run()
        let place = try makePlace("restored")
        try session.end(keepingHubAt: place, clientToo: true)
        let hub = place.appendingPathComponent("hub.sqlite")
        try FileManager.default.removeItem(at: hub)
        try FileManager.default.copyItem(
            at: last.folder.appendingPathComponent("hub.sqlite"),
            to: hub
        )
        return Scenario("restored hub", folder: place, hubKey: hubKey, key: ben)
    }

    /// Somebody comes who is no member: an ERROR.
    private mutating func stranger(at other: Scenario) throws -> Scenario {
        let key = try PrivateKey(seed: [UInt8](repeating: 9, count: 32))
        return Scenario("stranger", folder: other.folder, hubKey: hubKey, key: key)
    }

    private func makePlace(_ name: String) throws -> URL {
        let url = folder.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private mutating func signer(_ key: PrivateKey) -> Signer {
        let box = RandomBox(random.next())
        return Signer(key: key, machine: [1], anchors: MemoryAnchors()) { box.bytes($0) }
    }

    /// Words that compress badly, so that the session is long though its texts are not.
    private mutating func begin(
        _ title: String,
        size: Int,
        in replica: Replica,
        _ signer: Signer
    ) throws {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-,. \n")
        let text = String((0..<size).map { _ in letters[random.below(letters.count)] })
        try commit(title, text, in: replica, signer)
    }

    /// A body that does not travel in its run, and compresses well.
    private mutating func beginLarge(
        _ title: String,
        in replica: Replica,
        _ signer: Signer
    ) throws {
        let text = String(repeating: "Words of it. ", count: 270 * 1024 / 13)
        try commit(title, text, in: replica, signer)
    }

    private mutating func commit(
        _ title: String,
        _ text: String,
        in replica: Replica,
        _ signer: Signer
    ) throws {
        let seed = Seed(
            nonce: Identifier16(random.bytes(16)),
            fields: [Seed.FieldEntry(.title, .text(try #require(ScalarText(title))))],
            summary: "",
            body: try #require(ScalarText(text)),
            provenance: nil
        )
        try replica.commit([.seed(seed)], as: signer, now: Scenario.time)
    }
}

/// Randomness that a closure may draw from.
private final class RandomBox {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}

/// An anchor that is kept in memory.
private final class MemoryAnchors: ChainAnchorStore {
    private var anchor: ChainAnchor?

    func load() throws -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) throws { self.anchor = anchor }
}
