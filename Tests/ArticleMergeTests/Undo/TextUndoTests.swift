internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// Taking back one change, wherever it stands, takes back that one and no other.
@Suite struct TextUndoTests {
    /// A graph at random with one of its changes that have an effect.
    private func history(_ number: UInt64) throws -> (graph: EventGraph, target: Change)? {
        var shape = RandomHistory.Shape()
        shape.changeCount = 3...16
        shape.voids = .of(history: Int(number))
        let graph = try RandomHistory(seed: number, shape: shape).graph(order: number)
        let state = ArticleState(replaying: graph)
        var random = SeededRandom(seed: number ^ 0x5EED)
        let able = graph.changes.dropFirst().filter { change in
            !state.faults.contains { $0.change == change.id } && !graph.isVoid(change.id)
        }
        guard let target = random.pick(Array(able)) else { return nil }
        return (graph, target)
    }

    /// The graph with one more change of `operations`, made on all that is there.
    private func edited(
        _ graph: EventGraph,
        _ operations: [Operation],
        number: UInt8
    ) throws -> (graph: EventGraph, id: ChangeID) {
        let state = ArticleState(replaying: graph)
        let change = try Desk.change(
            number,
            .edit(parents: state.heads, operations: operations),
            by: 9,
            lamport: 1_000 + UInt64(number),
            permission: .edit
        )
        var graph = graph
        try graph.insert(change)
        let after = ArticleState(replaying: graph)
        #expect(after.faults.allSatisfy { $0.change != change.id })
        return (graph, change.id)
    }

    private func characters(_ state: ArticleState) -> [TextField: Set<CharacterID>] {
        var result: [TextField: Set<CharacterID>] = [:]
        for field in TextField.allCases {
            var ids: Set<CharacterID> = []
            for run in state.text(of: field).runs where run.isVisible {
                for offset in 0..<run.count {
                    ids.insert(CharacterID(change: run.change, offset: run.offset + offset))
                }
            }
            result[field] = ids
        }
        return result
    }

    @Test(arguments: 0..<10)
    func theUndoOfAnUndoIsTheTextBefore(batch: UInt64) throws {
        for number in batch * 300..<(batch + 1) * 300 {
            guard let (graph, target) = try history(number) else { continue }
            let before = ArticleState(replaying: graph)
            let undo = try #require(TextUndo.operations(undoing: target.id, in: graph))
            guard !undo.isEmpty else { continue }
            let (undone, id) = try edited(graph, undo, number: 1)
            let redo = try #require(TextUndo.operations(undoing: id, in: undone))
            let (redone, _) = try edited(undone, redo, number: 2)
            let after = ArticleState(replaying: redone)
            for field in TextField.allCases {
                #expect(after.text(of: field).text == before.text(of: field).text, "seed \(number)")
            }
            #expect(characters(after) == characters(before), "seed \(number): the same characters")
        }
    }

    @Test(arguments: 0..<10)
    func othersTextStaysAndThatOfTheChangeGoes(batch: UInt64) throws {
        for number in batch * 300..<(batch + 1) * 300 {
            guard let (graph, target) = try history(number + 50_000) else { continue }
            let before = characters(ArticleState(replaying: graph))
            let undo = try #require(TextUndo.operations(undoing: target.id, in: graph))
            guard !undo.isEmpty else { continue }
            let (undone, _) = try edited(graph, undo, number: 1)
            let after = characters(ArticleState(replaying: undone))
            let revived = Set(
                target.operations.flatMap { operation -> [CharacterID] in
                    guard case .revive(_, let ranges) = operation else { return [] }
                    return ranges.flatMap { range in
                        (0..<range.count).map {
                            CharacterID(change: range.change, offset: range.offset + $0)
                        }
                    }
                }
            )
            for field in TextField.allCases {
                let now = after[field] ?? []
                #expect(!now.contains { $0.change == target.id }, "seed \(number)")
                let kept = (before[field] ?? []).filter {
                    $0.change != target.id && !revived.contains($0)
                }
                #expect(kept.isSubset(of: now), "seed \(number)")
            }
            #expect(
                TextUndo.operations(undoing: target.id, in: undone) == [],
                "seed \(number): once is enough"
            )
        }
    }

    /// Of a change that nobody has gone on from, the undo gives the text without it.
    @Test(arguments: 0..<10)
    func ofTheLastChangeItIsTheTextWithoutIt(batch: UInt64) throws {
        for number in batch * 300..<(batch + 1) * 300 {
            guard let (graph, _) = try history(number + 90_000) else { continue }
            let state = ArticleState(replaying: graph)
            for head in state.heads where head != graph.seed {
                let parents = try #require(graph.change(head)).parents
                let others = Set(state.heads).subtracting([head]).union(parents)
                // Without it a void parent would count for nothing.
                guard !others.contains(where: graph.isVoid) else { continue }
                let without = ArticleState(
                    replaying: try #require(graph.graph(of: Array(others)))
                )
                let undo = try #require(TextUndo.operations(undoing: head, in: graph))
                let (undone, _) = try edited(graph, undo, number: 1)
                let after = ArticleState(replaying: undone)
                #expect(characters(after) == characters(without), "seed \(number)")
            }
        }
    }

    @Test func whatTwoDeletedComesBackOnlyWhenBothAreUndone() throws {
        var desk = try Desk(body: "one two three")
        let seed = desk.seed.id
        let first = try desk.edit(by: 1, after: [seed], .delete(.body, position: 4, count: 4))
        let second = try desk.edit(by: 2, after: [seed], .delete(.body, position: 0, count: 8))
        #expect(desk.state.body.text == "three")
        #expect(TextUndo.operations(undoing: first, in: desk.graph) == [])
        for (change, text) in [(second, "one three"), (first, "one three")] {
            for operation in try #require(TextUndo.operations(undoing: change, in: desk.graph)) {
                try desk.edit(by: 3, operation)
            }
            #expect(desk.state.body.text == ScalarText(text))
        }
    }

    @Test func aSeedAndAnUnknownChangeHaveNoUndo() throws {
        let desk = try Desk(body: "text")
        #expect(TextUndo.operations(undoing: desk.seed.id, in: desk.graph) == nil)
        #expect(TextUndo.operations(undoing: try Desk.id(77), in: desk.graph) == nil)
    }
}

/// Bringing a text back to a version gives that version, character by character.
@Suite struct TextRestoreTests {
    @Test(arguments: 0..<10)
    func everyVersionComesBack(batch: UInt64) throws {
        for number in batch * 200..<(batch + 1) * 200 {
            var shape = RandomHistory.Shape()
            shape.changeCount = 3...16
            shape.voids = .of(history: Int(number))
            let graph = try RandomHistory(seed: number + 7_000, shape: shape).graph(order: number)
            let now = ArticleState(replaying: graph)
            for change in graph.changes {
                guard !now.faults.contains(where: { $0.change == change.id }),
                    !graph.isVoid(change.id), let part = graph.graph(of: [change.id])
                else { continue }
                let past = ArticleState(replaying: part)
                let operations = now.operations(restoring: past)
                var restored = graph
                let restoring = try Desk.change(
                    1,
                    .edit(parents: now.heads, operations: operations),
                    by: 9,
                    lamport: 1_000,
                    permission: .edit
                )
                try restored.insert(restoring)
                let after = ArticleState(replaying: restored)
                let isFaulty = after.faults.contains { $0.change == restoring.id }
                #expect(!isFaulty, "seed \(number)")
                for field in TextField.allCases {
                    #expect(
                        after.text(of: field).text == past.text(of: field).text,
                        "seed \(number)"
                    )
                    #expect(
                        after.text(of: field).attribution == past.text(of: field).attribution,
                        "seed \(number): revived, not typed anew"
                    )
                }
                #expect(after.tags.tags == past.tags.tags, "seed \(number)")
                for field in after.fields {
                    #expect(
                        field.register.values == [past.shownValue(of: field.field)],
                        "seed \(number)"
                    )
                }
                #expect(after.operations(restoring: past).isEmpty, "seed \(number)")
            }
        }
    }
}
