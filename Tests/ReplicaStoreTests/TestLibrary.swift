import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// A library with an owner and a hub, to which users can be added; files lie in a folder of its own.
final class TestLibrary {
    let folder: TemporaryFolder
    private(set) var log: MembershipLog
    let ownerKey: PrivateKey
    let hubKey: PrivateKey
    var random: SeededRandom

    init(seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        random = SeededRandom(seed: seed)
        ownerKey = try PrivateKey(seed: random.bytes(32))
        hubKey = try PrivateKey(seed: random.bytes(32))
        let nonce = try #require(Identifier32<GenesisNonceTag>(random.bytes(32)))
        let genesis = Genesis(
            nonce: nonce,
            libraryName: "Test",
            userName: "Olga",
            deviceName: "laptop"
        )
        log = try MembershipLog(
            genesis: .genesis(genesis, timeMilliseconds: 1, signedBy: ownerKey)
        )
        let hub = try HubSet(keys: [DeviceKey(hubKey.publicKey)], address: "hub.example.org:1")
        try log.append(
            .next(in: log, .hubSet(hub), timeMilliseconds: 2, signedBy: ownerKey),
            receipt: nil
        )
    }

    /// Appends a record as the hub would.
    func accept(_ record: MembershipRecord) throws {
        let receipt = try Receipt.issue(for: record, nextIn: log, at: 3, signedBy: hubKey)
        try log.append(record, receipt: receipt)
    }

    /// Brings in a user; gives the key of the first device.
    func addUser(_ name: String, _ role: Role) throws -> PrivateKey {
        let (record, invitation) = try log.invitation(
            for: role,
            seed: random.bytes(32),
            expiryMilliseconds: 1_000_000,
            useCount: 1,
            suggestedName: nil,
            timeMilliseconds: 3,
            signedBy: ownerKey
        )
        try accept(record)
        let key = try makeKey()
        try accept(
            .joining(
                invitation,
                in: log,
                userName: name,
                deviceName: "tower",
                timeMilliseconds: 4,
                signedBy: key
            )
        )
        return key
    }

    /// A replica in a file of its own, with the membership log as it is now.
    func makeReplica(_ name: String) throws -> Replica {
        let replica = try Replica(creating: folder.file(name), library: log.library)
        try replica.appendMembership(log.entries)
        return replica
    }

    func makeSigner(
        _ key: PrivateKey,
        machine: [UInt8] = [1],
        anchors: MemoryAnchors = MemoryAnchors()
    ) -> Signer {
        let random = RandomBox(random.next())
        return Signer(key: key, machine: machine, anchors: anchors) { random.bytes($0) }
    }

    func makeKey() throws -> PrivateKey { try PrivateKey(seed: random.bytes(32)) }

    /// Some device to say that entries came from.
    var peer: DeviceKey { get throws { try DeviceKey(ownerKey.publicKey) } }

    /// Takes all that `source` has and `target` lacks into `target`.
    @discardableResult
    func copy(
        _ source: Replica,
        to target: Replica,
        _ policy: SignaturePolicy = .all
    ) throws -> ReceiveReport {
        try target.appendMembership(source.membership().entries)
        return try target.receive(source.incoming(), from: peer, verifying: policy)
    }
}

extension Replica {
    /// All entries, as somebody else receives them.
    func incoming() throws -> [IncomingEntry] {
        try entries(sizeMax: .max, countMax: .max).map { IncomingEntry($0.signed, body: $0.body) }
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
    var anchor: ChainAnchor?
    /// Why it cannot be written, where it cannot.
    var failure: (any Error)?

    init(_ anchor: ChainAnchor? = nil) { self.anchor = anchor }

    func load() throws -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) throws {
        if let failure { throw failure }
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

extension EntryOutcome {
    var isStored: Bool { if case .stored = self { true } else { false } }
    var isDuplicate: Bool { if case .duplicate = self { true } else { false } }
    var isParked: Bool { if case .parked = self { true } else { false } }
    var refusal: ReplicaError.Code? {
        if case .refused(let error) = self { error.code } else { nil }
    }
}
