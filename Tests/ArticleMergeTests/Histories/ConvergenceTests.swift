internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// The same changes give the same state, however they came.
@Suite struct ConvergenceTests {
    /// Twenty batches of 500 make the 10,000 histories.
    @Test(arguments: 0..<20)
    func anyOrderOfDeliveryGivesTheSameState(batch: Int) throws {
        for number in batch * 500..<(batch + 1) * 500 {
            let shape = RandomHistory.Shape(voids: .of(history: number))
            let history = try RandomHistory(seed: UInt64(number), shape: shape)
            let first = try history.graph(order: 1)
            let expected = ArticleState(replaying: first)
            #expect(
                ArticleState(replaying: first, inOrderOfArrival: ()) == expected,
                "history \(number): another walk of the same graph"
            )
            for order in UInt64(2)...3 {
                let graph = try history.graph(order: order)
                #expect(
                    ArticleState(replaying: graph) == expected,
                    "history \(number), order \(order)"
                )
                #expect(
                    ArticleState(replaying: graph, inOrderOfArrival: ()) == expected,
                    "history \(number), order \(order), as it arrived"
                )
                #expect(
                    try incremental(graph) == expected,
                    "history \(number), order \(order), one change after the other"
                )
            }
        }
    }

    @Test func appendingGivesWhatReplayingGives() throws {
        for number in 0..<1_000 {
            let history = try RandomHistory(seed: UInt64(20_000 + number))
            for replica in history.replicas {
                #expect(
                    replica.state == ArticleState(replaying: replica.graph),
                    "history \(number)"
                )
            }
        }
    }

    @Test func historiesHoldWhatTheyAreMadeToTest() throws {
        var faults: Set<Fault.Code> = []
        var counts = [0, 0, 0, 0, 0, 0]
        for number in 0..<2_000 {
            let history = try RandomHistory(seed: UInt64(number))
            let state = ArticleState(replaying: try history.graph(order: 1))
            faults.formUnion(state.faults.map(\.fault.code))
            if state.heads.count > 1 { counts[0] += 1 }
            if !state.conflictedFields.isEmpty { counts[1] += 1 }
            if state.isDeleted { counts[2] += 1 }
            if state.isDeletionOverridden { counts[3] += 1 }
            if state.notes.notes.contains(where: { !$0.replies.isEmpty }) { counts[4] += 1 }
            if state.notes.notes.contains(where: { state.resolve($0) == .orphan }) {
                counts[5] += 1
            }
        }
        let unreachable: Set<Fault.Code> = [.tooLong, .unreadable, .outsideCausalPast]
        #expect(faults == Set(Fault.Code.allCases).subtracting(unreachable))
        #expect(counts.allSatisfy { $0 > 20 }, "\(counts)")
    }

    /// The state of a replica that takes the changes one by one, as `graph` got them.
    private func incremental(_ graph: EventGraph) throws -> ArticleState {
        let changes = graph.changes
        let seed = try changes.first.orThrow()
        var soFar = try EventGraph(seed: seed)
        soFar.setVoid(graph.voidChanges)
        var state = try ArticleState(seed: seed)
        for change in changes.dropFirst() {
            try soFar.insert(change)
            if !soFar.isVoid(change.id), state.canAppend(change) {
                try state.append(change)
            } else {
                state = ArticleState(replaying: soFar)
            }
        }
        return state
    }
}
