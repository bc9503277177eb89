import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite struct `A hub that is sent too much too fast` {
    private func world(_ change: (inout HubLimits) -> Void) throws -> (World, Machine) {
        var limits = HubLimits()
        change(&limits)
        let world = try World(limits: limits)
        let owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        return (world, owner)
    }

    private func write(_ byteCount: Int, _ machine: Machine) throws {
        for number in 0..<(byteCount / 300_000) {
            let noise = machine.world.random.bytes(150_000).hexadecimal
            try machine.begin("Noise \(number)", body: noise)
        }
    }

    @Test func `slows its device down, and takes everything`() throws {
        let (world, owner) = try world { $0.bytes = Rate(burst: 1 << 20, perSecond: 1 << 20) }
        try write(20_000_000, owner)
        let engine = try #require(world.engine)
        let link = try world.connectLive(owner.device, ClientEngine.Options())
        link.open([owner.replica])
        try world.settle()
        // Text of hexadecimal digits is half its size on the wire.
        #expect(link.ended.isEmpty)
        #expect(engine.statistics.slowedCount == 1)
        var now: Int64 = 0
        var slowedCount = 0
        while link.ended.isEmpty, now < 60_000 {
            now += 100
            world.route(engine.tick(now: now))
            try world.settle()
            slowedCount += engine.statistics.slowedCount
        }
        #expect(try #require(link.report(owner.replica)).summary.refusedCount == 0)
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
        // All but the burst and the first window went at the rate, and not much slower.
        let sent = Int64(engine.statistics.receivedByteCount)
        let least = (sent - (1 << 20) - Int64(ProtocolLimits.window)) * 1000 / (1 << 20)
        #expect(now >= least, "\(sent) bytes in \(now) ms")
        #expect(now <= least + 6000, "\(sent) bytes in \(now) ms")
        #expect(slowedCount > 10)
    }

    @Test func `is there meanwhile, and says so`() throws {
        let (world, owner) = try world {
            $0.bytes = Rate(burst: 1 << 20, perSecond: 300_000)
        }
        try write(12_000_000, owner)
        let engine = try #require(world.engine)
        let link = try world.connectLive(owner.device, ClientEngine.Options())
        link.open([owner.replica])
        try world.settle()
        var silence = 0
        for second in 1...10 as ClosedRange<Int64> {
            let before = link.byteCounts.hub
            world.route(engine.tick(now: second * 1000))
            try world.settle()
            silence = link.byteCounts.hub == before ? silence + 1 : 0
            #expect(silence < 4)
        }
        #expect(link.ended.isEmpty)
    }

    @Test func `refuses whoever is far over the rate, says when to come back, and then takes it`()
        throws
    {
        let (world, owner) = try world {
            $0.entries = Rate(burst: 20, perSecond: 1)
            $0.slowedMilliseconds = 10_000
        }
        for number in 0..<40 { try owner.begin("Article \(number)") }
        let failure = try #require(throws: SyncError.self) { try owner.sync() }
        #expect(failure.code == .refused(.rate))
        let cause = try #require(failure.cause as? ProtocolError)
        let wait = try #require(cause.retryAfterMilliseconds)
        // What is missing, and half of it again by chance.
        #expect((20_000...33_000).contains(wait), "\(wait)")
        // It is not taken either where it comes back at once, on whichever connection.
        #expect(syncErrorCode { try owner.sync() } == .refused(.rate))
        #expect(world.engine?.statistics.refusedCounts[.rate] == 2)
        let engine = try #require(world.engine)
        world.route(engine.tick(now: Int64(wait)))
        try owner.sync()
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
    }

    @Test func `does not make others wait for it`() throws {
        let (world, owner) = try world { $0.entries = Rate(burst: 30, perSecond: 1) }
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        for number in 0..<80 { try owner.begin("Article \(number)") }
        #expect(syncErrorCode { try owner.sync() } == .refused(.rate))
        try ben.begin("Ben's")
        try ben.sync()
        #expect(try ben.replica.unplacedCount() == 0)
        #expect(try world.hubReplica().status().articleCount >= 1)
    }

    @Test func `takes an honest first upload as fast as it comes, by the usual limits`() throws {
        let limits = HubLimits.usual
        // 100,000 articles: a change set each and one for the chain, and 200 MB.
        let entries = try #require(limits.entries)
        let bytes = try #require(limits.bytes)
        #expect(entries.burst >= 200_002)
        #expect(bytes.burst >= 400_000_000)
        // Kept up for a day, what a device can send is bounded.
        #expect(bytes.burst + 86_400 * bytes.perSecond < 512 << 30)
    }
}

@Suite struct `A quota of a device in a library` {
    private func world(_ quota: HubLimits.Quota) throws -> (World, Machine) {
        var limits = HubLimits()
        limits.quota = quota
        let world = try World(limits: limits)
        let owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        return (world, owner)
    }

    @Test func `lets so many change sets be stored, the rest later, and other things go on`() throws
    {
        // One opens the chain.
        let (world, owner) = try world(.init(entryCount: 6))
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try ben.begin("Ben's")
        try ben.sync()
        for number in 0..<9 { try owner.begin("Article \(number)") }
        let report = try owner.sync()
        #expect(report.faults.map(\.code) == [.quota])
        #expect(report.faults.first?.severity == .chain)
        #expect(report.summary.refusedCount == 4)
        #expect(report.summary.sentCount == 6)
        // What others wrote came all the same.
        #expect(report.summary.receivedCount == 2)
        let again = try owner.sync()
        #expect(again.faults.map(\.code) == [.quota])
        #expect(try owner.replica.unplacedCount() == 4)
        try ben.begin("Ben's second")
        #expect(try ben.sync().faults.isEmpty)
        // Its operator gives more room.
        world.limits.quota = .init(entryCount: 100)
        world.restartHub()
        #expect(try owner.sync().faults.isEmpty)
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
    }

    @Test func `counts bytes before compression, over restarts too`() throws {
        let (world, owner) = try world(.init(byteCount: 100_000))
        try owner.begin("Long", body: String(repeating: "a", count: 60_000))
        #expect(try owner.sync().faults.isEmpty)
        world.restartHub()
        try owner.begin("Longer", body: String(repeating: "b", count: 60_000))
        #expect(try owner.sync().faults.map(\.code) == [.quota])
        #expect(try world.hubReplica().status().entryCount == 2)
    }
}
