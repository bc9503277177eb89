import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SQLite
import TestSupport
import Testing

/// Conflicts and merges of what two people did at the same time, on replicas of a library.
@Suite("Conflicts in the store")
struct ConflictTests {
    private let library: TestLibrary
    private let article: ArticleID
    private let ada: Replica
    private let ben: Replica
    private let adaSigner: Signer
    private let benSigner: Signer
    private static let body = "One fine day it rained.\n\nNobody minded that at all."

    init() throws {
        library = try TestLibrary()
        let key = try library.addUser("Ben", .editor)
        adaSigner = library.makeSigner(library.ownerKey)
        benSigner = library.makeSigner(key, machine: [2])
        ada = try library.makeReplica("ada.db")
        ben = try library.makeReplica("ben.db")
        article = try ada.commit([.seed(.test("Rain", body: Self.body))], as: adaSigner, now: 1)
            .articles[0]
        try library.copy(ada, to: ben)
    }

    /// Puts words in the place of others, in the body as it is shown.
    private func edit(
        _ replica: Replica,
        _ signer: Signer,
        _ old: String,
        _ new: String
    ) throws {
        let state = try #require(try replica.article(article))
        let text = state.body.text.string.replacing(old, with: new)
        let wanted = try #require(ScalarText(text))
        let analysis = try #require(try replica.analysis(ofArticle: article))
        let draft = try #require(
            analysis.edit([.body: TextDiff.hunks(from: state.body.text, to: wanted)])
        )
        try replica.commit(
            [.edit(article, parents: state.heads, draft.operations, showing: draft.texts)],
            as: signer,
            now: 2
        )
        #expect(try replica.article(article)?.body.text == wanted)
    }

    private func resolve(
        _ replica: Replica,
        _ signer: Signer,
        _ choice: ConflictResolution
    ) throws {
        let analysis = try #require(try replica.analysis(ofArticle: article))
        let choices = analysis.view.conflicts.map { (conflict: $0, choice: choice) }
        let draft = try #require(analysis.resolution(of: choices))
        try replica.commit(
            [.edit(article, parents: analysis.merged.heads, draft.operations)],
            as: signer,
            now: 3
        )
    }

    private func exchange() throws {
        try library.copy(ada, to: ben)
        try library.copy(ben, to: ada)
    }

    private func makeConflict() throws {
        try edit(ada, adaSigner, "fine day", "grey morning")
        try edit(ben, benSigner, "fine day", "summer night")
        try exchange()
    }

    private func expectEqual() throws {
        #expect(try ada.stateHash() == ben.stateHash())
        #expect(try ada.conflicts() == ben.conflicts())
        #expect(try ada.article(article) == ben.article(article))
        for replica in [ada, ben] { #expect(try replica.doctor(repairing: false).isSound) }
    }

    private func body(_ replica: Replica) throws -> String {
        try #require(try replica.article(article)).body.text.string
    }

    @Test func bothReplicasShowOneSideAndKnowBoth() throws {
        try makeConflict()
        let conflicts = try ada.conflicts()
        let conflict = try #require(conflicts.first)
        #expect(conflicts.count == 1)
        #expect(conflict.shortHandle.count == 4)
        let words = conflict.conflict.alternatives.map(\.content)
        #expect(Set(words) == [.words("grey morning"), .words("summer night")])
        #expect(
            try body(ada).hasPrefix("One \(words[0] == .words("grey morning") ? "grey" : "sum")")
        )
        #expect(try ada.articles()[0].conflictCount == 1)
        #expect(try ada.status().conflictCount == 1)
        try expectEqual()
    }

    @Test func resolvedOnOneReplicaItIsResolvedOnTheOther() throws {
        try makeConflict()
        let id = try #require(try ada.conflicts().first).id
        try resolve(ada, adaSigner, .alternative(1))
        #expect(try ada.conflicts().isEmpty)
        try exchange()
        #expect(try ben.conflicts().isEmpty)
        #expect(try ben.closings(handlePrefix: id.handle).count == 1)
        #expect(try ben.status().conflictCount == 0)
        try expectEqual()
    }

    @Test func equalResolutionsAgreeAndDifferentOnesAreOneNewConflict() throws {
        try makeConflict()
        try resolve(ada, adaSigner, .alternative(1))
        try resolve(ben, benSigner, .alternative(1))
        try exchange()
        #expect(try ada.conflicts().isEmpty)
        try expectEqual()

        try edit(ada, adaSigner, "minded", "liked")
        try edit(ben, benSigner, "minded", "noticed")
        try exchange()
        try resolve(ada, adaSigner, .alternative(0))
        try resolve(ben, benSigner, .words("saw"))
        try exchange()
        #expect(try ada.conflicts().count == 1)
        try expectEqual()
        try resolve(ada, adaSigner, .words("saw"))
        try exchange()
        #expect(try ben.conflicts().isEmpty)
        #expect(try body(ben).hasSuffix("Nobody saw that at all."))
        try expectEqual()
    }

    @Test func anEditBesideALaterSyncKeepsTheIdAndATokenOfItsOwnSide() throws {
        try makeConflict()
        let before = try #require(try ada.conflicts().first)
        try edit(ada, adaSigner, "Nobody minded", "Nobody really minded")
        #expect(try ada.conflicts().first?.id == before.id)
        #expect(try ada.conflicts().first?.token == before.token)
        #expect(before.isToken(String(before.token.prefix(4))))
        #expect(!before.isToken("zzzz"))
        try exchange()
        try expectEqual()
    }

    @Test func fieldsDeletionAndNotesAreConflictsOfTheSameList() throws {
        let note = Annotation(
            kind: .comment,
            target: .article,
            quote: .none,
            text: "Why?",
            tags: []
        )
        let made = try ada.commit([.edit(article, [.annotate(note)])], as: adaSigner, now: 2)
        let id = AnnotationID(change: made.changes[0], index: 0)
        // A second machine of the same person, with a chain of its own.
        let pad = try library.makeReplica("pad.db")
        try library.copy(ada, to: pad)
        try library.copy(ada, to: ben)
        let padSigner = library.makeSigner(library.ownerKey, machine: [3])
        try ada.commit(
            [.edit(article, [.setNoteText(id, "When?"), .set(.title, .text("Rain again"))])],
            as: adaSigner,
            now: 3
        )
        try pad.commit([.edit(article, [.setNoteText(id, "Where?")])], as: padSigner, now: 3)
        try ben.commit([.edit(article, [.set(.title, .text("Sun"))])], as: benSigner, now: 3)
        try ben.commit([.edit(article, [.deleteArticle])], as: benSigner, now: 4)
        try library.copy(pad, to: ada)
        try exchange()

        let subjects = try ada.conflicts().map(\.conflict.subject)
        #expect(subjects == [.field(.title), .article, .note(id)])
        #expect(try ada.conflicts()[0].conflict.base == .value(.text("Rain")))
        #expect(try ada.conflicts()[2].conflict.base == .words("Why?"))
        try expectEqual()
        let analysis = try #require(try ada.analysis(ofArticle: article))
        let choices: [ConflictResolution] = [.base, .alternative(0), .all]
        let draft = try #require(
            analysis.resolution(
                of: zip(analysis.view.conflicts, choices).map { (conflict: $0, choice: $1) }
            )
        )
        try ada.commit([.edit(article, draft.operations)], as: adaSigner, now: 5)
        try exchange()
        #expect(try ben.conflicts().isEmpty)
        let state = try #require(try ben.article(article))
        #expect(state.shownValue(of: .title) == .text("Rain"))
        #expect(!state.isDeleted && !state.isDeletionOverridden)
        let words = state.notes.notes[0].text.shown.string
        #expect(words.contains("When?") && words.contains("Where?"))
        try expectEqual()
    }

    @Test func mergesWaitUntilTheyAreAccepted() throws {
        try edit(ada, adaSigner, "One", "Some")
        try edit(ben, benSigner, "rained", "snowed")
        try exchange()
        #expect(try body(ada).hasPrefix("Some fine day it snowed."))
        let review = try #require(try ada.reviews().first)
        #expect(try ada.reviews().count == 1)
        #expect(review.review.changes.count == 2)
        #expect(try ada.status().reviewCount == 1)
        let hash = try ada.stateHash()
        try ada.accept([review.id])
        #expect(try ada.reviews().isEmpty)
        #expect(try ada.reviews(accepted: true).first?.isAccepted == true)
        #expect(try ada.stateHash() == hash)
        #expect(try ben.reviews().map(\.id) == [review.id])
        // What a user has seen is no part of what can be derived again.
        try ada.rebuild()
        #expect(try ada.reviews().isEmpty)
        #expect(try ada.status().reviewCount == 0)
    }

    @Test func aChangeThatLeavesOtherWordsThanTypedIsRefused() throws {
        try makeConflict()
        let code = replicaErrorCode {
            try ada.commit(
                [.edit(article, [], showing: [.body: "Something else"])],
                as: adaSigner,
                now: 9
            )
        }
        #expect(code == .faultyChange)
        try expectEqual()
    }

    @Test func aFileOfTheVersionBeforeIsBroughtUpToThisOne() throws {
        try makeConflict()
        let hash = try ada.stateHash()
        let path = library.folder.file("old.db")
        do {
            let current = try Database(path: ada.path, mode: .readWrite)
            try current.execute("VACUUM INTO '\(path)'")
            let old = try Database(path: path, mode: .readWrite)
            for table in [
                "accepted", "article_view", "unsettled", "conflict", "review", "closing",
            ] {
                try old.execute("DROP TABLE \(table)")
            }
            try old.execute("PRAGMA user_version = 1")
        }
        let opened = try Replica(opening: path)
        #expect(try opened.stateHash() == hash)
        #expect(try opened.conflicts() == ada.conflicts())
        #expect(try opened.doctor(repairing: false).isSound)
        let copy = try Database(path: path + ".before-5", mode: .readOnly)
        #expect(try copy.integer("PRAGMA user_version") == 1)
    }
}
