import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("Syncing replicas through a hub")
struct SyncTests {
    private let world: World
    private let owner: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
    }

    private func expectEqual(_ machines: [Machine]) throws {
        let expected = try world.hubReplica().stateHash()
        for machine in machines {
            #expect(try machine.replica.stateHash() == expected)
            #expect(try machine.replica.unplacedCount() == 0)
            #expect(try machine.replica.hubHead() == world.hubReplica().hubHead())
        }
    }

    @Test("registers a library, invites, joins, and makes all equal")
    func wholeWay() throws {
        let article = try owner.begin("Ships")
        try owner.sync()
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
        try expectEqual([owner, ben])
        try ben.edit(article, [.insert(.body, position: 0, text: "Ben's. ")])
        try owner.edit(article, [.addTag("sea")])
        try ben.sync()
        try owner.sync()
        try ben.sync()
        try expectEqual([owner, ben])
        let state = try #require(try ben.replica.article(article))
        #expect(state.tags.tags == ["sea"])
    }

    @Test("sends what waited for what comes, in the same session")
    func waitingEntries() throws {
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        let article = try owner.begin("Ships")
        try owner.sync()
        // By hand Ben gets the owner's next entry, which follows one that he lacks.
        try owner.edit(article, [.addTag("sea")])
        let last = try #require(try owner.replica.unplacedEntries().last)
        let report = try ben.replica.receive(
            [IncomingEntry(last.signed, body: last.body)],
            from: owner.device,
            verifying: .all
        )
        #expect(report.storedCount == 0)
        let outcome = try ben.sync()
        #expect(outcome.summary.receivedCount == 2)
        #expect(outcome.summary.sentCount == 1)
        #expect(try ben.replica.unplacedCount() == 0)
        try owner.sync()
        try expectEqual([owner, ben])
    }

    @Test("leaves nothing behind of a connection that is gone")
    func goneConnection() throws {
        world.libraries.opensAnew = true
        let link = try world.connect(owner.device)
        link.cutAfter = 60
        try owner.begin("Ships")
        #expect(throws: SyncError.self) { try owner.sync(over: link) }
        #expect(link.isClosed)
        #expect(world.libraries.wasOpened)
        #expect(world.libraries.lastOpened == nil)
    }

    @Test("is done in one round trip where nothing is to do")
    func nothingToDo() throws {
        for number in 0..<20 { try owner.begin("Article \(number)") }
        try owner.sync()
        let link = try world.connect(owner.device)
        let report = try owner.sync(over: link)
        #expect(report.summary.sentCount == 0)
        #expect(link.sentCount <= 170 + 10)
        #expect(link.receivedCount <= 120)
        #expect(link.isClosed)
    }

    @Test("brings many articles, checked, in the hub's order")
    func manyArticles() throws {
        var changes: [[LocalChange]] = []
        for number in 0..<1500 {
            let text = ScalarText("\(number) " + String(repeating: "word ", count: 300)) ?? ""
            let seed = Seed(nonce: nil, fields: [], summary: "", body: text, provenance: nil)
            changes.append([.seed(seed)])
        }
        _ = try owner.replica.commit(changeSets: changes, as: owner.signer, now: 1)
        let link = try world.connect(owner.device)
        try owner.sync(over: link)
        // What the hub is sent it does not send back.
        #expect(link.receivedCount < 2000)
        let ben = try owner.newcomer("ben")
        let report = try ben.join(try owner.invite("Ben"), as: "Ben")
        #expect(report.summary.receivedCount == 1501)
        try owner.sync()
        try expectEqual([owner, ben])
    }

    @Test("serves two clients at once: one comes while the other is being served")
    func twoAtOnce() throws {
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        for number in 0..<30 { try owner.begin("Olga's \(number)") }
        for number in 0..<30 { try ben.begin("Ben's \(number)") }
        let link = try world.connect(owner.device)
        link.interruption = (atRead: 2, { try ben.sync() })
        try owner.sync(over: link)
        try ben.sync()
        try owner.sync()
        try expectEqual([owner, ben])
        #expect(try owner.replica.status().articleCount == 60)
    }

    @Test("writes what several clients sent in one transaction, and answers each")
    func groupCommit() throws {
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.begin("Olga's")
        try ben.begin("Ben's")
        let before = world.growths
        let link = try world.connect(owner.device)
        // Ben's entries are with the hub, not yet written, when Olga's arrive.
        link.interruption = (
            atRead: 2,
            { [world] in
                let stalled = try world.connect(ben.device)
                stalled.cutAfter = 200
                _ = syncErrorCode { try ben.sync(over: stalled) }
            }
        )
        try owner.sync(over: link)
        try ben.sync()
        try owner.sync()
        try expectEqual([owner, ben])
        #expect(world.growths > before)
    }

    @Test("passes on what others signed to a hub that lacks it")
    func passedOn() throws {
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        let article = try ben.begin("Ben's")
        try ben.edit(article, [.addTag("sea")])
        try owner.sync()
        // Ben's machine is never online again; his entries came another way.
        let entries = try ben.replica.unplacedEntries()
        _ = try owner.replica.receive(
            entries.map { IncomingEntry($0.signed, body: $0.body) },
            from: ben.device,
            verifying: .all
        )
        try owner.begin("Olga's")
        let report = try owner.sync()
        #expect(report.summary.sentCount == 5)
        try expectEqual([owner])
        #expect(try world.hubReplica().status().articleCount == 2)
        // Should it come back, nothing of it goes over the wire again.
        let link = try world.connect(ben.device)
        let late = try ben.sync(over: link)
        #expect(late.summary.sentCount == 0)
        try expectEqual([owner, ben])
    }

    @Test("that is cut anywhere loses nothing and is made good by the next", arguments: 1...12)
    func cuts(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        for round in 0..<6 {
            for machine in [owner, ben] {
                for number in 0..<random.below(4) { try machine.begin("\(round) \(number)") }
                let link = try world.connect(machine.device)
                link.cutAfter = random.below(2500)
                _ = syncErrorCode { try machine.sync(over: link) }
                if random.oneIn(4) { world.restartHub() }
            }
        }
        try owner.sync()
        try ben.sync()
        try owner.sync()
        try expectEqual([owner, ben])
    }

    @Test("carries an article too large for a run")
    func largeArticle() throws {
        let text = String(repeating: "All work and no play. ", count: 60_000)
        try owner.begin("Large", body: text)
        try owner.sync()
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
        try expectEqual([owner, ben])
    }
}
