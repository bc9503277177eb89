import ArticleModel
public import Membership
public import Signing
public import SyncProtocol
import TestSupport

/// A library with two people, a hub and chains of entries, the same in each run: where fuzzing
/// begins.
public struct SampleLibrary: Sendable {
    /// The owner's key.
    public let owner: PrivateKey
    /// The key of somebody who joined as an editor.
    public let editor: PrivateKey
    /// The hub's key.
    public let hub: PrivateKey
    /// The membership log, with receipts.
    public private(set) var log: MembershipLog
    /// An invitation that was used.
    public let invitation: Invitation
    /// Entries of both chains in causal order.
    public private(set) var entries: [Entry] = []

    /// What there is of it.
    ///
    /// Made once: keys and signatures take longer than what they are fuzzed with.
    public static let shared = Result { try SampleLibrary() }

    private static let time: Int64 = 1_767_225_600_000

    private init() throws {
        owner = try Self.key(1)
        editor = try Self.key(2)
        hub = try Self.key(3)
        let genesis = Genesis(
            nonce: try Self.value(Identifier32([UInt8](repeating: 7, count: 32))),
            libraryName: "Press cuttings",
            userName: "Ada",
            deviceName: "laptop"
        )
        var log = try MembershipLog(
            genesis: .genesis(genesis, timeMilliseconds: Self.time, signedBy: owner)
        )
        let hubSet = HubSet(keys: [try DeviceKey(hub.publicKey)], address: "hub.example.org:7425")
        let hubRecord = try MembershipRecord.next(
            in: log,
            .hubSet(hubSet),
            timeMilliseconds: Self.time,
            signedBy: owner
        )
        try log.append(hubRecord, receipt: nil)
        let (invite, invitation) = try log.invitation(
            for: .editor,
            seed: [UInt8](repeating: 9, count: 32),
            expiryMilliseconds: Self.time + 1000,
            useCount: 1,
            suggestedName: "Ben",
            timeMilliseconds: Self.time,
            signedBy: owner
        )
        self.invitation = invitation
        try Self.append(invite, to: &log, hub)
        let join = try MembershipRecord.joining(
            invitation,
            in: log,
            userName: "Ben",
            deviceName: "tower",
            timeMilliseconds: Self.time,
            signedBy: editor
        )
        try Self.append(join, to: &log, hub)
        self.log = log
        try addEntries()
    }

    private mutating func addEntries() throws {
        var random = SeededRandom(seed: 4)
        var mine = try opening(by: owner, random.bytes(16))
        var theirs = try opening(by: editor, random.bytes(16))
        entries = [mine, theirs]
        let text = Seed(
            nonce: Identifier16(random.bytes(16)),
            fields: [Seed.FieldEntry(.title, .text("Ships"))],
            summary: "A bullet.",
            body: "The first paragraph.\n\nThe second.",
            provenance: nil
        )
        let seed = ChangeIdentity.seed(library: log.library, bytes: text.encoded())
        let article = ChangeIdentity.article(ofSeed: seed)
        mine = try change(.seed(text), of: article, after: mine, [], owner)
        entries.append(mine)
        for round in 0..<4 {
            let operations: [Operation] = [
                .insert(.body, position: round, text: ScalarText("word \(round) ") ?? ""),
                .delete(.body, position: 1, count: 1),
                .addTag(ScalarText("tag \(round)") ?? ""),
            ]
            let edit = ChangeSetBody.Change.edit(parents: [seed], operations: operations)
            theirs = try change(edit, of: article, after: theirs, round == 0 ? [mine] : [], editor)
            entries.append(theirs)
            mine = try change(edit, of: article, after: mine, round == 2 ? [theirs] : [], owner)
            entries.append(mine)
        }
    }

    private func opening(by key: PrivateKey, _ incarnation: [UInt8]) throws -> Entry {
        let header = ChangeSetHeader(
            opening: ChainOpening(
                device: try DeviceKey(key.publicKey),
                incarnation: try Self.value(Incarnation(incarnation))
            ),
            library: log.library,
            lamport: 1,
            timeMilliseconds: Self.time,
            membership: log.reference
        )
        return Entry(changeSet: try header.signed(with: key).signed, body: nil)
    }

    private func change(
        _ change: ChangeSetBody.Change,
        of article: ArticleID,
        after last: Entry,
        _ others: [Entry],
        _ key: PrivateKey
    ) throws -> Entry {
        let body = BodyCodec.encode(ChangeSetBody(changes: [change]))
        let header = ChangeSetHeader(
            kind: .content,
            library: log.library,
            chain: last.header.chain,
            sequence: last.header.sequence + 1,
            previous: last.id,
            lamport: ((others + [last]).map(\.header.lamport).max() ?? 0) + 1,
            timeMilliseconds: last.header.timeMilliseconds + 1000,
            membership: log.reference,
            dependencies: Set(others.map(\.id)).sorted(),
            body: BodyReference(codecVersion: BodyCodec.version, bytes: body),
            touched: [TouchedArticle(article: article, permission: .edit)]
        )
        return Entry(changeSet: try header.signed(with: key).signed, body: body)
    }

    private static func append(
        _ record: MembershipRecord,
        to log: inout MembershipLog,
        _ hub: PrivateKey
    ) throws {
        let receipt = try Receipt.issue(for: record, nextIn: log, at: time, signedBy: hub)
        try log.append(record, receipt: receipt)
    }

    private static func key(_ number: UInt8) throws -> PrivateKey {
        try PrivateKey(seed: [UInt8](repeating: number, count: 32))
    }

    private static func value<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Finding("the sample cannot be made") }
        return value
    }
}
