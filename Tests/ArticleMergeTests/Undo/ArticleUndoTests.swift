internal import ArticleMerge
internal import ArticleModel
import Testing

/// Fields, tags and notes go back with the change that made them, unless others had a hand in them.
@Suite struct ArticleUndoTests {
    private func plan(
        _ change: ChangeID,
        _ desk: Desk,
        by user: UInt8 = 1
    ) throws -> ArticleUndo {
        let state = desk.state
        return try #require(
            ArticleUndo(undoing: change, in: desk.graph, state, by: try Desk.user(user))
        )
    }

    private func done(_ plan: ArticleUndo, _ desk: inout Desk, by user: UInt8 = 1) throws
        -> ChangeID
    {
        let change = try Desk.change(
            200,
            .edit(parents: desk.state.heads, operations: plan.operations),
            by: user,
            lamport: 200,
            permission: .edit
        )
        try desk.insert(change)
        #expect(desk.state.faults.isEmpty)
        return change.id
    }

    @Test func aFieldGetsItsValueBack() throws {
        var desk = try Desk(fields: [.init(.title, .text("Old"))])
        let change = try desk.edit(
            .set(.title, .text("New")),
            .set(.language, .text("en"))
        )
        _ = try done(try plan(change, desk), &desk)
        #expect(desk.state.shownValue(of: .title) == .text("Old"))
        #expect(desk.state.shownValue(of: .language) == .absent)
    }

    @Test func aFieldThatSomebodySetSinceIsLeftAlone() throws {
        var desk = try Desk(fields: [.init(.title, .text("Old"))])
        let change = try desk.edit(.set(.title, .text("New")), .addTag("a"))
        try desk.edit(by: 2, .set(.title, .text("Newest")))
        let plan = try plan(change, desk)
        #expect(plan.operations == [.removeTag("a")])
        #expect(plan.kept == [.field(.title)])
    }

    @Test func ofTwoValuesTheOthersStays() throws {
        var desk = try Desk(fields: [.init(.title, .text("Old"))])
        let seed = desk.seed.id
        try desk.edit(by: 1, after: [seed], .set(.title, .text("First")))
        let second = try desk.edit(by: 2, after: [seed], .set(.title, .text("Second")))
        #expect(desk.state.shownValue(of: .title) == .text("Second"))
        let plan = try plan(second, desk)
        #expect(plan.operations == [.set(.title, .text("First"))], "and not the old one")
    }

    @Test func tagsComeAndGoUnlessOthersPutOrTookThemToo() throws {
        var desk = try Desk()
        let seed = desk.seed.id
        let one = try desk.edit(by: 1, after: [seed], .addTag("a"), .addTag("b"))
        _ = try desk.edit(by: 2, after: [seed], .addTag("b"))
        var plan = try plan(one, desk)
        #expect(plan.operations == [.removeTag("a")])
        #expect(plan.kept == [.tag("b")])
        let off = try desk.edit(by: 1, .removeTag("a"), .removeTag("b"))
        plan = try self.plan(off, desk)
        #expect(plan.operations == [.addTag("a"), .addTag("b")])
        _ = try done(plan, &desk)
        #expect(desk.state.tags.tags == ["a", "b"])
    }

    @Test func aTagThatTwoTookOffStaysOff() throws {
        var desk = try Desk()
        let on = try desk.edit(.addTag("a"))
        let one = try desk.edit(by: 1, after: [on], .removeTag("a"))
        try desk.edit(by: 2, after: [on], .removeTag("a"))
        #expect(try plan(one, desk).operations.isEmpty)
        #expect(try plan(one, desk).kept == [.tag("a")])
    }

    @Test func aNoteGoesOnlyIfItsAuthorAsks() throws {
        var desk = try Desk(body: "some words")
        let made = try desk.edit(
            by: 2,
            .annotate(
                Annotation(
                    kind: .comment,
                    target: .article,
                    quote: .none,
                    text: "Hm",
                    tags: []
                )
            )
        )
        let id = AnnotationID(change: made, index: 0)
        #expect(try plan(made, desk, by: 1).operations.isEmpty)
        #expect(try plan(made, desk, by: 1).kept == [.note(id)])
        #expect(try plan(made, desk, by: 2).operations == [.deleteNote(id)])
        let changed = try desk.edit(by: 2, .setNoteText(id, "Oh"))
        #expect(try plan(changed, desk, by: 2).operations == [.setNoteText(id, "Hm")])
        #expect(try plan(changed, desk, by: 1).kept == [.note(id)])
        let closed = try desk.edit(by: 1, .setNoteState(id, .resolved), .addNoteTag(id, "x"))
        #expect(
            try plan(closed, desk).operations == [
                .setNoteState(id, .open), .removeNoteTag(id, "x"),
            ]
        )
        let gone = try desk.edit(by: 2, .deleteNote(id))
        #expect(try plan(gone, desk, by: 2).kept == [.deletedNote(id)])
    }

    @Test func aDeletionOfTheArticleIsTakenBack() throws {
        var desk = try Desk()
        let deletion = try desk.edit(.deleteArticle)
        let undo = try done(try plan(deletion, desk), &desk)
        #expect(!desk.state.isDeleted)
        #expect(try plan(undo, desk).operations == [.deleteArticle])
    }

    @Test func aChangeWithoutEffectHasNoUndo() throws {
        var desk = try Desk(body: "x")
        let faulty = try desk.edit(.delete(.body, position: 5, count: 1))
        let plan = ArticleUndo(
            undoing: faulty,
            in: desk.graph,
            desk.state,
            by: try Desk.user(1)
        )
        #expect(plan == nil)
    }
}
