import ArticleModel
import SyncProtocol
import Testing

@Suite("A session about members")
struct MembershipSessionTests {
    private let sample: Sample
    private let hub: FakeHub
    private let client: FakeReplica

    init() throws {
        sample = try Sample()
        hub = FakeHub(library: sample.library)
        client = FakeReplica(library: sample.library)
    }

    private func expectLevel() throws {
        _ = try #require(client.outcome).get()
        #expect(client.records == hub.records)
        #expect(client.cursor == hub.head)
    }

    @Test("brings the records the client lacks before the entries")
    func bringsRecords() throws {
        hub.records = (1...5).map(Sample.record)
        client.records = [Sample.record(1)]
        var chain = try Sample.Chain(sample, seed: 1)
        try chain.append()
        for entry in chain.entries { hub.append(entry) }
        try SessionPair.run(client, hub)
        try expectLevel()
    }

    @Test("gives the hub the records it lacks")
    func givesRecords() throws {
        client.records = (1...5).map(Sample.record)
        hub.records = (1...2).map(Sample.record)
        try SessionPair.run(client, hub)
        try expectLevel()
        #expect(hub.records == (1...5).map(Sample.record))
    }

    @Test("appends the client's record and brings its receipt")
    func appendsARecord() throws {
        client.records = (1...2).map(Sample.record)
        hub.records = (1...3).map(Sample.record)
        try SessionPair.run(client, hub, .append)
        try expectLevel()
        #expect(hub.records.count == 4)
        #expect(client.records.last?.receipt == [3])
    }

    @Test("makes the record anew where another came first")
    func conflicts() throws {
        client.records = [Sample.record(1)]
        hub.records = [Sample.record(1)]
        hub.rivals = [Sample.record(2), Sample.record(3)]
        try SessionPair.run(client, hub, .append)
        try expectLevel()
        #expect(hub.records.count == 4)
        #expect(client.records.last?.record.first == 103)
    }

    @Test("gives up where others always come first")
    func conflictsForEver() throws {
        client.records = [Sample.record(1)]
        hub.records = [Sample.record(1)]
        hub.rivals = (2...60).map(Sample.record)
        try SessionPair.run(client, hub, .append)
        let error = #expect(throws: ProtocolError.self) { try client.outcome?.get() }
        #expect(error?.code == .membershipConflict)
    }

    @Test("lets a device join, which then gets everything")
    func joins() throws {
        hub.records = (1...3).map(Sample.record)
        hub.standing = .invited
        var chain = try Sample.Chain(sample, seed: 2)
        for _ in 0..<100 { try chain.append() }
        for entry in chain.entries { hub.append(entry) }
        try SessionPair.run(client, hub, .join(invitation: [UInt8](repeating: 5, count: 32)))
        try expectLevel()
        #expect(hub.records.count == 4)
        #expect(client.entries.count == 101)
    }

    @Test("that joins a second time, the end of the first being lost, joins only once")
    func joinsOnce() throws {
        hub.records = (1...3).map(Sample.record)
        hub.standing = .invited
        let invitation = [UInt8](repeating: 5, count: 32)
        for cut in 1...40 {
            try SessionPair.run(client, hub, .join(invitation: invitation), cutAfter: cut * 20)
        }
        try SessionPair.run(client, hub, .join(invitation: invitation))
        try expectLevel()
        #expect(hub.records.count == 4)
    }

    @Test("registers a library with its first records, then takes its entries")
    func registers() throws {
        hub.standing = .registering
        client.records = (1...2).map(Sample.record)
        var chain = try Sample.Chain(sample, seed: 3)
        for _ in 0..<10 { try chain.append() }
        for entry in chain.entries { client.add(entry) }
        try SessionPair.run(client, hub, .register(claim: "claim-code"))
        try expectLevel()
        #expect(hub.log.count == 11)
        #expect(hub.records.count == 2)
    }

    @Test("ends where the two logs differ")
    func forks() throws {
        hub.records = (1...3).map(Sample.record)
        client.records = [Sample.record(1), Sample.record(9)]
        try SessionPair.run(client, hub)
        let error = #expect(throws: ProtocolError.self) { try client.outcome?.get() }
        #expect(error?.code == .membershipFork)
        #expect(client.records.count == 2)
        #expect(hub.records.count == 3)
    }

    @Test("takes nothing from who is no member yet")
    func mustEnterFirst() throws {
        hub.records = [Sample.record(1)]
        hub.standing = .invited
        var chain = try Sample.Chain(sample, seed: 4)
        try chain.append()
        var session = HubSession()
        var encoder = FrameEncoder(stream: 0)
        var decoder = FrameDecoder()
        let hello = Message.hello(
            Hello(library: sample.library, cursor: Cursor(library: sample.library).mark)
        )
        let run = Message.run(
            Run(firstPosition: nil, end: nil, items: chain.entries.map(RunItem.entry))
        )
        var answers: [[UInt8]] = []
        for message in [hello, run] {
            decoder.append(
                encoder.encode(type: message.type.rawValue, payload: message.encoded())
            )
            let frame = try #require(try decoder.next())
            answers += hub.perform(session.receive(frame), &session)
        }
        #expect(hub.log.isEmpty)
        let error = try #require(hub.closing.first)
        #expect(error?.code == .notMember)
    }
}
