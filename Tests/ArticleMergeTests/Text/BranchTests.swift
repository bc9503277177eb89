internal import ArticleMerge
internal import ArticleModel
internal import EditingTraces
internal import TestSupport
import Testing

/// Many branches, delivered in any order, merge to what the plain walk gives.
///
/// With few slots, so that they are taken from one branch for another, and with many.
@Suite struct BranchTests {
    private func expectEnds(_ trace: TraceFile, seed: UInt64, _ name: String) throws {
        let expected = ArticleState(replayingPlainly: try trace.graph()).body.text.utf8
        let orders = [
            ("as made", trace), ("in turns", trace.deliveredInTurns()),
            ("at random", trace.deliveredAtRandom(seed: seed)),
        ]
        for (order, delivered) in orders {
            for slotLimit in [1, 2, 3, 6, 32] {
                var document = TextDocument()
                document.slotLimit = slotLimit
                for (number, transaction) in delivered.transactions.enumerated() {
                    try document.merge(
                        delivered.patches(of: number),
                        parents: transaction.parents,
                        agent: transaction.agent,
                        sequence: transaction.sequence
                    )
                }
                let isEqual = document.utf8 == expected
                #expect(isEqual, "\(name) \(seed), \(order), \(slotLimit) slots")
                let isSound = document.holdsInvariants
                #expect(isSound, "\(name) \(seed), \(order), \(slotLimit) slots")
            }
            let whole = try TextDocument(replaying: delivered.history()).utf8 == expected
            #expect(whole, "\(name) \(seed), \(order), whole")
        }
    }

    @Test(arguments: 0..<8 * UInt64(Soak.factor))
    func aFileUnderVersionControlEndsTheSame(seed: UInt64) throws {
        let trace = try TraceFile.repository(seed: seed, commitCount: 100 + Int(seed % 8) * 25)
        try expectEnds(trace, seed: seed, "repository")
    }

    @Test(arguments: 0..<8 * UInt64(Soak.factor))
    func editorsOfflineEndTheSame(seed: UInt64) throws {
        let trace = try TraceFile.offline(
            seed: seed,
            editorCount: 2 + Int(seed % 8) * 2,
            editCount: 20
        )
        try expectEnds(trace, seed: seed, "offline")
    }

    @Test(arguments: 0..<8 * UInt64(Soak.factor))
    func twoWhoTypeTogetherEndTheSame(seed: UInt64) throws {
        let trace = try TraceFile.typingTogether(seed: seed, keyCount: 300)
        try expectEnds(trace, seed: seed, "typing")
    }

    /// More deletions of one character, none of which knows of another, than a state counts.
    @Test func hundredsWhoDeleteTheSameAreCountedRight() throws {
        var document = TextDocument()
        document.slotLimit = 3
        func patch(_ position: Int, _ deleted: Int, _ text: ScalarText) -> TextDocument.Patch {
            TextDocument.Patch(position: position, deletedCount: deleted, inserted: text)
        }
        try document.merge([patch(0, 0, "abcdef")], parents: [], agent: 0, sequence: 0)
        let count = 300
        for agent in 1...count {
            try document.merge(
                [patch(2, 2, "")],
                parents: [0],
                agent: UInt32(agent),
                sequence: 0
            )
        }
        #expect(document.utf8 == Array("abef".utf8))
        // Each goes on alone, then two that know of ever more of them.
        for agent in 1...count {
            try document.merge(
                [patch(2, 0, "x")],
                parents: [agent],
                agent: UInt32(agent),
                sequence: 2
            )
        }
        for known in [2, 127, 128, 129, 255, 300] {
            let length = try document.scalarCount(after: Array(1...known))
            #expect(length == 4)
            #expect(try document.scalarCount(after: Array(count + 1...count + known)) == 4 + known)
        }
        #expect(try document.scalarCount(after: [0]) == 6)
        #expect(document.utf8.count == 4 + count)
        let isSound = document.holdsInvariants
        #expect(isSound)
    }
}
