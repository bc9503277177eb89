import ArticleModel
import ReplicaStore
import TestSupport
import Testing

/// Merging what people did at the same time, update by update.
@Suite("Merging")
struct MergingTests {
    @Test func aSecondConcurrentChangeReadsNoHistory() throws {
        let article = try BranchyArticle(people: 3, editsEach: 20)
        let hub = try article.makeHub("hub.db")
        let peer = try article.library.peer
        // The first of them that change the article at the same time have the history read.
        for entry in article.edits.prefix(10) {
            _ = try hub.receiveAsHub([entry], from: peer)
            try hub.derive()
        }
        let count = hub.readChangeCount
        #expect(count > 0)
        for entry in article.edits.dropFirst(10) {
            _ = try hub.receiveAsHub([entry], from: peer)
            try hub.derive()
        }
        #expect(hub.readChangeCount == count)
        #expect(try hub.doctor(repairing: false).isSound)
    }

    /// Dropped at will, with another connection writing in between, or in one batch: the same rows.
    @Test func keepingMergesWarmChangesNothing() throws {
        let article = try BranchyArticle(people: 4, editsEach: 15)
        let peer = try article.library.peer
        let whole = try article.makeHub("whole.db")
        _ = try whole.receiveAsHub(article.edits, from: peer)
        let hash = try whole.stateHash()

        let dropped = try article.makeHub("dropped.db")
        let shared = try article.makeHub("shared.db")
        let other = try Replica(opening: shared.path)
        for (number, entry) in article.edits.enumerated() {
            if number % 3 == 0 { dropped.dropWarmMerges() }
            _ = try dropped.receiveAsHub([entry], from: peer)
            try dropped.derive()
            let writer = number % 5 < 3 ? shared : other
            _ = try writer.receiveAsHub([entry], from: peer)
            try writer.derive()
        }
        for replica in [whole, dropped, shared, other] {
            #expect(try replica.stateHash() == hash)
            #expect(try replica.doctor(repairing: false).isSound)
        }
    }

    @Test func aTransactionTakenBackLeavesNoTraceInWarmMerges() throws {
        let article = try BranchyArticle(people: 3, editsEach: 40, bodySize: 4_000)
        let peer = try article.library.peer
        let hub = try article.makeHub("hub.db")
        var failureCount = 0
        for start in stride(from: 0, to: article.edits.count, by: 10) {
            _ = try hub.receiveAsHub(
                Array(article.edits[start..<min(start + 10, article.edits.count)]),
                from: peer
            )
            // Rolled back after articles were merged: there is no room for them.
            try hub.limitSize(toPages: 1)
            do {
                try hub.derive()
            } catch {
                #expect(error.code == .full)
                failureCount += 1
            }
            try hub.limitSize(toPages: 1_000_000)
            try hub.derive()
        }
        #expect(failureCount > 1)
        #expect(try hub.doctor(repairing: false).isSound)
        let whole = try article.makeHub("whole.db")
        _ = try whole.receiveAsHub(article.edits, from: peer)
        #expect(try whole.stateHash() == hub.stateHash())
    }
}
