import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("A hub that was restored from a backup")
struct RewoundHubTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine
    private let cid: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        cid = try owner.newcomer("cid")
        try cid.join(try owner.invite("Cid"), as: "Cid")
        try owner.sync()
        try ben.sync()
    }

    private func expectEqual() throws {
        let hub = try world.hubReplica()
        for machine in [owner, ben, cid] {
            #expect(try machine.replica.stateHash() == hub.stateHash())
            #expect(try machine.replica.unplacedCount() == 0)
            #expect(try machine.replica.hubHead() == hub.hubHead())
        }
    }

    private func syncAll(_ rounds: Int = 2) throws {
        for _ in 0..<rounds { for machine in [owner, ben, cid] { try machine.sync() } }
    }

    @Test("is given again what it lost by the first who comes, and nobody has to do anything")
    func refilled() throws {
        for number in 0..<300 { try owner.begin("Article \(number)") }
        try syncAll()
        try world.backUpHub()
        let article = try owner.begin("After the backup")
        for number in 0..<11 { try ben.begin("Ben's \(number)") }
        try syncAll()
        let hash = try owner.replica.stateHash()
        try world.restoreHub()
        let link = try world.connect(cid.device)
        let report = try cid.sync(over: link)
        #expect(report.summary.isHubRewound)
        #expect(report.summary.sentAgainCount >= 12)
        // What was lost went, not what was there.
        #expect(link.sentCount < 12_000)
        #expect(link.receivedCount < 2_000)
        #expect(try world.hubReplica().stateHash() == hash)
        #expect(try world.hubReplica().article(article) != nil)
        // The others have the log in another order, and nothing to send.
        for machine in [owner, ben] {
            let link = try world.connect(machine.device)
            let report = try machine.sync(over: link)
            #expect(report.summary.sentCount == 0)
            #expect(link.sentCount + link.receivedCount < 4_000)
        }
        try syncAll()
        try expectEqual()
    }

    @Test("and was refilled in another order meets each client where the two logs part")
    func otherOrder() throws {
        for number in 0..<20 { try ben.begin("Ben's \(number)") }
        try syncAll()
        try world.backUpHub()
        for number in 0..<15 { try cid.begin("Cid's \(number)") }
        try cid.sync()
        try owner.sync()
        for number in 0..<15 { try ben.begin("Ben's later \(number)") }
        try ben.sync()
        try world.restoreHub()
        // Ben comes first with new entries of his own, then the owner who never saw the last ones.
        try ben.begin("After the restore")
        for machine in [ben, owner, cid] { try machine.sync() }
        try syncAll()
        try expectEqual()
        #expect(try owner.replica.articleCount() == 51)
    }

    @Test("to when it was empty gets everything from those who have it")
    func empty() throws {
        let first = try World(seed: 9)
        let owner = try Machine.owner(first)
        try owner.sync(.register(claim: "claim"))
        try first.backUpHub()
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
        for number in 0..<40 { try owner.begin("Article \(number)") }
        try owner.sync()
        try ben.sync()
        for number in 0..<5 { try ben.begin("Ben's \(number)") }
        try ben.sync()
        let hash = try ben.replica.stateHash()
        try first.restoreHub()
        // The hub has forgotten who Ben is: an owner has to bring the records first.
        #expect(syncErrorCode { try ben.sync() } == .refused(.notMember))
        try owner.sync()
        try ben.sync()
        #expect(try first.hubReplica().stateHash() == hash)
        try owner.sync()
        #expect(try owner.replica.stateHash() == hash)
        #expect(try owner.replica.hubHead() == ben.replica.hubHead())
    }

    @Test("gives no receipts until an owner has been there")
    func receipts() throws {
        try syncAll()
        let invitation = try owner.invite("Dan")
        try syncAll()
        try world.backUpHub()
        try ben.begin("After the backup")
        try ben.sync()
        try world.restoreHub()
        // Ben betrays that the hub was restored.
        try ben.sync()
        let dan = try owner.newcomer("dan")
        #expect(syncErrorCode { try dan.join(invitation, as: "Dan") } == .refused(.overloaded))
        world.restartHub()
        #expect(syncErrorCode { try dan.join(invitation, as: "Dan") } == .refused(.overloaded))
        try owner.sync()
        try dan.join(invitation, as: "Dan")
        #expect(try world.hubReplica().membership().role(of: dan.device) == .editor)
    }

    @Test("takes from any member the records it lacks")
    func records() throws {
        try syncAll()
        try world.backUpHub()
        let dan = try owner.newcomer("dan")
        try dan.join(try owner.invite("Dan"), as: "Dan")
        try owner.sync()
        try ben.sync()
        try world.restoreHub()
        #expect(try world.hubReplica().membership().role(of: dan.device) == nil)
        try ben.sync()
        #expect(try world.hubReplica().membership().role(of: dan.device) == .editor)
        try dan.begin("Dan's")
        try dan.sync()
        try syncAll()
        try expectEqual()
    }

    @Test(
        "is refilled whatever was written between, and however often it is restored",
        arguments: 1...12
    )
    func anyOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var count = 0
        try world.backUpHub()
        for step in 0..<60 {
            let machine = [owner, ben, cid][random.below(3)]
            switch random.below(10) {
            case 0: try world.backUpHub()
            case 1: try world.restoreHub()
            case 2: _ = try PeerLink.sync(owner, ben)
            case 3...5:
                for _ in 0..<(1 + random.below(30)) {
                    try machine.begin("Article \(step) \(count)")
                    count += 1
                }
            default: try machine.sync()
            }
        }
        try syncAll(3)
        try expectEqual()
        #expect(try owner.replica.articleCount() == count)
    }
}

extension Replica {
    fileprivate func articleCount() throws -> Int { try status().articleCount }
}
