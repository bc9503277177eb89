import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Clients that are older than they were, or two of what was one, where the anchor cannot tell.
@Suite("Clients that travel in time")
struct TimeTravelTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine
    private let article: ArticleID

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        article = try owner.begin("Ships")
        try owner.sync()
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
    }

    private func tag(_ machine: Machine, _ tag: String) throws {
        try machine.edit(article, [.addTag(try #require(ScalarText(tag)))])
    }

    /// Syncs until nothing moves, and expects that all are equal.
    private func settle(_ machines: [Machine]) throws {
        for _ in 0..<3 { for machine in machines { try machine.sync() } }
        let expected = try world.hubReplica().stateHash()
        let forks = try world.hubReplica().forks()
        for machine in machines {
            #expect(try machine.replica.stateHash() == expected)
            #expect(try machine.replica.forks() == forks)
            #expect(try machine.replica.unplacedCount() == 0)
            #expect(try machine.replica.verify().problems == [])
        }
    }

    @Test("a snapshot put back with nothing new publishes no fork, and gets its later entries back")
    func snapshotWithNothingNew() throws {
        let snapshot = try owner.cloned("snapshot")
        try tag(owner, "lost 1")
        try tag(owner, "lost 2")
        try owner.sync()
        let lost = try owner.ids()
        // Only the snapshot goes on.
        try snapshot.sync()
        #expect(
            try snapshot.replica.ownHead() == nil,
            "the chain is left before anything is signed"
        )
        #expect(try snapshot.ids() == lost)
        try tag(snapshot, "new")
        try settle([snapshot, ben])
        #expect(try world.hubReplica().forks() == [])
        let tags = try #require(try ben.replica.article(article)).tags.tags
        #expect(Set(tags) == ["lost 1", "lost 2", "new"])
    }

    @Test("the chain is left before the first run comes, so that a cut there changes nothing")
    func leftAtWelcome() throws {
        let snapshot = try owner.cloned("snapshot")
        for number in 0..<5 { try tag(owner, "lost \(number)") }
        try owner.sync()
        let link = try world.connect(snapshot.device)
        // WELCOME and a little of what follows.
        link.cutAfter = 150
        #expect(throws: SyncError.self) { try snapshot.sync(over: link) }
        #expect(try snapshot.replica.ownHead() == nil)
        try tag(snapshot, "new")
        try settle([snapshot, ben])
        #expect(try world.hubReplica().forks() == [])
    }

    @Test("a snapshot put back that has signed meanwhile forks its chain, and nothing is lost")
    func snapshotWithEntriesOfItsOwn() throws {
        let snapshot = try owner.cloned("snapshot")
        try tag(owner, "lost")
        try owner.sync()
        try tag(snapshot, "mine")
        let signed = try #require(try snapshot.replica.ownHead())
        try snapshot.sync()
        #expect(try snapshot.replica.ownHead() == nil)
        try tag(snapshot, "later")
        #expect(try snapshot.replica.ownHead()?.chain != signed.chain)
        try settle([snapshot, ben])
        let fork = try #require(try ben.replica.forks().first)
        #expect(fork.chain == signed.chain)
        #expect(fork.heads.map(\.id).contains(signed.id), "nothing is signed again")
        #expect(try ben.replica.proof(of: fork) != nil)
        let tags = try #require(try ben.replica.article(article)).tags.tags
        #expect(Set(tags) == ["lost", "mine", "later"])
        #expect(tags.count == 3)
    }

    @Test("where the hub has a longer branch of the chain, it is left as well")
    func otherBranchAtTheHub() throws {
        let twin = try owner.cloned("twin")
        try tag(owner, "a")
        try tag(twin, "b")
        try tag(twin, "c")
        try owner.sync()
        try twin.sync()
        // The hub has both branches; the owner's is the shorter one and ends where it says.
        let link = try world.connect(owner.device)
        link.cutAfter = 150
        _ = try? owner.sync(over: link)
        #expect(try owner.replica.ownHead() == nil)
        try settle([owner, twin, ben])
    }

    @Test("two copies that go on by turns open a chain each, and all agree", arguments: 0..<24)
    func everyOrder(number: Int) throws {
        let twin = try owner.cloned("twin")
        let third = try owner.cloned("third")
        let copies = [owner, twin, third]
        for (index, copy) in copies.enumerated() {
            for step in 0..<(number % 3 + 1) { try tag(copy, "copy \(index) step \(step)") }
        }
        // All orders of four, one of whom has nothing to do with it.
        let order = orders([owner, twin, third, ben])[number]
        for machine in order {
            try machine.sync()
            if number.isMultiple(of: 2), machine !== ben { try tag(machine, "after \(number)") }
        }
        for machine in order.reversed() { try machine.sync() }
        for (index, copy) in copies.enumerated() { try tag(copy, "again \(index)") }
        try settle(order)
        let forks = try world.hubReplica().forks()
        #expect(forks.count == 1)
        let chains = try world.hubReplica().chains()
        let ends = Set(forks.flatMap(\.heads).map(\.id))
        #expect(ends.count == 3)
        let own = try copies.map { try #require(try $0.replica.ownHead()).chain }
        #expect(Set(own).count == 3, "no two sign on one chain")
        for chain in own { #expect(chains.contains { $0.heads.map(\.chain) == [chain] }) }
    }

    @Test("a device that signs on a fork while others live with its chain breaks no session")
    func forkWhileLive() throws {
        let twin = try owner.cloned("twin")
        try tag(owner, "a")
        try tag(twin, "b")
        let link = try world.connect(owner.device)
        // The twin syncs in the middle of the owner's session.
        link.interruption = (2, { try twin.sync() })
        try owner.sync(over: link)
        try settle([owner, twin, ben])
        #expect(try world.hubReplica().forks().count == 1)
    }
}

/// All orders of `items`.
private func orders<Item>(_ items: [Item]) -> [[Item]] {
    guard let last = items.last else { return [[]] }
    return orders(Array(items.dropLast())).flatMap { order in
        (0...order.count).map { index in
            var longer = order
            longer.insert(last, at: index)
            return longer
        }
    }
}
