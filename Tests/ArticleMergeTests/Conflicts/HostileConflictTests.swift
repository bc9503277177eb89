internal import ArticleMerge
internal import ArticleModel
import Testing

/// Graphs that no well-behaved client makes are answered all the same.
@Suite struct HostileConflictTests {
    /// Two users who go on beside an open conflict without settling it, round after round.
    @Test func conflictsInConflictsAreBounded() throws {
        var desk = try ConflictDesk("cat")
        var heads = ["s"]
        for round in 0..<300 {
            let count = 3 + 2 * round
            for user in ["A", "B"] {
                try desk.add(
                    "\(user)\(round)",
                    by: user,
                    after: heads.sorted(),
                    [.insert(.body, position: count, text: user == "A" ? "a" : "b")]
                )
            }
            heads = ["A\(round)", "B\(round)"]
        }
        let conflict = try #require(try desk.shown().conflicts.first)
        #expect(conflict.alternatives.count <= 64)
        #expect(conflict.alternatives.count > 2)
    }

    @Test func aWordAsLongAsTheTextIsEditedAtManyPlaces() throws {
        let long = String(repeating: "abcdefghij", count: 1_000)
        var desk = try ConflictDesk(long)
        for (user, offset) in [("A", 1), ("B", 6)] {
            let operations = (0..<900).reversed().map {
                Operation.insert(.body, position: $0 * 10 + offset, text: "X")
            }
            try desk.add(user, by: user, after: ["s"], operations)
        }
        let shown = try desk.shown()
        #expect(shown.conflicts.count + shown.agreed.count == 1)
    }

    @Test func whatCannotBeDoneHasNoEffect() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.add("b", by: "B", after: ["s"], [.delete(.body, position: 4, count: 100)])
        try desk.add("c", by: "C", after: ["s"], [.insert(.body, position: 50, text: "x")])
        let stranger = CharacterRange(change: try ConflictDesk.id("a"), offset: 7, count: 9)
        try desk.add("d", by: "D", after: ["a"], [.revive(.body, [stranger])])
        #expect(try desk.shown() == ShownText.plain("the dog sat"))
    }

    @Test func unknownNamesAreNoFault() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        let stranger = ConflictKey(change: try ConflictDesk.id("s"), number: 5)
        try desk.add("m", by: "C", after: ["a", "b"], [.close(.body, [stranger])])
        #expect(try desk.shown().conflicts.count == 1)
        let analysis = try desk.analysis()
        #expect(analysis.resolution(of: [stranger: .base]) == nil)
        #expect(analysis.shownText(at: [try ConflictDesk.id("x")]) == nil)
        #expect(analysis.undo(try ConflictDesk.id("x")) == nil)
        let past = TextHunk(position: 12, deletedCount: 1, inserted: "")
        #expect(analysis.edit([past]) == nil)
    }

    @Test func aChangeBeforeItsParentsMakesNoGraph() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        #expect(TextGraph(field: .body, changes: desk.changes.reversed()) == nil)
        #expect(TextGraph(field: .body, changes: desk.changes + desk.changes) == nil)
    }
}
