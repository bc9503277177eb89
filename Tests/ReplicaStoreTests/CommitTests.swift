import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

@Suite("Committing")
struct CommitTests {
    let library: TestLibrary
    let replica: Replica
    let signer: Signer

    init() throws {
        library = try TestLibrary()
        replica = try library.makeReplica("one.db")
        signer = library.makeSigner(library.ownerKey)
    }

    @Test func aCommittedArticleIsListedAndShown() throws {
        let result = try replica.commit([.seed(.test("Storm over the bay"))], as: signer, now: 5)
        let article = try #require(result.articles.first)
        let summary = try #require(try replica.articles().first)
        #expect(summary.id == article)
        #expect(summary.title == "Storm over the bay")
        #expect(summary.changeCount == 1)
        #expect(summary.lastTimeMilliseconds == 5)
        let state = try #require(try replica.article(article))
        #expect(state.body.text == "First paragraph.\n\nSecond one.")
        #expect(try replica.status().entryCount == 2)
        #expect(try replica.status().unplacedCount == 2)
        // The entry that opens the chain is nobody's work.
        #expect(try replica.status().pendingCount == 1)
    }

    @Test func theSameSeedAgainAddsNothing() throws {
        let first = try replica.commit([.seed(.test("One"))], as: signer, now: 5)
        let again = try replica.commit([.seed(.test("One"))], as: signer, now: 6)
        #expect(again.entry == nil)
        #expect(again.articles == first.articles)
        #expect(again.isNew == [false])
        #expect(try replica.status().entryCount == 2)
    }

    @Test func editsFollowOneAnother() throws {
        let article = try #require(
            try replica.commit([.seed(.test("One"))], as: signer, now: 5).articles.first
        )
        for number in 0..<5 {
            try replica.commit(
                [
                    .edit(
                        article,
                        [.insert(.body, position: 0, text: ScalarText("\(number) ") ?? "")]
                    )
                ],
                as: signer,
                now: 6
            )
        }
        let state = try #require(try replica.article(article))
        #expect(state.body.text == "4 3 2 1 0 First paragraph.\n\nSecond one.")
        #expect(state.faults.isEmpty)
        #expect(try replica.verify().problems.isEmpty)
        #expect(try replica.doctor(repairing: false).isSound)
    }
}
