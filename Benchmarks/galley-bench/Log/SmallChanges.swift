import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing

/// A library of many small change sets on several chains, signed here without a replica.
struct SmallChanges {
    let log: MembershipLog
    let key: PrivateKey
    /// The hub's, where the library was made here.
    let hubKey: PrivateKey
    /// In causal order, each known to be signed as it should be.
    private(set) var entries: [(verified: VerifiedChangeSet, body: [UInt8]?)] = []

    /// The bytes of all headers with their signatures, and of all bodies.
    var byteCount: Int {
        entries.reduce(0) { $0 + $1.verified.bytes.count + ($1.body?.count ?? 0) }
    }

    /// Makes `count` change sets, of which each edits one of `count / 20` articles.
    init(count: Int) throws {
        let key = PrivateKey.generate()
        let hubKey = PrivateKey.generate()
        guard let nonce = Identifier32<GenesisNonceTag>((0..<32).map { _ in .random(in: 0...255) })
        else { throw Command.Failure(description: "no nonce") }
        var log = try MembershipLog(
            genesis: .genesis(
                Genesis(
                    nonce: nonce,
                    libraryName: "Bench",
                    userName: "ada",
                    deviceName: "laptop"
                ),
                timeMilliseconds: 1,
                signedBy: key
            )
        )
        try log.append(
            .next(
                in: log,
                .hubSet(HubSet(keys: [DeviceKey(hubKey.publicKey)], address: "127.0.0.1:1")),
                timeMilliseconds: 2,
                signedBy: key
            ),
            receipt: nil
        )
        try self.init(count: count, in: log, key: key, hubKey: hubKey)
    }

    /// Makes `count` change sets of the device `key` for a library that is there.
    init(
        count: Int,
        in log: MembershipLog,
        key: PrivateKey,
        hubKey: PrivateKey = .generate()
    ) throws {
        self.log = log
        self.key = key
        self.hubKey = hubKey
        var maker = try Maker(log, key, chainCount: 8)
        entries.reserveCapacity(count)
        entries += maker.openings
        let articleCount = max(8, count / 20)
        for number in 0..<max(0, count - entries.count) {
            entries.append(
                number < articleCount
                    ? try maker.seed(number)
                    : try maker.edit(number % articleCount, number)
            )
        }
    }

    /// The entries as they come from a peer who has verified them.
    func incoming(_ range: Range<Int>) -> [IncomingEntry] {
        entries[range].map { IncomingEntry($0.verified, body: $0.body) }
    }

    /// A replica with all members, that follows the hub.
    func makeReplica(_ url: URL) throws -> Replica {
        let replica = try Replica(creating: url.path, library: log.library)
        try replica.appendMembership(log.entries)
        try replica.setRemote(hub: DeviceKey(hubKey.publicKey), address: "127.0.0.1:1")
        return replica
    }
}

/// Signs one change set after the other, on each chain in turn.
private struct Maker {
    private struct Place {
        let chain: Int
        let header: ChangeSetHeader
        let id: ChangeSetID
        var change: ChangeID
    }

    private let log: MembershipLog
    private let key: PrivateKey
    private var heads: [Place] = []
    private var articles: [(id: ArticleID, last: Place)] = []
    private var state: UInt64 = 7
    private(set) var openings: [(verified: VerifiedChangeSet, body: [UInt8]?)] = []

    init(_ log: MembershipLog, _ key: PrivateKey, chainCount: Int) throws {
        self.log = log
        self.key = key
        for number in 0..<chainCount {
            let bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
            guard let incarnation = Incarnation(bytes) else { continue }
            let opening = ChainOpening(
                device: try DeviceKey(key.publicKey),
                incarnation: incarnation
            )
            let header = ChangeSetHeader(
                opening: opening,
                library: log.library,
                lamport: 1,
                timeMilliseconds: 1_700_000_000_000,
                membership: reference,
                dependencies: []
            )
            let verified = try header.signed(with: key)
            openings.append((verified, nil))
            heads.append(
                Place(
                    chain: number,
                    header: header,
                    id: verified.id,
                    change: ChangeIdentity.id(of: verified.id, index: 0)
                )
            )
        }
    }

    private var reference: MembershipReference {
        MembershipReference(sequence: log.head.sequence, id: log.head.id)
    }

    private mutating func random(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    private mutating func words(_ count: Int) -> ScalarText {
        let words = ["harbour", "wind", "ferry", "storm", "letters", "night", "editor", "coast"]
        let text = (0..<count).map { _ in words[random(below: 8)] }.joined(separator: " ")
        return ScalarText(text) ?? ""
    }

    mutating func seed(_ number: Int) throws -> (verified: VerifiedChangeSet, body: [UInt8]?) {
        let seed = Seed(
            nonce: nil,
            fields: [.init(.title, .text(ScalarText("Article \(number)") ?? ""))],
            summary: "",
            body: words(20),
            provenance: nil
        )
        let change = ChangeIdentity.seed(library: log.library, bytes: seed.encoded())
        let article = ChangeIdentity.article(ofSeed: change)
        let chain = number % heads.count
        let made = try sign(.seed(seed), on: chain, article, dependencies: [])
        heads[chain].change = change
        articles.append((article, heads[chain]))
        return made
    }

    /// Edits an article; now and then on another chain than the last time.
    mutating func edit(_ article: Int, _ number: Int) throws
        -> (verified: VerifiedChangeSet, body: [UInt8]?)
    {
        let (id, last) = articles[article]
        let moves = random(below: 8) == 0
        let chain = moves ? number % heads.count : last.chain
        let made = try sign(
            .edit(
                parents: [last.change],
                operations: [.insert(.body, position: random(below: 60), text: words(12))]
            ),
            on: chain,
            id,
            dependencies: chain == last.chain ? [] : [last]
        )
        articles[article].last = heads[chain]
        return made
    }

    private mutating func sign(
        _ content: ChangeSetBody.Change,
        on chain: Int,
        _ article: ArticleID,
        dependencies: [Place]
    ) throws -> (verified: VerifiedChangeSet, body: [UInt8]?) {
        let head = heads[chain]
        let body = BodyCodec.encode(ChangeSetBody(changes: [content]))
        let before = [head.header.lamport] + dependencies.map(\.header.lamport)
        let header = ChangeSetHeader(
            kind: .content,
            library: log.library,
            chain: head.header.chain,
            sequence: head.header.sequence + 1,
            previous: head.id,
            lamport: (before.max() ?? 0) + 1,
            timeMilliseconds: head.header.timeMilliseconds + 60_000,
            membership: reference,
            dependencies: dependencies.map(\.id),
            body: BodyReference(codecVersion: BodyCodec.version, bytes: body),
            touched: [TouchedArticle(article: article, permission: .edit)]
        )
        let verified = try header.signed(with: key)
        heads[chain] = Place(
            chain: chain,
            header: header,
            id: verified.id,
            change: ChangeIdentity.id(of: verified.id, index: 0)
        )
        return (verified, body)
    }
}
