import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import TestSupport
import Testing

/// Old and new galleys on one library, through a hub that is an old one.
@Suite("Newer clients among older ones")
struct MixedCodecTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine
    private let cleo: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        cleo = try owner.newcomer("cleo")
        try cleo.join(try owner.invite("Cleo"), as: "Cleo")
    }

    /// The machine after an upgrade, or before one.
    private func reopened(_ machine: Machine, _ codecs: BodyCodecs) throws -> Machine {
        try Machine(
            world,
            Replica(opening: machine.replica.path, codecs: codecs),
            key: machine.key,
            anchors: MemoryAnchors(try machine.signer.anchors.load())
        )
    }

    @Test("take what they cannot read, pass it on, and read it after the upgrade")
    func wholeWay() throws {
        let article = try owner.begin("Ships")
        try owner.sync()
        try ben.sync()
        try cleo.sync()
        let newBen = try reopened(ben, .newer)
        let newCleo = try reopened(cleo, .newer)
        try newBen.edit(article, [.addTag("new")])
        let begun = try newBen.begin("Only for new ones")
        try newBen.sync()
        try owner.sync()
        try newCleo.sync()

        // The hub and the owner keep it, count it in the cursor, and stay where they were.
        #expect(try owner.replica.hubHead() == newBen.replica.hubHead())
        #expect(try owner.replica.summary(of: article)?.needsNewer == true)
        #expect(try owner.replica.article(article)?.tags.tags == [])
        #expect(try owner.replica.article(begun) == nil)
        #expect(try owner.replica.stateHash() == world.hubReplica().stateHash())
        #expect(try newCleo.replica.stateHash() == newBen.replica.stateHash())
        #expect(try newCleo.replica.article(article)?.tags.tags == ["new"])

        // Edits at the same time by those who could not see it.
        let other = try owner.begin("Another")
        #expect(throws: ReplicaError.self) { try owner.edit(article, [.addTag("old")]) }
        try newCleo.edit(article, [.addTag("on top")])
        for machine in [owner, newCleo, newBen, owner] { try machine.sync() }
        #expect(try newBen.replica.article(other) != nil)

        let newOwner = try reopened(owner, .newer)
        #expect(try newOwner.replica.stateHash() == newBen.replica.stateHash())
        #expect(try newOwner.replica.stateHash() == newCleo.replica.stateHash())
        try newOwner.edit(article, [.addTag("at last")])
        for machine in [newOwner, newBen, newCleo] { try machine.sync() }
        #expect(try newBen.replica.stateHash() == newOwner.replica.stateHash())
        #expect(try newBen.replica.article(article)?.tags.tags == ["at last", "new", "on top"])
        #expect(try world.hubReplica().verify().problems == [])
    }
}

extension BodyCodecs {
    /// What a galley knows that has a form of bodies more: each byte of today's turned around.
    fileprivate static let newer = BodyCodecs.standard.adding(
        77,
        encode: { BodyCodec.encode($0).map { ~$0 } },
        decode: { bytes throws(BodyError) in try BodyCodec.decode(bytes.map { ~$0 }) }
    )
}
