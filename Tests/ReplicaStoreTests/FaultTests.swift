import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// Faults in bodies: stored and passed on, without effect, the same everywhere.
@Suite("Faulty bodies")
struct FaultTests {
    let library: TestLibrary
    let source: Replica
    let target: Replica
    let article: ArticleID
    let last: SignedChangeSet
    let heads: [ChangeID]

    init() throws {
        library = try TestLibrary()
        source = try library.makeReplica("source.db")
        target = try library.makeReplica("target.db")
        let signer = library.makeSigner(library.ownerKey)
        article = try #require(
            try source.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
        last = try #require(try source.incoming().last).signed
        heads = try #require(try source.article(article)).heads
        try library.copy(source, to: target)
    }

    /// Expects that `entry` is stored, has no effect and is listed, on two replicas alike.
    func expectFault(_ entry: IncomingEntry, _ words: String) throws {
        let before = try #require(try target.article(article))
        for replica in [target, source] {
            let report = try replica.receive([entry], from: library.peer, verifying: .all)
            #expect(report.outcomes.map(\.isStored) == [true])
        }
        let after = try #require(try target.article(article))
        #expect(after.body == before.body)
        #expect(after.heads == before.heads)
        let verified = try target.verify()
        #expect(verified.problems == [])
        #expect(verified.faults.map(\.change) == [ChangeIdentity.id(of: entry.signed.id, index: 0)])
        #expect(verified.faults.first?.message.contains(words) == true)
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.doctor(repairing: false).isSound)
    }

    @Test func aBodyThatCannotBeReadHasNoEffect() throws {
        try expectFault(
            try library.entry(after: last, body: [9, 9, 9], touching: [article]),
            "cannot be read"
        )
    }

    @Test func aBodyWithMoreChangesThanArticlesHasNoEffect() throws {
        let change = ChangeSetBody.Change.edit(parents: heads, operations: [])
        let body = BodyCodec.encode(ChangeSetBody(changes: [change, change]))
        try expectFault(
            try library.entry(after: last, body: body, touching: [article]),
            "cannot be read"
        )
    }

    @Test func aPositionPastTheEndHasNoEffect() throws {
        try expectFault(
            try library.entry(
                after: last,
                editing: article,
                parents: heads,
                [.insert(.body, position: 10_000, text: "X")]
            ),
            "past the end"
        )
    }

    @Test func moreThanTheClassClaimedHasNoEffect() throws {
        let entry = try library.entry(
            after: last,
            editing: article,
            parents: heads,
            [.addTag("x")]
        ) {
            $0.touched = [TouchedArticle(article: article, permission: .annotate)]
        }
        try expectFault(entry, "rights")
    }

    @Test func aParentOutsideTheCausalPastHasNoEffect() throws {
        // Ben's edit is known to the target, but not named by the entry that goes on from it.
        let key = try library.addUser("Ben", .editor)
        for replica in [source, target] { try replica.appendMembership(library.log.entries) }
        let ben = try source.commit(
            [.edit(article, [.addTag("ben")])],
            as: library.makeSigner(key),
            now: 12
        )
        try library.copy(source, to: target)
        let bens = try #require(ben.entry)
        let benHeads = try #require(try source.article(article)).heads
        let lamport = try #require(try source.entry(bens)).signed.header.lamport
        let sound = try library.entry(
            after: last,
            editing: article,
            parents: benHeads,
            [.addTag("y")]
        ) {
            $0.dependencies = [bens]
            $0.lamport = lamport + 1
        }
        try expectFault(
            try library.entry(after: last, editing: article, parents: benHeads, [.addTag("x")]),
            "does not depend on"
        )
        // With the dependency named it counts, on a branch of its own.
        let report = try target.receive([sound], from: library.peer, verifying: .all)
        #expect(report.outcomes.map(\.isStored) == [true])
        #expect(try target.article(article)?.tags.tags == ["ben", "y"])
    }

    @Test func aChangeAfterAFaultyOneHasNoEffectEither() throws {
        let bad = try library.entry(after: last, body: [9, 9, 9], touching: [article])
        let badID = ChangeIdentity.id(of: bad.signed.id, index: 0)
        let next = try library.entry(
            after: bad.signed,
            editing: article,
            parents: [badID],
            [.addTag("x")]
        )
        let sound = try library.entry(
            after: next.signed,
            editing: article,
            parents: heads,
            [.addTag("sound")]
        )
        let report = try target.receive([bad, next, sound], from: library.peer, verifying: .all)
        #expect(report.outcomes.allSatisfy { $0.isStored })
        #expect(try target.article(article)?.tags.tags == ["sound"])
        #expect(try target.verify().faults.count == 2)
        for entry in [sound, next, bad] {
            _ = try source.receive([entry], from: library.peer, verifying: .all)
        }
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.doctor(repairing: false).isSound)
    }

    @Test func whatANewerGalleyWroteIsKeptAndStopsEdits() throws {
        let entry = try library.entry(after: last, body: [1, 2, 3], touching: [article]) {
            $0.body = BodyReference(codecVersion: 7, bytes: [1, 2, 3])
        }
        let report = try target.receive([entry], from: library.peer, verifying: .all)
        #expect(report.outcomes.map(\.isStored) == [true])
        #expect(try target.summary(of: article)?.needsNewer == true)
        #expect(try target.article(article)?.heads == heads)
        let signer = library.makeSigner(library.ownerKey)
        #expect(
            replicaErrorCode {
                try target.commit([.edit(article, [.addTag("x")])], as: signer, now: 20)
            } == .needsNewer
        )
        #expect(try target.doctor(repairing: false).isSound)
        #expect(try target.verify().problems == [])
    }

    @Test func aSeedCarriedUnderAnotherArticlesNameHasNoEffect() throws {
        let body = BodyCodec.encode(ChangeSetBody(changes: [.seed(.test("Stranger"))]))
        try expectFault(
            try library.entry(after: last, body: body, touching: [article]),
            "cannot be read"
        )
        #expect(try target.articles().map(\.title) == ["One"])
    }
}
