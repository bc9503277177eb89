import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// A hub that sends entries with signatures that are not theirs, where later ones prove them.
@Suite("Wrong signatures inside a run")
struct WrongSignatureTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine
    private let article: ArticleID

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        article = try owner.begin("Ships")
        for number in 0..<6 {
            try owner.edit(article, [.addTag(try #require(ScalarText("tag \(number)")))])
        }
        try owner.sync()
    }

    /// Gives `ben` the hub's log as the hub has it, but for the signatures of two entries inside.
    private func receiveSpoiled() throws {
        let cursor = try ben.replica.hubHead()
        let sound = try world.hubReplica().entries(afterPosition: cursor.position)
        let items = try sound.enumerated().map { index, entry in
            let wrong = index == 2 || index == 4
            let signature = sound[wrong ? index - 1 : index].signed.signature
            let signed = try SignedChangeSet(header: entry.signed.header, signature: signature)
            return PositionedItem.entry(IncomingEntry(signed, body: entry.body))
        }
        _ = try ben.replica.receive(items, following: cursor, from: world.hub)
    }

    @Test("is found afterwards; what the entries say counts all the while")
    func found() throws {
        try receiveSpoiled()
        #expect(try ben.replica.stateHash() == owner.replica.stateHash())
        #expect(try ben.replica.checkSignatures(upTo: 100).unsound.count == 2)
        #expect(try ben.replica.verify().problems == [])
        try ben.sync()
        #expect(try ben.replica.hubHead() == owner.replica.hubHead())
    }

    @Test("sends nothing unproven to a hub, and is mended when good ones come")
    func mended() throws {
        let before = try ben.replica.hubHead().position
        try receiveSpoiled()
        // The hub went back, as far as ben can tell: all of it may have to be sent there.
        try ben.replica.rewindHubLog(to: before)
        let sent = try ben.replica.unplacedEntries().map(\.signed.id)
        let all = try owner.replica.entries().map(\.signed.id)
        #expect(sent == Array(all.prefix(2)))
        let report = try ben.sync()
        #expect(report.faults.isEmpty)
        #expect(try ben.replica.unsoundEntries().isEmpty)
        #expect(try ben.replica.heldBack() == 0)
        #expect(try ben.replica.verify().unsound.isEmpty)
        #expect(try ben.replica.hubHead() == owner.replica.hubHead())
        #expect(try ben.replica.stateHash() == world.hubReplica().stateHash())
    }
}
