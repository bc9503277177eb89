import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// Bodies of a codec that only some galleys know.
@Suite("Newer bodies")
struct CodecTests {
    let library: TestLibrary
    let new: Replica
    let old: Replica
    let signer: Signer
    let article: ArticleID

    init() throws {
        library = try TestLibrary()
        let path = library.folder.file("new.db")
        new = try Replica(creating: path, library: library.log.library, codecs: .newer)
        try new.appendMembership(library.log.entries)
        old = try library.makeReplica("old.db")
        signer = library.makeSigner(library.ownerKey, anchors: MemoryAnchors())
        article = try #require(
            try new.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
    }

    @Test func areKeptAndPassedOnAndReadAfterTheUpgrade() throws {
        try new.commit([.edit(article, [.addTag("a")])], as: signer, now: 11)
        #expect(try library.copy(new, to: old).firstRefusal == nil)
        #expect(try old.articles().isEmpty, "not even the seed can be read")
        #expect(try old.status().newerChangeCount == 2)
        #expect(try old.status().faultCount == 0)
        #expect(try old.verify().problems == [])
        #expect(try old.doctor(repairing: false).isSound)
        // On from one that understands nothing of it.
        let third = try Replica(
            creating: library.folder.file("third.db"),
            library: library.log.library,
            codecs: .newer
        )
        #expect(try library.copy(old, to: third).firstRefusal == nil)
        #expect(try third.stateHash() == new.stateHash())

        let upgraded = try Replica(opening: old.path, codecs: .newer)
        #expect(try upgraded.stateHash() == new.stateHash())
        #expect(try upgraded.status().newerChangeCount == 0)
        #expect(try upgraded.article(article)?.tags.tags == ["a"])
        #expect(try upgraded.doctor(repairing: false).isSound)
        #expect(try upgraded.search("First").count == 1)
        try upgraded.commit([.edit(article, [.addTag("b")])], as: signer, now: 12)
    }

    @Test func stopEditsOfTheirArticleAndOfNoOther() throws {
        let plain = library.makeSigner(library.ownerKey, anchors: MemoryAnchors())
        let theirs = try #require(
            try old.commit([.seed(.test("Two"))], as: plain, now: 10).articles.first
        )
        try library.copy(old, to: new)
        try new.commit([.edit(theirs, [.addTag("new")])], as: signer, now: 11)
        let other = try #require(
            try old.commit([.seed(.test("Three"))], as: plain, now: 12).articles.first
        )
        try library.copy(new, to: old)
        #expect(try old.summary(of: theirs)?.needsNewer == true)
        #expect(try old.article(theirs)?.tags.tags == [])
        #expect(
            replicaErrorCode {
                try old.commit([.edit(theirs, [.addTag("x")])], as: plain, now: 13)
            } == .needsNewer
        )
        try old.commit([.edit(other, [.addTag("fine")])], as: plain, now: 13)
        #expect(try old.summary(of: other)?.needsNewer == false)
    }

    @Test func whatGoesOnFromThemWaitsForTheUpgradeToo() throws {
        // Somebody who can read it writes, in the older form, on top of it.
        let last = try #require(try new.incoming().last).signed
        let next = try library.entry(
            after: last,
            editing: article,
            parents: try #require(try new.article(article)).heads,
            [.addTag("on top")]
        )
        _ = try new.receive([next], from: library.peer, verifying: .all)
        #expect(try new.article(article)?.tags.tags == ["on top"])
        try library.copy(new, to: old)
        #expect(try old.verify().faults.allSatisfy { $0.message == "needs a newer galley" })
        #expect(try old.status().faultCount == 0)
        let upgraded = try Replica(opening: old.path, codecs: .newer)
        #expect(try upgraded.stateHash() == new.stateHash())
    }

    @Test func areForgottenByAnOlderGalleyAndComeBack() throws {
        let hash = try new.stateHash()
        let older = try Replica(opening: new.path)
        #expect(try older.articles().isEmpty)
        #expect(try older.status().newerChangeCount == 1)
        #expect(try Replica(opening: new.path, codecs: .newer).stateHash() == hash)
    }

    @Test func numbersThatAreNotKnownAreANewerGalleys() throws {
        // An edit whose only operation sets the text 9, which nobody has.
        let heads = try #require(try new.article(article)).heads
        var body = BodyCodec.encode(
            ChangeSetBody(
                changes: [
                    .edit(
                        parents: heads,
                        operations: [.insert(.body, position: 0, text: "x")]
                    )
                ]
            )
        )
        // The byte that says which text.
        let selector = try #require(
            body.indices.first { index in
                var other = body
                other[index] = 9
                return bodyError(other)?.message.contains("no text has the number") == true
            }
        )
        body[selector] = 9
        let last = try #require(try new.incoming().last).signed
        let entry = try library.entry(after: last, body: body, touching: [article])
        #expect(
            try new.receive([entry], from: library.peer, verifying: .all).firstRefusal == nil
        )
        #expect(try new.summary(of: article)?.needsNewer == true)
        #expect(try new.status().faultCount == 0)
    }

    @Test func aLibraryWithoutThemIsNotDerivedAgain() throws {
        let plain = library.makeSigner(library.ownerKey, anchors: MemoryAnchors())
        try old.commit([.seed(.test("Two"))], as: plain, now: 10)
        let upgraded = try Replica(opening: old.path, codecs: .newer)
        #expect(try upgraded.articles().count == 1)
        // An older one knows less than what it was opened with last, and looks at everything.
        #expect(try Replica(opening: old.path).articles().count == 1)
    }
}

/// Why `bytes` are no body; nil where they are one.
private func bodyError(_ bytes: [UInt8]) -> BodyError? {
    do throws(BodyError) {
        _ = try BodyCodec.decode(bytes)
        return nil
    } catch { return error }
}

extension BodyCodecs {
    /// What a galley knows that has a form of bodies more: each byte of today's turned around.
    static let newer = BodyCodecs.standard.adding(
        77,
        encode: { BodyCodec.encode($0).map { ~$0 } },
        decode: { bytes throws(BodyError) in try BodyCodec.decode(bytes.map { ~$0 }) }
    )
}
