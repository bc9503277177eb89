import ArticleMerge
import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

@Suite("Own chains")
struct ChainTests {
    let library: TestLibrary
    let replica: Replica
    let anchors = MemoryAnchors()
    let article: ArticleID

    init() throws {
        library = try TestLibrary()
        replica = try library.makeReplica("one.db")
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        article = try #require(
            try replica.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
    }

    @discardableResult
    func tag(
        _ tag: ScalarText,
        _ replica: Replica? = nil,
        machine: [UInt8] = [1]
    ) throws -> SignedChangeSet {
        let target = replica ?? self.replica
        let signer = library.makeSigner(library.ownerKey, machine: machine, anchors: anchors)
        let id = try #require(
            try target.commit([.edit(article, [.addTag(tag)])], as: signer, now: 11).entry
        )
        return try #require(try target.entry(id)).signed
    }

    @Test func entriesOfAChainAreDenseAndTheAnchorFollows() throws {
        for number in 0..<5 as Range<UInt64> {
            let entry = try tag("x")
            #expect(entry.header.sequence == 2 + number)
            #expect(anchors.anchor?.sequence == entry.header.sequence)
            #expect(anchors.anchor?.id == entry.id)
        }
        #expect(try replica.chains().count == 1)
    }

    @Test func aMissingAnchorOpensANewChainThatNamesTheOldOne() throws {
        let before = try tag("x")
        anchors.anchor = nil
        let after = try tag("y")
        #expect(after.header.chain != before.header.chain)
        #expect(after.header.sequence == 1)
        let openingID = try #require(after.header.previous)
        let opening = try #require(try replica.entry(openingID)).signed.header
        #expect(opening.opening?.previous?.id == before.id)
        #expect(opening.dependencies == [before.id])
        #expect(try replica.article(article)?.tags.tags == ["x", "y"])
        #expect(try replica.verify().problems == [])
        #expect(try tag("z").header.chain == after.header.chain)
    }

    @Test func anAnchorOfAnotherMachineOpensANewChain() throws {
        let before = try tag("x")
        #expect(try tag("y", machine: [2]).header.chain != before.header.chain)
    }

    @Test func anAnchorAheadOfTheDatabaseOpensANewChain() throws {
        let copy = library.folder.file("copy.db")
        try replica.copyFile(to: copy)
        let lost = try tag("x")
        let restored = try Replica(opening: copy)
        let after = try tag("y", restored)
        #expect(after.header.chain != lost.header.chain)
        // Both are sound, and count, wherever they meet.
        let report = try restored.receive(replica.incoming(), from: library.peer, verifying: .all)
        #expect(report.firstRefusal == nil)
        #expect(report.forkedChains == [])
        #expect(try restored.article(article)?.tags.tags == ["x", "y"])
    }

    @Test func anAnchorThatWasPutBackOpensANewChain() throws {
        let early = anchors.anchor
        let before = try tag("x")
        anchors.anchor = early
        #expect(try tag("y").header.chain != before.header.chain)
        #expect(try replica.chains().count == 2)
    }

    @Test func aChainIsNotLeftBecauseAnotherProcessIsCommitting() throws {
        let chain = try tag("x").header.chain
        let other = try Replica(opening: library.folder.file("one.db"))
        let racing = RacingAnchors(anchors) { try tag("y", other) }
        let signer = Signer(key: library.ownerKey, machine: [1], anchors: racing) { _ in [] }
        try replica.secureOwnChain(as: signer)
        #expect(racing.race == nil, "nobody has asked for the anchor")
        #expect(try tag("z").header.chain == chain)
    }

    @Test func whoIsSentWhatComesNextOnTheOwnChainSignsOnAnother() throws {
        let copy = library.folder.file("copy.db")
        try replica.copyFile(to: copy)
        let twin = try Replica(opening: copy)
        // With an anchor of its own, a copy cannot know that it is one.
        let kept = anchors.anchor
        let next = try tag("twin's", twin)
        anchors.anchor = kept
        let report = try replica.receive(twin.incoming(), from: library.peer, verifying: .all)
        #expect(report.storedCount == 1)
        #expect(report.forkedChains.isEmpty)
        #expect(try tag("mine").header.chain != next.header.chain)
    }

    @Test func nothingIsSignedThatTheAnchorCannotKnowOf() throws {
        let before = try tag("x")
        anchors.failure = CocoaError(.fileWriteNoPermission)
        #expect(throws: ReplicaError.self) { try tag("lost") }
        #expect(try replica.article(article)?.tags.tags == ["x"])
        anchors.failure = nil
        #expect(try tag("y").header.previous == before.id)
    }

    @Test func aChainThatGoesOnElsewhereIsLeft() throws {
        // A copy with a copied state folder: the anchor cannot tell.
        let copy = library.folder.file("copy.db")
        try replica.copyFile(to: copy)
        let other = try Replica(opening: copy)
        let otherAnchors = MemoryAnchors(anchors.anchor)
        let mine = try tag("mine")
        let signer = library.makeSigner(library.ownerKey, anchors: otherAnchors)
        let id = try #require(
            try other.commit([.edit(article, [.addTag("theirs")])], as: signer, now: 11).entry
        )
        let theirs = try #require(try other.entry(id)).signed
        #expect(theirs.header.chain == mine.header.chain)
        #expect(theirs.header.sequence == mine.header.sequence)

        let report = try replica.receive(other.incoming(), from: library.peer, verifying: .all)
        #expect(report.firstRefusal == nil)
        #expect(report.forkedChains == [mine.header.chain])
        #expect(try replica.article(article)?.tags.tags == ["mine", "theirs"])
        #expect(try replica.verify().forkedChains == [mine.header.chain])

        let next = try tag("next")
        #expect(next.header.chain != mine.header.chain)
        let openingID = try #require(next.header.previous)
        let opening = try #require(try replica.entry(openingID)).signed.header
        #expect(opening.dependencies == [mine.id, theirs.id].sorted())
        #expect(try replica.verify().problems == [])
        #expect(try replica.doctor(repairing: false).isSound)

        try library.copy(replica, to: other)
        #expect(try other.stateHash() == replica.stateHash())
    }

    @Test func branchesOfAForkAreKeptApart() throws {
        let mine = try tag("mine")
        let before = try #require(mine.header.previous)
        let beforeHeader = try #require(try replica.entry(before)).signed
        let heads = try #require(try replica.article(article)).heads
        // The other branch of the fork names a change of this one without depending on it.
        let forked = try library.entry(
            after: beforeHeader,
            editing: article,
            parents: heads,
            [.addTag("impossible")]
        )
        let report = try replica.receive([forked], from: library.peer, verifying: .all)
        #expect(report.outcomes.map(\.isStored) == [true])
        #expect(report.forkedChains == [mine.header.chain])
        #expect(try replica.article(article)?.tags.tags == ["mine"])
        #expect(try replica.verify().faults.count == 1)
        // In the other order of arrival as well.
        let other = try library.makeReplica("other.db")
        let entries = try replica.incoming()
        let body = try #require(try replica.entry(mine.id)).body
        let reordered =
            entries.filter { $0.signed.id != mine.id } + [IncomingEntry(mine, body: body)]
        _ = try other.receive(reordered, from: library.peer, verifying: .all)
        #expect(try other.stateHash() == replica.stateHash())
        #expect(try other.doctor(repairing: false).isSound)
    }

    @Test func twoConnectionsWriteOneChainByTurns() throws {
        let second = try Replica(opening: replica.path)
        for number in 0..<10 as Range<UInt64> {
            let writer = number.isMultiple(of: 2) ? replica : second
            #expect(try tag(ScalarText("t\(number)") ?? "", writer).header.sequence == 2 + number)
        }
        #expect(try replica.chains().count == 1)
        #expect(try replica.stateHash() == second.stateHash())
        #expect(try second.article(article)?.tags.tags.count == 10)
        #expect(try second.verify().problems == [])
    }

    @Test func moreDependenciesThanAnEntryNamesGoIntoEntriesBefore() throws {
        // 70 users each tag the article at the same time: 70 heads.
        var entries: [IncomingEntry] = []
        for number in 0..<70 {
            let key = try library.addUser("User \(number)", .editor)
            let theirs = try library.makeReplica("user\(number).db")
            try library.copy(replica, to: theirs)
            let tag = try #require(ScalarText("tag \(number)"))
            try theirs.commit(
                [.edit(article, [.addTag(tag)])],
                as: library.makeSigner(key),
                now: 12
            )
            entries += try theirs.incoming().suffix(2)
        }
        try replica.appendMembership(library.log.entries)
        let report = try replica.receive(entries, from: library.peer, verifying: .all)
        #expect(report.firstRefusal == nil)
        #expect(try replica.article(article)?.heads.count == 70)
        let entry = try tag("joined")
        #expect(try replica.article(article)?.heads.count == 1)
        #expect(entry.header.dependencies.count < 64)
        let target = try library.makeReplica("target.db")
        #expect(try library.copy(replica, to: target).firstRefusal == nil)
        #expect(try target.stateHash() == replica.stateHash())
        #expect(try target.verify().faults == [])
    }
}

extension Replica {
    /// Copies the file with what is in its log of writes, as a backup program would while nobody
    /// writes.
    func copyFile(to path: String) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: self.path + suffix)
        {
            try? FileManager.default.removeItem(atPath: path + suffix)
            try FileManager.default.copyItem(atPath: self.path + suffix, toPath: path + suffix)
        }
    }
}

/// Anchors that are moved on by another process when they are asked for the first time.
private final class RacingAnchors: ChainAnchorStore {
    private let anchors: MemoryAnchors
    private(set) var race: (() throws -> Void)?

    init(_ anchors: MemoryAnchors, _ race: @escaping () throws -> Void) {
        self.anchors = anchors
        self.race = race
    }

    func load() throws -> ChainAnchor? {
        if let race {
            self.race = nil
            try race()
        }
        return try anchors.load()
    }

    func advance(to anchor: ChainAnchor) throws { try anchors.advance(to: anchor) }
}
