internal import ArticleMerge
internal import ArticleModel
import Testing

/// Annotations follow their words, and only their authors alter them.
@Suite struct NoteTests {
    /// A desk with one note by user 1 on the word "cat".
    private func deskWithNote() throws -> (desk: Desk, note: AnnotationID) {
        var desk = try Desk(body: "The cat sat.")
        let target = try #require(desk.state.target(of: 4..<7, in: .body))
        let quote = try #require(desk.state.body.text.quote(of: 4..<7))
        let change = try desk.edit(
            by: 1,
            .annotate(
                Annotation(kind: .comment, target: target, quote: quote, text: "Whose?", tags: [])
            )
        )
        return (desk, AnnotationID(change: change, index: 0))
    }

    private func words(of note: AnnotationID, in desk: Desk) throws -> String? {
        let state = desk.state
        let found = try #require(state.notes[note])
        guard case .text(.body, let range) = state.resolve(found) else { return nil }
        return String(String.UnicodeScalarView(state.body.text.scalars[range]))
    }

    @Test func aNoteKeepsToItsWordsWhileTextGrowsAround() throws {
        var (desk, note) = try deskWithNote()
        try desk.edit(by: 2, .insert(.body, position: 0, text: "Look: "))
        try desk.edit(by: 2, .insert(.body, position: 13, text: "!"))
        try desk.edit(by: 2, .insert(.body, position: 10, text: "big "))
        #expect(desk.state.body.text == "Look: The big cat! sat.")
        #expect(try words(of: note, in: desk) == "cat")
    }

    @Test func aNoteCoversWhatReplacesItsWords() throws {
        var (desk, note) = try deskWithNote()
        let hunks = TextDiff.hunks(from: "The cat sat.", to: "The hippopotamus sat.")
        let operations = TextDiff.operations(for: hunks, in: .body)
        #expect(hunks.count == 1)
        try desk.insert(
            Desk.change(
                9,
                .edit(parents: desk.state.heads, operations: operations),
                by: 2,
                lamport: 9,
                permission: .edit
            )
        )
        #expect(desk.state.body.text == "The hippopotamus sat.")
        #expect(try words(of: note, in: desk) == "hippopotamus")
    }

    @Test func aNoteIsAnOrphanWhileItsWordsAreGone() throws {
        var (desk, note) = try deskWithNote()
        try desk.edit(by: 2, .delete(.body, position: 4, count: 4))
        #expect(try words(of: note, in: desk) == nil)
        #expect(desk.state.notes[note]?.quote.exact == "cat")
        let word = CharacterRange(change: desk.seed.id, offset: 4, count: 3)
        try desk.edit(by: 2, .revive(.body, [word]))
        #expect(try words(of: note, in: desk) == "cat")
    }

    @Test func aNoteOnAValueHoldsWhileTheValueDoes() throws {
        var desk = try Desk(fields: [.init(.title, .text("Cats"))])
        let target = AnnotationTarget.field(.title, value: desk.seed.id, item: 0, range: 1..<4)
        let change = try desk.edit(
            .annotate(
                Annotation(kind: .highlight, target: target, quote: .none, text: "", tags: [])
            )
        )
        let note = try #require(desk.state.notes[AnnotationID(change: change, index: 0)])
        #expect(
            desk.state.resolve(note) == .field(.title, value: desk.seed.id, item: 0, 1..<4)
        )
        try desk.edit(.set(.title, .text("Cats")))
        #expect(desk.state.resolve(note) == .orphan)
    }

    @Test func twoDevicesOfOneAuthorKeepBothWordings() throws {
        var (desk, note) = try deskWithNote()
        try desk.edit(by: 1, after: [note.change], .setNoteText(note, "Mine?"))
        try desk.edit(by: 1, after: [note.change], .setNoteText(note, "Yours?"))
        let text = try #require(desk.state.notes[note]?.text)
        #expect(text.isConflicted)
        #expect(text.shown == "Yours?")
        #expect(text.values == ["Yours?", "Mine?"])
        try desk.edit(by: 1, .setNoteText(note, "Ours."))
        #expect(desk.state.notes[note]?.text.values == ["Ours."])
    }

    @Test func nobodyElseAltersOrDeletesANote() throws {
        for operation in [Operation.Kind.setText, .delete] {
            var (desk, note) = try deskWithNote()
            let change = try desk.edit(
                by: 2,
                operation == .setText ? .setNoteText(note, "Hers") : .deleteNote(note)
            )
            let state = desk.state
            #expect(
                state.faults == [.init(change: change, fault: .init(.notTheAuthor, operation: 0))]
            )
            #expect(state.notes[note]?.text.shown == "Whose?")
            #expect(state.notes[note]?.isDeleted == false)
        }
    }

    @Test func anyoneRepliesResolvesAndTags() throws {
        var (desk, note) = try deskWithNote()
        let start = desk.state.heads
        let late = try desk.edit(by: 3, after: start, .reply(to: note, text: "late"))
        let early = try desk.edit(by: 2, after: start, .reply(to: note, text: "later"))
        try desk.edit(by: 2, .setNoteState(note, .resolved), .addNoteTag(note, "done"))
        let found = try #require(desk.state.notes[note])
        #expect(found.replies.map(\.id.change) == [late, early])
        #expect(found.state.shown == .resolved)
        #expect(found.tags.tags == ["done"])
        try desk.edit(by: 3, .removeNoteTag(note, "done"))
        #expect(desk.state.notes[note]?.tags.tags == [])
    }

    @Test func anAuthorTakesANoteOrAReplyBack() throws {
        var (desk, note) = try deskWithNote()
        let reply = AnnotationID(
            change: try desk.edit(by: 2, .reply(to: note, text: "Mine")),
            index: 0
        )
        try desk.edit(by: 2, .deleteNote(reply))
        try desk.edit(by: 1, .deleteNote(note))
        let found = try #require(desk.state.notes[note])
        #expect(found.isDeleted)
        #expect(found.replies.map(\.isDeleted) == [true])
        #expect(desk.state.faults.isEmpty)
    }

    @Test func oneCannotReplyToAReply() throws {
        var (desk, note) = try deskWithNote()
        let reply = try desk.edit(by: 2, .reply(to: note, text: "One"))
        let change = try desk.edit(
            by: 1,
            .reply(to: AnnotationID(change: reply, index: 0), text: "Two")
        )
        #expect(
            desk.state.faults == [.init(change: change, fault: .init(.unknownNote, operation: 0))]
        )
    }

    @Test func aConcurrentNoteIsNotKnown() throws {
        var (desk, note) = try deskWithNote()
        let change = try desk.edit(by: 2, after: [desk.seed.id], .setNoteState(note, .hidden))
        #expect(desk.state.faults.map(\.change) == [change])
        #expect(desk.state.notes[note]?.state.shown == .open)
    }
}

extension Operation {
    fileprivate enum Kind {
        case setText
        case delete
    }
}
