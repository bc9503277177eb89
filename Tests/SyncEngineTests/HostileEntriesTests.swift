import ArticleModel
import CBOR
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Entries that break a rule, sent by a member whose client keeps none.
@Suite("An entry that breaks a rule")
struct HostileEntriesTests {
    private let world: World
    private let owner: Machine
    private let last: StoredEntry

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        try owner.begin("First")
        try owner.sync()
        last = try #require(try owner.replica.entries(afterPosition: 0).last)
    }

    /// A header that follows the last entry by the rules, but for what is changed in it.
    private func header(
        version: UInt64 = 0,
        skipping gap: UInt64 = 0,
        lamport extra: UInt64 = 0,
        membership: MembershipReference? = nil,
        dependencies: [ChangeSetID] = [],
        body: BodyReference? = nil
    ) throws -> ChangeSetHeader {
        let before = last.signed.header
        let article = try #require(before.touched.first?.article)
        return ChangeSetHeader(
            version: version,
            kind: .content,
            library: before.library,
            chain: before.chain,
            sequence: before.sequence + 1 + gap,
            previous: gap == 0 ? last.signed.id : ChangeSetID([UInt8](repeating: 7, count: 32)),
            lamport: before.lamport + 1 + extra,
            timeMilliseconds: 5,
            membership: membership ?? before.membership,
            dependencies: dependencies,
            body: body,
            touched: body == nil ? [] : [TouchedArticle(article: article, permission: .edit)]
        )
    }

    private func entry(_ header: ChangeSetHeader, body: [UInt8]? = nil) throws -> Entry {
        Entry(changeSet: try header.signed(with: owner.key).signed, body: body)
    }

    /// Sends a RUN to the hub and gives the errors that come back.
    private func faults(sending run: [UInt8]) throws -> [Fault] {
        let link = try world.connect(owner.device)
        var encoder = FrameEncoder(stream: 0)
        var hello = Hello(
            library: owner.replica.library,
            cursor: Cursor(library: owner.replica.library).mark
        )
        hello.membership = nil
        try link.send(encoder.encode(type: 1, payload: Message.hello(hello).encoded()))
        try link.send(encoder.encode(type: 4, payload: run))
        var decoder = FrameDecoder()
        decoder.append(try link.receive())
        var faults: [Fault] = []
        while let frame = try decoder.next() {
            guard let type = MessageType(rawValue: frame.type), type != .run else { continue }
            if case .error(let fault) = try Message(type: type, payload: frame.payload) {
                faults.append(fault)
            }
        }
        return faults
    }

    private func faults(sending entries: [Entry]) throws -> [Fault] {
        let items = entries.map(RunItem.entry)
        return try faults(sending: Run(firstPosition: nil, end: nil, items: items).encoded())
    }

    /// Nothing of it is in the hub's log, and honest clients go on.
    private func expectUntouched() throws {
        #expect(try world.hubReplica().hubHead() == owner.replica.hubHead())
        try owner.begin("Next")
        try owner.sync()
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
    }

    @Test("by its signature is refused")
    func badSignature() throws {
        var signature = try header().signed(with: owner.key).signed.signature
        signature[3] ^= 1
        let forged = Entry(
            changeSet: try SignedChangeSet(header: try header(), signature: signature),
            body: nil
        )
        let faults = try faults(sending: [forged])
        #expect(faults.map(\.code) == [.badSignature])
        #expect(faults.first?.severity == .chain)
        try expectUntouched()
    }

    @Test("by another device's signature is refused")
    func otherDevice() throws {
        let other = try world.makeKey()
        let forged = Entry(changeSet: try header().signed(with: other).signed, body: nil)
        #expect(try faults(sending: [forged]).map(\.code) == [.badSignature])
        try expectUntouched()
    }

    @Test("by its lamport number is refused, and the chain from there on")
    func wrongLamport() throws {
        let wrong = try entry(header(lamport: 5))
        let before = wrong.header
        let next = ChangeSetHeader(
            kind: .content,
            library: before.library,
            chain: before.chain,
            sequence: before.sequence + 1,
            previous: wrong.id,
            lamport: before.lamport + 1,
            timeMilliseconds: 6,
            membership: before.membership
        )
        let faults = try faults(sending: [wrong, entry(next)])
        #expect(faults.map(\.code) == [.badEntry])
        #expect(faults.first?.sequence == before.sequence)
        try expectUntouched()
    }

    @Test("by a gap in its chain waits, and the client is told")
    func chainGap() throws {
        let faults = try faults(sending: [entry(header(skipping: 3))])
        #expect(faults.map(\.code) == [.chainGap])
        try expectUntouched()
    }

    @Test("by a dependency nobody knows waits, and the client is told")
    func missingDependency() throws {
        let unknown = try #require(ChangeSetID([UInt8](repeating: 9, count: 32)))
        let faults = try faults(sending: [entry(header(dependencies: [unknown]))])
        #expect(faults.map(\.code) == [.dependencyMissing])
        try expectUntouched()
    }

    @Test("by a membership reference to another record is refused")
    func wrongMembership() throws {
        let prefix = try #require(MemberRecordPrefix([UInt8](repeating: 1, count: 16)))
        let reference = MembershipReference(
            sequence: last.signed.header.membership.sequence,
            prefix: prefix
        )
        #expect(
            try faults(sending: [entry(header(membership: reference))]).map(\.code) == [.badEntry]
        )
        try expectUntouched()
    }

    @Test("by a body other than the one signed is refused")
    func wrongBody() throws {
        let reference = BodyReference(codecVersion: 0, bytes: [1, 2, 3])
        // The body is left out, as the hash is made from it where it is there.
        let absent = try entry(header(body: reference))
        #expect(try faults(sending: [absent]).map(\.code) == [.badEntry])
        try expectUntouched()
    }

    @Test("by a body over the limit ends the session")
    func oversizedBody() throws {
        var writer = CBORWriter()
        writer.array(6)
        writer.unsigned(0)
        writer.null()
        writer.array(1)
        writer.array(3)
        writer.bytes(last.signed.header.chain.bytes)
        writer.unsigned(2)
        writer.bytes(last.signed.id.bytes)
        writer.array(1)
        writer.array(2)
        writer.unsigned(1)
        writer.bytes([UInt8](repeating: 1, count: 16))
        writer.array(1)
        writer.array(9)
        writer.unsigned(0)
        writer.unsigned(0)
        writer.integer(1)
        writer.integer(1)
        writer.unsigned(0)
        writer.array(0)
        writer.array(0)
        writer.array(4)
        writer.unsigned(0)
        writer.unsigned(0)
        writer.unsigned(UInt64(Limits.bodySizeMax) + 1)
        writer.bytes([UInt8](repeating: 1, count: 32))
        writer.bytes([UInt8](repeating: 1, count: 64))
        writer.bytes([])
        let faults = try faults(sending: writer.bytes)
        #expect(faults.map(\.code) == [.tooLarge])
        #expect(faults.first?.severity == .fatal)
        try expectUntouched()
    }

    @Test("by a header of an unknown version ends the session, and says what to do")
    func unknownVersion() throws {
        let payload = try header(version: 1).encoded()
        var protected = CBORWriter()
        protected.map(2)
        protected.unsigned(1)
        protected.integer(-8)
        protected.unsigned(16)
        protected.text("galley/1/change")
        var message = CBORWriter()
        message.tag(18)
        message.array(4)
        message.bytes(protected.bytes)
        message.map(0)
        message.bytes(payload)
        message.bytes([UInt8](repeating: 1, count: 64))
        var run = CBORWriter()
        run.array(6)
        run.unsigned(0)
        run.null()
        run.array(0)
        run.array(0)
        run.array(1)
        run.array(2)
        run.bytes(message.bytes)
        run.unsigned(0)
        run.bytes([])
        let faults = try faults(sending: run.bytes)
        #expect(faults.map(\.code) == [.version])
        #expect(faults.first?.text.contains("newer") == true)
        try expectUntouched()
    }

    @Test("that a hub sends is kept by no client, nor anything beside it")
    func fromTheHub() throws {
        let good = try entry(header())
        var signature = good.changeSet.signature
        signature[40] ^= 1
        let forged = Entry(
            changeSet: try SignedChangeSet(header: good.header, signature: signature),
            body: nil
        )
        let cursor = Cursor(
            position: try owner.replica.hubHead().position,
            accumulator: try owner.replica.hubHead().accumulator
        )
        let end = cursor.advanced(by: forged.id)
        var welcome = Welcome(verdict: .behind, standing: .member, head: end.mark)
        welcome.membership = Mark(
            position: try owner.replica.membership().head.sequence,
            prefix: Array(try owner.replica.membership().head.id.bytes.prefix(16))
        )
        let run = Run(firstPosition: end.position, end: end.mark, items: [.entry(forged)])
        let before = try owner.replica.stateHash()
        let code = syncErrorCode {
            try ClientSync(owner.replica, with: world.hub).run(
                over: Scripted([.welcome(welcome), .run(run)])
            )
        }
        #expect(code == .replica(.badSignature))
        #expect(try owner.replica.stateHash() == before)
        #expect(try owner.replica.hubHead().position == cursor.position)
        try expectUntouched()
    }
}

/// A hub that says what it was told to, whatever it hears.
private final class Scripted: Transport {
    private var rest: [Message]

    init(_ messages: [Message]) { rest = messages }

    func send(_ bytes: [UInt8]) throws {}

    func receive() throws -> [UInt8] {
        guard !rest.isEmpty else { return [] }
        let message = rest.removeFirst()
        var encoder = FrameEncoder(stream: 0)
        return encoder.encode(type: message.type.rawValue, payload: message.encoded())
    }
}
