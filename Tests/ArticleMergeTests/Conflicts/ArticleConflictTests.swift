internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// What people see of whole articles, whose changes do anything to both texts.
@Suite struct ArticleConflictTests {
    @Test(arguments: 0..<20 * Soak.factor)
    func anyArticleIsShownAsTheRulesSay(batch: Int) throws {
        for number in batch * 50..<(batch + 1) * 50 {
            let voids: RandomHistory.Shape.Voids = number % 3 == 0 ? .late : .none
            let shape = RandomHistory.Shape(voids: voids)
            let history = try RandomHistory(seed: 8_000_000 + UInt64(number), shape: shape)
            let graph = try history.graph(order: 1)
            let other = try history.graph(order: 2)
            let state = ArticleState(replaying: graph)
            for field in TextField.allCases {
                let text = TextGraph(graph, field: field, faults: state.faults)
                guard text.count <= 64 else { continue }
                let analysis = ConflictAnalysis(text)
                let shown = analysis.shownText()
                let name = "history \(number), \(field)"
                #expect(analysis.rawText() == state.text(of: field).text, "\(name)")
                #expect(
                    ConflictAnalysis.shownText(of: other, state: state, field: field) == shown,
                    "\(name)"
                )
                guard field == .body else { continue }
                NaiveComparison(NaiveConflicts(text.changes), analysis).check(shown, name)
            }
        }
    }

    @Test func anArticleEditedInTurnIsShownAsItIs() throws {
        var desk = try Desk(body: "one two", fields: [])
        try desk.edit(by: 1, .insert(.body, position: 3, text: "!"))
        try desk.edit(by: 2, .delete(.body, position: 0, count: 1))
        let graph = desk.graph
        let shown = ConflictAnalysis.shownText(of: graph, state: desk.state, field: .body)
        #expect(shown == ShownText.plain("ne! two"))
        let analysis = ConflictAnalysis(graph, state: desk.state, field: .body)
        #expect(!analysis.isForked)
        #expect(analysis.shownText() == shown)
        #expect(analysis.reviewItems() == [])
        let hunk = TextHunk(position: 0, deletedCount: 2, inserted: "o")
        let draft = try #require(analysis.edit([hunk]))
        #expect(draft == analysis.edit([hunk], at: desk.state.heads))
        #expect(draft.closes.isEmpty)
    }

    /// A conflict settled in an article is settled when all of it is replayed.
    @Test func aConflictOfAnArticleIsSettled() throws {
        var desk = try Desk(body: "the cat sat", fields: [])
        let start = desk.state.heads
        func replacement(_ words: ScalarText) -> [Operation] {
            TextDiff.operations(
                for: [TextHunk(position: 4, deletedCount: 3, inserted: words)],
                in: .body
            )
        }
        try desk.fork(1, by: 1, after: start, replacement("dog"))
        try desk.fork(2, by: 2, after: start, replacement("bird"))
        let analysis = ConflictAnalysis(desk.graph, state: desk.state, field: .body)
        let conflict = try #require(analysis.shownText().conflicts.first)
        let draft = try #require(analysis.resolution(of: [conflict.key: .alternative(1)]))
        #expect(draft.closes == [conflict.key])
        try desk.fork(3, by: 1, after: desk.state.heads, draft.operations)
        let shown = ConflictAnalysis.shownText(of: desk.graph, state: desk.state, field: .body)
        #expect(shown.conflicts.isEmpty)
        #expect(shown.text == conflict.alternatives[1].text.inPlace("the ", " sat"))
        #expect(shown.text == desk.state.body.text)
        #expect(desk.state.faults.isEmpty)
    }
}

extension Desk {
    fileprivate mutating func fork(
        _ number: UInt8,
        by user: UInt8,
        after parents: [ChangeID],
        _ operations: [Operation]
    ) throws {
        try insert(
            Desk.change(
                number,
                .edit(parents: parents.sorted(), operations: operations),
                by: user,
                lamport: UInt64(number),
                permission: .edit
            )
        )
    }
}

extension ScalarText {
    fileprivate func inPlace(_ before: ScalarText, _ after: ScalarText) -> ScalarText? {
        ScalarText(utf8: before.utf8 + utf8 + after.utf8)
    }
}
