import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import TestSupport
import Testing

/// A client that went back in time, or stands on two machines at once.
@Suite("Clients restored or copied")
struct RestoredClientTests {
    private let world: World
    private let ada: Machine
    private let ben: Machine

    init() throws {
        world = try World()
        ada = try Machine.owner(world)
        try ada.sync(.register(claim: "claim"))
        ben = try ada.newcomer("ben")
        try ben.join(try ada.invite("Ben"), as: "Ben")
        try ada.sync()
    }

    private func copy(of replica: Replica, _ name: String) throws -> Replica {
        let path = world.folder.file(name)
        _ = try replica.copy(to: path)
        return try Replica(opening: path)
    }

    private func sync(_ replica: Replica) throws {
        _ = try ClientSync(replica, with: world.hub).run(over: try world.connect(ada.device))
    }

    private func expectSound(_ replicas: [Replica]) throws {
        let hub = try world.hubReplica()
        let hash = try hub.stateHash()
        for replica in replicas + [hub] {
            #expect(try replica.stateHash() == hash)
            let report = try replica.verify()
            #expect(report.problems.isEmpty)
            #expect(report.forkedChains.isEmpty)
            #expect(try replica.unplacedCount() == 0)
        }
    }

    @Test("go on in a new chain, with their own later entries fetched back")
    func restored() throws {
        let article = try ada.begin("Ships")
        try ada.sync()
        let backup = try copy(of: ada.replica, "backup.sqlite")
        try ada.edit(article, [.addTag("after the backup")])
        try ada.begin("Also after the backup")
        try ada.sync()
        // The disk breaks; what comes back has left its chain, as restoring does.
        try backup.leaveChain()
        try backup.commit([.edit(article, [.addTag("restored")])], as: ada.signer, now: 9)
        try sync(backup)
        try backup.commit([.edit(article, [.addTag("later")])], as: ada.signer, now: 10)
        try sync(backup)
        try ben.sync()
        try expectSound([backup, ben.replica])
        let tags = try #require(try ben.replica.article(article)).tags.tags
        #expect(Set(tags.map { "\($0)" }).count == 3)
        #expect(try ben.replica.articles(ArticleFilter()).count == 2)
    }

    @Test("go on in a new chain by the anchor alone, where a file was put back by hand")
    func restoredByHand() throws {
        let article = try ada.begin("Ships")
        try ada.sync()
        let backup = try copy(of: ada.replica, "backup.sqlite")
        try ada.edit(article, [.addTag("after the backup")])
        try ada.sync()
        try backup.commit([.edit(article, [.addTag("restored")])], as: ada.signer, now: 9)
        try sync(backup)
        try ben.sync()
        try expectSound([backup, ben.replica])
    }

    @Test("that never saw what was not synced lose it nowhere else")
    func restoredBeforeSending() throws {
        let article = try ada.begin("Ships")
        try ada.sync()
        let backup = try copy(of: ada.replica, "backup.sqlite")
        // Signed, with ben by hand, never at the hub.
        try ada.edit(article, [.addTag("by hand")])
        try ben.apply(try ada.bundle())
        try backup.leaveChain()
        try backup.commit([.edit(article, [.addTag("restored")])], as: ada.signer, now: 9)
        try sync(backup)
        try ben.sync()
        try sync(backup)
        try expectSound([backup, ben.replica])
        #expect(try #require(try backup.article(article)).tags.tags.count == 2)
    }

    @Test("on a second machine with the whole state folder go on in a chain of their own")
    func copied() throws {
        let article = try ada.begin("Ships")
        try ada.sync()
        let second = try copy(of: ada.replica, "second.sqlite")
        let anchors = MemoryAnchors()
        try anchors.advance(to: try #require(try ada.signer.anchors.load()))
        let box = RandomBox(7)
        let signer = Signer(key: ada.key, machine: [2], anchors: anchors) { box.bytes($0) }
        // Both go on, at the same time and in turns.
        for number in 0..<3 {
            try ada.edit(article, [.addTag(try #require(ScalarText("first \(number)")))])
            let tag = try #require(ScalarText("second \(number)"))
            try second.commit([.edit(article, [.addTag(tag)])], as: signer, now: 9)
            if number == 1 {
                try ada.sync()
                try sync(second)
            }
        }
        try ada.sync()
        try sync(second)
        try ada.sync()
        try ben.sync()
        try expectSound([ada.replica, second, ben.replica])
        #expect(try #require(try ben.replica.article(article)).tags.tags.count == 6)
    }
}
