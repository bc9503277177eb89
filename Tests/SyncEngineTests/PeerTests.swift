import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("Two clients that sync directly")
struct PeerTests {
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

    private func expectEqual(_ one: Machine, _ other: Machine) throws {
        #expect(try one.replica.stateHash() == other.replica.stateHash())
        #expect(Set(try one.replica.frontier()) == Set(try other.replica.frontier()))
    }

    @Test("have the same afterwards, and the hub gets it from whoever comes first")
    func bothWays() throws {
        let article = try owner.begin("Ships")
        try ben.begin("Trains")
        let link = try PeerLink.sync(owner, ben)
        let (caller, answerer) = try link.reports()
        #expect(caller.summary.storedCount == 2)
        #expect(answerer.summary.storedCount == 2)
        try expectEqual(owner, ben)
        try ben.edit(article, [.insert(.body, position: 0, text: "Ben's. ")])
        try PeerLink.sync(ben, owner)
        try expectEqual(owner, ben)
        #expect(try owner.replica.unplacedCount() == 5)
        // The hub hears of both from one of them.
        try owner.sync()
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
        try ben.sync()
        #expect(try ben.replica.unplacedCount() == 0)
        try expectEqual(owner, ben)
    }

    @Test("who have the same say so in little")
    func nothingToDo() throws {
        for number in 0..<20 { try owner.begin("Article \(number)") }
        try PeerLink.sync(owner, ben)
        let link = try PeerLink.sync(owner, ben)
        let (caller, answerer) = try link.reports()
        #expect(caller.summary.receivedCount == 0 && caller.summary.sentCount == 0)
        #expect(answerer.summary.receivedCount == 0)
        #expect(link.sentCount + link.receivedCount < 600)
        #expect(link.roundTrips == 3)
    }

    @Test("bring the membership log level first, from either side", arguments: [true, false])
    func membership(ownerCalls: Bool) throws {
        // Eve joined while Ben was away.
        let eve = try owner.newcomer("eve")
        try eve.join(try owner.invite("Eve"), as: "Eve")
        try owner.sync()
        let article = try eve.begin("Planes")
        _ = try PeerLink.sync(eve, owner).reports()
        #expect(try owner.replica.article(article) != nil)
        let link = ownerCalls ? try PeerLink.sync(owner, ben) : try PeerLink.sync(ben, owner)
        _ = try link.reports()
        #expect(try ben.replica.membership().head == owner.replica.membership().head)
        #expect(try ben.replica.article(article) != nil)
        try expectEqual(owner, ben)
    }

    @Test("take it for no fork that more records came from the hub meanwhile")
    func recordsMeanwhile() throws {
        let eve = try owner.newcomer("eve")
        try eve.join(try owner.invite("Eve"), as: "Eve")
        try owner.sync()
        let article = try owner.begin("Planes")
        let link = try PeerLink.sync(ben, owner) {
            // Another process at Ben's machine syncs while the owner's records are under way.
            _ = try owner.invite("Fay")
            try owner.sync()
            try ben.sync()
        }
        _ = try link.reports()
        #expect(try ben.replica.article(article) != nil)
        try expectEqual(owner, ben)
    }

    @Test("refuse a stranger, and say why")
    func stranger() throws {
        let eve = try owner.newcomer("eve")
        try eve.replica.appendMembership(try owner.replica.membership().entries)
        let link = try PeerLink.sync(eve, ben)
        guard case .failure(let error)? = link.caller else {
            Issue.record("The stranger was let in.")
            return
        }
        #expect(error.code == .refused(.notMember))
    }

    @Test("tell a stranger nothing, though they called it")
    func calledStranger() throws {
        let eve = try owner.newcomer("eve")
        try eve.replica.appendMembership(try owner.replica.membership().entries)
        try owner.begin("Planes")
        let link = try PeerLink.sync(owner, eve)
        guard case .failure(let error)? = link.caller else {
            Issue.record("The stranger was told what there is.")
            return
        }
        #expect(error.code == .protocol(.notMember))
        #expect(link.sentCount == 0)
        #expect(try eve.replica.status().entryCount == 0)
    }

    @Test("refuse another library")
    func otherLibrary() throws {
        let other = try Machine.owner(try World(seed: 5))
        let link = try PeerLink.sync(owner, other, known: ben.device)
        guard case .failure(let error)? = link.caller else {
            Issue.record("Another library was served.")
            return
        }
        #expect(error.code == .refused(.wrongLibrary))
    }

    @Test("go on where they were after any cut", arguments: 1...12)
    func cuts(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for number in 0..<30 {
            try owner.begin("Article \(number)", body: "\(number). " + "word. ".repeated(200))
            if number.isMultiple(of: 3) { try ben.begin("Ben's \(number)") }
        }
        var cut = 100
        var sessions = 0
        while try owner.replica.frontier().count != 2
            || Set(owner.replica.frontier())
                != Set(ben.replica.frontier())
        {
            try PeerLink.sync(owner, ben, pieces: 1 + random.below(3_000), cutAfter: cut)
            cut += 400 + random.below(3_000)
            sessions += 1
            try #require(sessions < 200)
        }
        #expect(sessions > 1)
        try expectEqual(owner, ben)
    }

    @Test("pass on what third ones wrote, in causal order, through a line of machines")
    func line() throws {
        var machines = [owner, ben]
        for name in ["cid", "dan", "eve"] {
            let machine = try owner.newcomer(name)
            try machine.join(try owner.invite(name), as: name)
            machines.append(machine)
        }
        for machine in machines { try machine.sync() }
        let article = try owner.begin("Ships")
        for (machine, next) in zip(machines, machines.dropFirst()) {
            _ = try PeerLink.sync(machine, next).reports()
            try next.edit(article, [.insert(.body, position: 0, text: "More. ")])
        }
        for (machine, next) in zip(machines, machines.dropFirst()).reversed() {
            _ = try PeerLink.sync(machine, next).reports()
        }
        for machine in machines.dropFirst() { try expectEqual(owner, machine) }
        try machines[4].sync()
        try owner.sync()
        #expect(try world.hubReplica().stateHash() == owner.replica.stateHash())
    }

    @Test("have both branches of a chain that forked, and what goes on from them")
    func forks() throws {
        let article = try owner.begin("Ships")
        try owner.sync()
        try ben.sync()
        try ben.edit(article, [.addTag("before")])
        let chain = try #require(try ben.replica.ownHead()).chain
        // Two machines that hold one key and one chain: what no honest client does.
        let twin = try ben.twin("twin.sqlite")
        for number in 0..<5 { try ben.edit(article, [.addTag("ben \(number)".scalars)]) }
        for number in 0..<9 { try twin.edit(article, [.addTag("twin \(number)".scalars)]) }
        _ = try PeerLink.sync(ben, owner).reports()
        _ = try PeerLink.sync(twin, owner).reports()
        let ends = try owner.replica.frontier().filter { $0.chain == chain }
        #expect(ends.count == 2)
        _ = try PeerLink.sync(owner, ben).reports()
        _ = try PeerLink.sync(twin, owner).reports()
        try expectEqual(owner, ben)
        try expectEqual(owner, twin)
        // Nothing goes twice, and a third machine gets all of it.
        let again = try PeerLink.sync(twin, ben).reports()
        #expect(again.caller.summary.receivedCount == 0)
        #expect(again.answerer.summary.receivedCount == 0)
        let eve = try owner.newcomer("eve")
        try eve.join(try owner.invite("Eve"), as: "Eve")
        try owner.sync()
        try owner.replica.tagsAreAll(of: article, count: 15)
        try PeerLink.sync(owner, ben)
        _ = try PeerLink.sync(eve, ben).reports()
        try expectEqual(eve, ben)
    }

    @Test("send large bodies in pieces")
    func largeBodies() throws {
        var random = SeededRandom(seed: 3)
        let noise = random.bytes(600_000).map { Character(UnicodeScalar(33 + $0 % 90)) }
        let article = try owner.begin("Large", body: String(noise))
        let link = try PeerLink.sync(ben, owner)
        _ = try link.reports()
        #expect(try ben.replica.article(article) != nil)
        try expectEqual(owner, ben)
    }
}

extension Replica {
    fileprivate func tagsAreAll(of article: ArticleID, count: Int) throws {
        #expect(try self.article(article)?.tags.tags.count == count)
    }
}

extension String {
    fileprivate var scalars: ScalarText { ScalarText(self) ?? "" }

    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
