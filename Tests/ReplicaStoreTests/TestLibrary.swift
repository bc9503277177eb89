import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// A library with an owner, further users, and replicas in a folder of its own.
final class TestLibrary {
    let folder: TemporaryFolder
    var log: MembershipLog
    let ownerKey: PrivateKey
    var random: SeededRandom

    init(seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        random = SeededRandom(seed: seed)
        ownerKey = try PrivateKey(seed: random.bytes(32))
        let nonce = try #require(Identifier32<GenesisNonceTag>(random.bytes(32)))
        let genesis = try MembershipRecord.genesis(
            Genesis(
                nonce: nonce,
                libraryName: "Test",
                userName: "Olga",
                deviceName: "laptop"
            ),
            timeMilliseconds: 1,
            signedBy: ownerKey
        )
        log = try MembershipLog(genesis: genesis)
    }

    /// Sets a hub, so that users can join.
    func setHub(_ key: PrivateKey) throws {
        let record = try MembershipRecord.next(
            in: log,
            .hubSet(HubSet(keys: [try DeviceKey(key.publicKey)], address: "localhost:1")),
            timeMilliseconds: 2,
            signedBy: ownerKey
        )
        try log.append(record, receipt: nil)
    }

    /// A replica's file of its own, with the membership log as it is now.
    func makeReplica(_ name: String) throws -> Replica {
        let replica = try Replica(creating: folder.file(name), library: log.library)
        try replica.appendMembership(log.entries)
        return replica
    }

    func makeSigner(_ key: PrivateKey, machine: [UInt8] = [1]) -> Signer {
        let random = RandomBox(random.next())
        return Signer(key: key, machine: machine, anchors: MemoryAnchors()) { random.bytes($0) }
    }

    func makeKey() throws -> PrivateKey { try PrivateKey(seed: random.bytes(32)) }
}

/// Randomness that a closure may draw from.
final class RandomBox {
    private var random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

    func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}

/// An anchor that is kept in memory.
final class MemoryAnchors: ChainAnchorStore {
    var anchor: ChainAnchor?

    init(_ anchor: ChainAnchor? = nil) { self.anchor = anchor }

    func load() throws -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) throws {
        if let known = self.anchor, known.chain == anchor.chain,
            known.sequence >= anchor.sequence
        {
            return
        }
        self.anchor = anchor
    }
}

extension Seed {
    /// A made-up article; equal arguments give equal seeds.
    static func test(_ title: String, body: String = "First paragraph.\n\nSecond one.") -> Seed {
        Seed(
            nonce: nil,
            fields: [FieldEntry(.title, .text(ScalarText(title) ?? ""))],
            summary: "",
            body: ScalarText(body) ?? "",
            provenance: nil
        )
    }
}

/// The code of the error that `body` throws; nil where it throws none.
func replicaErrorCode<Result>(_ body: () throws -> Result) -> ReplicaError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? ReplicaError)?.code
    }
}
