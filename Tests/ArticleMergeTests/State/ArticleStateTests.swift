internal import ArticleMerge
internal import ArticleModel
import Testing

/// What an article shows after concurrent changes.
@Suite struct ArticleStateTests {
    @Test func concurrentValuesAreAllKeptAndTheLatestIsShown() throws {
        var desk = try Desk(fields: [.init(.title, .text("Old"))])
        try desk.edit(by: 1, after: [desk.seed.id], .set(.title, .text("One")))
        try desk.edit(by: 2, after: [desk.seed.id], .set(.title, .text("Two")))
        let title = try #require(desk.state.register(of: .title))
        #expect(title.values == [.text("Two"), .text("One")])
        #expect(desk.state.conflictedFields == [.title])
        try desk.edit(by: 1, .set(.title, .text("Both")))
        #expect(desk.state.register(of: .title)?.values == [.text("Both")])
        #expect(desk.state.conflictedFields.isEmpty)
    }

    @Test func equalConcurrentValuesAreNoConflict() throws {
        var desk = try Desk()
        try desk.edit(by: 1, after: [desk.seed.id], .set(.title, .text("Same")))
        try desk.edit(by: 2, after: [desk.seed.id], .set(.title, .text("Same")))
        #expect(desk.state.conflictedFields.isEmpty)
        #expect(desk.state.register(of: .title)?.entries.count == 2)
        #expect(desk.state.shownValue(of: .title) == .text("Same"))
        #expect(desk.state.shownValue(of: .byline) == .absent)
    }

    @Test func anAdditionWinsOverAConcurrentRemoval() throws {
        var desk = try Desk()
        let first = try desk.edit(by: 1, .addTag("red"))
        try desk.edit(by: 1, after: [first], .removeTag("red"))
        try desk.edit(by: 2, after: [first], .addTag("red"))
        #expect(desk.state.tags.tags == ["red"])
        try desk.edit(by: 1, .removeTag("red"))
        #expect(desk.state.tags.tags == [])
    }

    @Test func anEditWinsOverAConcurrentDeletion() throws {
        var desk = try Desk(body: "abc")
        let delete = try desk.edit(by: 1, .deleteArticle)
        #expect(desk.state.isDeleted)
        #expect(!desk.state.isDeletionOverridden)
        try desk.edit(by: 2, after: [desk.seed.id], .insert(.body, position: 3, text: "d"))
        #expect(!desk.state.isDeleted)
        #expect(desk.state.isDeletionOverridden)
        #expect(desk.state.deletions == [delete])
        try desk.edit(by: 1, .deleteArticle)
        #expect(desk.state.isDeleted)
        try desk.edit(by: 1, .undeleteArticle)
        #expect(!desk.state.isDeleted)
        #expect(!desk.state.isDeletionOverridden)
    }

    @Test func aNoteDoesNotReviveADeletedArticle() throws {
        var desk = try Desk(body: "abc")
        try desk.edit(by: 1, .deleteArticle)
        let note = Annotation(kind: .comment, target: .article, quote: .none, text: "", tags: [])
        try desk.edit(by: 2, after: [desk.seed.id], .annotate(note))
        #expect(desk.state.isDeleted)
        #expect(desk.state.notes.notes.count == 1)
    }

    @Test func twoRevivalsOfOneCharacterCountOnce() throws {
        var desk = try Desk(body: "abc")
        let range = CharacterRange(change: desk.seed.id, offset: 1, count: 1)
        let delete = try desk.edit(.delete(.body, position: 1, count: 1))
        try desk.edit(by: 1, after: [delete], .revive(.body, [range]))
        try desk.edit(by: 2, after: [delete], .revive(.body, [range, range]))
        #expect(desk.state.body.text == "abc")
        #expect(desk.state.body.runs.count == 1)
    }

    @Test func aConcurrentDeletionOutlastsARevival() throws {
        var desk = try Desk(body: "abc")
        let range = CharacterRange(change: desk.seed.id, offset: 1, count: 1)
        let first = try desk.edit(by: 1, .delete(.body, position: 1, count: 1))
        let second = try desk.edit(
            by: 2,
            after: [desk.seed.id],
            .delete(.body, position: 0, count: 2)
        )
        let revival = try desk.edit(by: 1, after: [first], .revive(.body, [range]))
        #expect(desk.state.body.text == "c")
        #expect(try desk.state(at: [revival]).body.text == "abc")
        #expect(try desk.state(at: [second]).body.text == "c")
        try desk.edit(by: 1, .revive(.body, [range]))
        #expect(desk.state.body.text == "bc")
    }

    @Test func aCharacterCanBeDeletedRevivedAndDeletedInOneChange() throws {
        var desk = try Desk(body: "abc")
        let range = CharacterRange(change: desk.seed.id, offset: 0, count: 2)
        try desk.edit(
            .delete(.body, position: 0, count: 3),
            .revive(.body, [range]),
            .delete(.body, position: 0, count: 1)
        )
        #expect(desk.state.body.text == "b")
    }

    @Test func attributionNamesWhoWroteWhat() throws {
        var desk = try Desk(body: "one two")
        let word = try desk.edit(by: 2, .insert(.body, position: 3, text: " and"))
        try desk.edit(by: 1, .delete(.body, position: 0, count: 1))
        #expect(desk.state.body.text == "ne and two")
        #expect(
            desk.state.body.attribution == [
                .init(range: 0..<2, change: desk.seed.id),
                .init(range: 2..<6, change: word),
                .init(range: 6..<10, change: desk.seed.id),
            ]
        )
        #expect(
            desk.state.body.characterRanges(in: 1..<4) == [
                .init(change: desk.seed.id, offset: 2, count: 1),
                .init(change: word, offset: 0, count: 2),
            ]
        )
        #expect(desk.state.body.characterRanges(in: 5..<11) == nil)
    }

    @Test func aSeedIsTheSameWhoeverCarriesIt() throws {
        let content = ChangeSetBody.Change.seed(
            Seed(
                nonce: nil,
                fields: [.init(.title, .text("T"))],
                summary: "s",
                body: "body",
                provenance: nil
            )
        )
        let one = try Desk.change(1, content, by: 1, lamport: 1, permission: .edit)
        let two = try Desk.change(1, content, by: 2, lamport: 9, permission: .edit)
        #expect(try ArticleState(seed: one) == ArticleState(seed: two))
        #expect(
            try ArticleState(seed: one) == ArticleState(replaying: try EventGraph(seed: two))
        )
        let reader = try Desk.change(1, content, by: 2, lamport: 9, permission: .annotate)
        #expect(throws: MergeError.self) { try ArticleState(seed: reader) }
        #expect(throws: MergeError.self) { try EventGraph(seed: reader) }
    }

    @Test func storedRunsMustFitTheText() throws {
        let id = try Desk.id(1)
        func run(_ offset: UInt32, _ count: UInt32, _ isVisible: Bool = true) -> ItemRun {
            ItemRun(change: id, offset: offset, count: count, isVisible: isVisible)
        }
        #expect(TextState(text: "abc", runs: [run(0, 3)]) != nil)
        #expect(TextState(text: "abc", runs: [run(0, 3), run(3, 2, false)]) != nil)
        #expect(TextState(text: "abc", runs: [run(0, 2)]) == nil)
        #expect(TextState(text: "abc", runs: [run(0, 1), run(1, 2)]) == nil)
        #expect(TextState(text: "abc", runs: [run(0, 3), run(9, 0)]) == nil)
        #expect(TextState(text: "abc", runs: [run(.max, 3)]) == nil)
    }

    @Test func aRevivalNeedsAReplay() throws {
        var desk = try Desk(body: "abc")
        try desk.edit(.delete(.body, position: 0, count: 1))
        let range = CharacterRange(change: desk.seed.id, offset: 0, count: 1)
        let change = try Desk.change(
            9,
            .edit(parents: desk.state.heads, operations: [.revive(.body, [range])]),
            by: 1,
            lamport: 9,
            permission: .edit
        )
        var state = desk.state
        let before = state
        #expect(!state.canAppend(change))
        #expect(throws: MergeError.self) { try state.append(change) }
        #expect(state == before)
    }
}
