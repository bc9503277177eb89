import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("A live session")
struct LiveTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
    }

    private func watch(_ machine: Machine) throws -> LiveLink {
        let link = try world.connectLive(machine.device)
        link.open([machine.replica])
        try world.settle()
        return link
    }

    private func steps(_ link: LiveLink) -> [ClientProgress] {
        link.progress[owner.replica.library] ?? []
    }

    private func expectEqual(_ machines: [Machine]) throws {
        let expected = try world.hubReplica().stateHash()
        for machine in machines {
            #expect(try machine.replica.stateHash() == expected)
            #expect(try machine.replica.unplacedCount() == 0)
        }
    }

    @Test("stays when both sides have the same, and says once that they have")
    func stays() throws {
        let link = try watch(owner)
        #expect(link.ended.isEmpty && !link.isClosed && !link.isClosedByHub)
        #expect(steps(link).map(\.isLevel) == [true])
        link.perform(link.client.localChanged())
        try world.settle()
        #expect(steps(link).count == 1)
    }

    @Test("takes what others make as they make it, and sends what is made here")
    func bothWays() throws {
        let first = try watch(owner)
        let second = try watch(ben)
        let article = try owner.begin("Ships")
        first.perform(first.client.localChanged())
        try world.settle()
        try expectEqual([owner, ben])
        #expect(steps(first).last?.sentCount == 2)
        #expect(steps(second).last?.receivedCount == 2)
        #expect(steps(second).last?.isLevel == true)
        for round in 0..<20 {
            let word = try #require(ScalarText("\(round)"))
            try owner.edit(article, [.insert(.body, position: 0, text: word)])
            try ben.edit(article, [.addTag(word)])
            first.perform(first.client.localChanged())
            second.perform(second.client.localChanged())
            try world.settle()
            try expectEqual([owner, ben])
        }
        // What a client sent does not come back to it.
        #expect(steps(first).reduce(0) { $0 + $1.sentCount } == 22)
        #expect(steps(first).reduce(0) { $0 + $1.receivedCount } == 21)
    }

    @Test("takes what one-shot syncs of others bring")
    func oneShotBeside() throws {
        let link = try watch(owner)
        try ben.begin("Ben's")
        try ben.sync()
        try world.settle()
        try expectEqual([owner, ben])
        #expect(steps(link).last?.receivedCount == 2)
    }

    @Test("goes on where another process syncs the same replica meanwhile")
    func otherProcess() throws {
        let link = try watch(owner)
        let same = try Replica(opening: owner.replica.path)
        try ben.begin("Ben's")
        // The hub's runs for the live session are under way when the other takes the same entries.
        link.isSilent = true
        try ben.sync()
        _ = try ClientSync(same, with: world.hub).run(over: world.connect(owner.device))
        try ben.begin("Ben's second")
        try ben.sync()
        link.isSilent = false
        try world.settle()
        #expect(link.ended.isEmpty)
        try expectEqual([owner, ben])
    }

    @Test("hears of new members")
    func members() throws {
        let link = try watch(ben)
        _ = try owner.invite("Cleo")
        try world.settle()
        #expect(steps(link).last?.recordCount == 1)
        let head = try owner.replica.membership().head.sequence
        #expect(try ben.replica.membership().head.sequence == head)
    }

    @Test("ends when it is asked to, with everything that was under way")
    func finishes() throws {
        let link = try watch(owner)
        try owner.begin("Ships")
        link.perform(link.client.localChanged())
        link.perform(link.client.finish())
        #expect(link.ended.isEmpty)
        try world.settle()
        #expect(link.report(owner.replica)?.summary.sentCount == 2)
        #expect(link.isClosed && link.isClosedByHub && link.closing == nil)
        try expectEqual([owner])
    }

    @Test("ends with an error of the network where the hub is stopped, and says when to try again")
    func hubStops() throws {
        let link = try watch(owner)
        let fault = Fault(.shutdown, .retry, text: "Stopping.", retryAfterMilliseconds: 700)
        world.route(try #require(world.engine).refuseAll(fault))
        try world.settle()
        guard case .failure(let error)? = link.ended[owner.replica.library] else {
            Issue.record("it goes on")
            return
        }
        #expect(error.code == .refused(.shutdown))
        #expect((error.cause as? ProtocolError)?.retryAfterMilliseconds == 700)
        #expect((error.cause as? ProtocolError)?.isTransient == true)
    }

    @Test("asks for a sign of life after an interval, once an interval for both sides")
    func heartbeats() throws {
        let link = try watch(owner)
        let engine = try #require(world.engine)
        var time: Int64 = 0
        for _ in 0..<600 {
            time += 1000
            world.route(engine.tick(now: time))
            link.perform(link.client.tick(now: time))
            try world.settle()
        }
        #expect(link.ended.isEmpty && !link.isClosedByHub)
        // 600 seconds hold 20 intervals: at most one question and one answer in each, both ways.
        #expect((18...40).contains(link.flightCounts.hub - 1))
        #expect(link.byteCounts.client < 40 * 9 + 300)
    }

    @Test("is given up by both sides after three intervals of silence")
    func silence() throws {
        let link = try watch(owner)
        let engine = try #require(world.engine)
        link.isSilent = true
        var time: Int64 = 0
        while time < 89_000 {
            time += 1000
            world.route(engine.tick(now: time))
            link.perform(link.client.tick(now: time))
        }
        #expect(link.ended.isEmpty && !link.isClosedByHub)
        for _ in 0..<3 {
            time += 1000
            world.route(engine.tick(now: time))
            link.perform(link.client.tick(now: time))
        }
        #expect(link.failure(owner.replica) == .network)
        #expect(link.isClosedByHub && link.closing?.code == .shutdown)
        #expect(engine.tick(now: time + 1_000_000).isEmpty)
    }

    @Test("is what heartbeats are for: a session that syncs once has none")
    func onceHasNone() throws {
        let link = try world.connectLive(owner.device, ClientEngine.Options())
        link.open([owner.replica])
        let engine = try #require(world.engine)
        for time in stride(from: Int64(0), to: 1_000_000, by: 10_000) {
            world.route(engine.tick(now: time))
            #expect(link.client.tick(now: time).isEmpty)
        }
        #expect(!link.isClosedByHub)
        try world.settle()
        #expect(link.report(owner.replica) != nil)
    }
}
