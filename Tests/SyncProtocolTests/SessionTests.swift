import ArticleModel
import Membership
import SyncProtocol
import TestSupport
import Testing

@Suite("A session")
struct SessionTests {
    private let sample: Sample
    private let hub: FakeHub

    init() throws {
        sample = try Sample()
        hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
    }

    private func replica() -> FakeReplica {
        let replica = FakeReplica(library: sample.library)
        replica.records = hub.records
        return replica
    }

    private func expectLevel(_ replica: FakeReplica) throws {
        let summary = try #require(replica.outcome).get()
        #expect(replica.cursor == hub.head)
        #expect(summary.cursor == hub.head)
        #expect(replica.unsent.isEmpty)
        #expect(replica.positions == hub.positions)
        #expect(replica.records.map(\.record) == hub.records.map(\.record))
    }

    @Test("with nothing to do takes one round trip and few bytes, whatever the library's size")
    func nothingToDo() throws {
        var chain = try Sample.Chain(sample, seed: 1)
        for _ in 0..<300 { try chain.append() }
        for entry in chain.entries { hub.append(entry) }
        let client = replica()
        try SessionPair.run(client, hub)
        client.chain = chain.head
        let pair = try SessionPair.run(client, hub)
        try expectLevel(client)
        #expect(pair.turns == 3)
        #expect(pair.sentByClient <= 170 + 20)
        #expect(pair.sentByHub <= 120)
    }

    @Test("brings what the hub has, in runs")
    func pulls() throws {
        var chain = try Sample.Chain(sample, seed: 2)
        for _ in 0..<3000 { try chain.append(size: 600) }
        for entry in chain.entries { hub.append(entry) }
        let client = replica()
        try SessionPair.run(client, hub)
        try expectLevel(client)
        #expect(client.entries.count == 3001)
        for entry in chain.entries { #expect(client.entries[entry.id] == entry) }
        #expect(hub.held == 3001)
    }

    @Test("takes what the client has, which need not come back")
    func pushes() throws {
        var chain = try Sample.Chain(sample, seed: 3)
        for _ in 0..<2500 { try chain.append(size: 600) }
        let client = replica()
        for entry in chain.entries { client.add(entry) }
        let pair = try SessionPair.run(client, hub)
        try expectLevel(client)
        #expect(hub.log == chain.entries)
        #expect(client.fullCount == 0)
        #expect(pair.sentByHub < 4000)
    }

    @Test("goes both ways, and names the client's own entries instead of sending them")
    func bothWays() throws {
        var ours = try Sample.Chain(sample, seed: 4)
        var theirs = try Sample.Chain(sample, seed: 5)
        for _ in 0..<1500 { try theirs.append(size: 900) }
        for entry in theirs.entries { hub.append(entry) }
        for _ in 0..<400 { try ours.append(size: 900, after: Array(theirs.entries.prefix(2))) }
        let client = replica()
        for entry in ours.entries { client.add(entry) }
        try SessionPair.run(client, hub)
        try expectLevel(client)
        #expect(hub.log.count == theirs.entries.count + ours.entries.count)
        #expect(client.fullCount == theirs.entries.count)
    }

    @Test("makes any number of replicas equal, in any order of meetings", arguments: 1...20)
    func converges(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var chains = try (0..<3).map { try Sample.Chain(sample, seed: seed * 10 + UInt64($0)) }
        let replicas = (0..<3).map { _ in replica() }
        for (chain, replica) in zip(chains, replicas) { replica.add(chain.entries[0]) }
        for _ in 0..<30 {
            let index = random.below(3)
            if random.oneIn(2) {
                for _ in 0..<random.below(5) {
                    let known = replicas[index].entries.values.filter {
                        $0.header.sequence % 3 == 0
                    }
                    let after = known.sorted { $0.id < $1.id }.prefix(3)
                    let entry = try chains[index].append(
                        size: random.oneIn(9) ? 300_000 : random.below(400),
                        after: Array(after)
                    )
                    replicas[index].add(entry)
                }
            } else {
                let cut = random.oneIn(3) ? random.below(9000) : Int.max
                try SessionPair.run(
                    replicas[index],
                    hub,
                    pieces: 1 + random.below(5000),
                    cutAfter: cut
                )
            }
        }
        for _ in 0..<2 {
            for replica in replicas {
                try SessionPair.run(replica, hub)
            }
        }
        for replica in replicas {
            try expectLevel(replica)
            #expect(replica.entries.count == hub.log.count)
        }
    }

    @Test("that breaks off anywhere is made good by the next", arguments: 1...10)
    func resumes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var ours = try Sample.Chain(sample, seed: 100 + seed)
        var theirs = try Sample.Chain(sample, seed: 200 + seed)
        for _ in 0..<40 { try theirs.append() }
        for entry in theirs.entries { hub.append(entry) }
        for _ in 0..<40 { try ours.append() }
        let client = replica()
        for entry in ours.entries { client.add(entry) }
        for _ in 0..<6 {
            try SessionPair.run(client, hub, pieces: 700, cutAfter: random.below(1500))
        }
        try SessionPair.run(client, hub)
        try expectLevel(client)
    }

    @Test("carries bodies too large for a run ahead of it")
    func largeBodies() throws {
        var chain = try Sample.Chain(sample, seed: 6)
        try chain.append(size: 900_000)
        try chain.append(size: 262_144)
        try chain.append(size: 10)
        try chain.append(size: 4_000_000)
        let first = replica()
        for entry in chain.entries { first.add(entry) }
        try SessionPair.run(first, hub)
        try expectLevel(first)
        let second = replica()
        try SessionPair.run(second, hub)
        try expectLevel(second)
        for entry in chain.entries { #expect(second.entries[entry.id] == entry) }
    }

    @Test("tells which entries the hub does not take, and goes on with the others")
    func refusedEntries() throws {
        var chain = try Sample.Chain(sample, seed: 7)
        for _ in 0..<5 { try chain.append() }
        hub.refused = [chain.entries[5].id]
        let client = replica()
        for entry in chain.entries { client.add(entry) }
        try SessionPair.run(client, hub)
        let summary = try #require(client.outcome).get()
        #expect(summary.sentCount == 5)
        #expect(summary.refusedCount == 1)
        #expect(client.faults.map(\.code) == [.role])
        #expect(client.faults.first?.sequence == 5)
        #expect(client.unsent.map(\.id) == [chain.entries[5].id])
    }

    @Test("gives a hub that went back in time again what it lost, and nothing else")
    func rewoundHub() throws {
        var chain = try Sample.Chain(sample, seed: 8)
        for _ in 0..<10 { try chain.append() }
        for entry in chain.entries { hub.append(entry) }
        let client = replica()
        try SessionPair.run(client, hub)
        try expectLevel(client)
        hub.rewind(to: 5)
        try SessionPair.run(client, hub)
        try expectLevel(client)
        let summary = try #require(client.outcome).get()
        #expect(summary.isHubRewound && summary.sentAgainCount == 6)
        #expect(client.rewoundTo == [5])
        #expect(client.fullCount == 11)
    }

    @Test("finds where the two logs part, wherever that is", arguments: 1...40)
    func divergedHub(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var chain = try Sample.Chain(sample, seed: 100 + seed)
        for _ in 0..<(5 + random.below(70)) { try chain.append(size: 10) }
        for entry in chain.entries { hub.append(entry) }
        let client = replica()
        try SessionPair.run(client, hub)
        try expectLevel(client)
        let full = client.fullCount
        let kept = random.below(chain.entries.count)
        hub.rewind(to: kept)
        // Others have been here since: entries of theirs came first, then some of the lost ones.
        var other = try Sample.Chain(sample, seed: 200 + seed)
        for _ in 0..<random.below(90) { try other.append(size: 10) }
        for entry in other.entries { hub.append(entry) }
        let again = random.below(chain.entries.count - kept + 1)
        for entry in chain.entries[kept..<(kept + again)] { hub.append(entry) }
        try SessionPair.run(client, hub)
        try expectLevel(client)
        #expect(client.rewoundTo == [UInt64(kept)])
        // Neither side sent what the other had.
        #expect(client.fullCount - full == other.entries.count)
        let summary = try #require(client.outcome).get()
        #expect(summary.sentCount == chain.entries.count - kept - again)
    }

    @Test("about a library that is not served is refused")
    func wrongLibrary() throws {
        let other = try #require(LibraryID([UInt8](repeating: 1, count: 32)))
        let client = FakeReplica(library: other)
        try SessionPair.run(client, hub)
        let error = #expect(throws: ProtocolError.self) { try client.outcome?.get() }
        #expect(error?.code == .wrongLibrary)
        #expect(error?.fromPeer == true)
        #expect(hub.closing.count == 1)
    }
}
