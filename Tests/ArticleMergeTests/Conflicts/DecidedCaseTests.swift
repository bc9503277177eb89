internal import ArticleMerge
internal import ArticleModel
import Testing

/// What people see where they edited side by side, case by case.
@Suite struct DecidedCaseTests {
    @Test func editsOfDifferentWordsMerge() throws {
        var desk = try ConflictDesk("the quick brown fox")
        try desk.edit("a", by: "A", ("quick", "slow"))
        try desk.edit("b", by: "B", ("fox", "hare"))
        let shown = try desk.shown()
        #expect(shown.text == "the slow brown hare")
        #expect(shown.conflicts.isEmpty && shown.isMerged)
        #expect(try desk.analysis().reviewItems()?.map(\.text) == ["the slow brown hare"])
    }

    @Test func editsOfOneWordAreAConflictAndTheFirstIsShown() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        let shown = try desk.shown()
        #expect(shown.text == "the dog sat")
        let conflict = try #require(shown.conflicts.first)
        #expect(conflict.base == "cat")
        #expect(conflict.alternatives.map(\.text) == ["dog", "bird"])
        #expect(conflict.range == 4..<7)
        #expect(conflict.kind == .edited)
        #expect(conflict.sides == [try ConflictDesk.id("a"), try ConflictDesk.id("b")])
        #expect(try desk.analysis().reviewItems() == [])
    }

    @Test func equalEditsCountOnce() throws {
        var desk = try ConflictDesk("teh cat")
        try desk.edit("a", by: "A", ("teh", "the"))
        try desk.edit("b", by: "B", ("teh", "the"))
        let shown = try desk.shown()
        #expect(shown.text == "the cat")
        #expect(shown.conflicts.isEmpty)
        #expect(shown.agreed.map(\.text) == ["the"])
    }

    @Test func anEditBeatsADeletionAndSaysSo() throws {
        var desk = try ConflictDesk("One.\n\nTwo words.\n\nThree.")
        try desk.edit("a", by: "A", ("Two words.\n\n", ""))
        try desk.edit("b", by: "B", ("words", "birds"))
        let shown = try desk.shown()
        #expect(shown.text == "One.\n\nTwo birds.\n\nThree.")
        #expect(shown.conflicts.map(\.kind) == [.deleted])
        #expect(try desk.alternatives() == ["Two birds.\n\n", ""])
    }

    @Test func aMovedParagraphThatWasEditedIsKeptTwice() throws {
        var desk = try ConflictDesk("P one.\n\nP two x.\n\nP three.")
        try desk.edit("a", by: "A", ("P two x.\n\n", ""), ("P three.", "P three.\n\nP two x."))
        try desk.edit("b", by: "B", ("x", "y"))
        let shown = try desk.shown()
        #expect(shown.text == "P one.\n\nP two y.\n\nP three.\n\nP two x.")
        #expect(shown.conflicts.map(\.kind) == [.deleted])
    }

    @Test func newParagraphsAtOnePlaceAreBothKept() throws {
        var desk = try ConflictDesk("One.\n\nTwo.")
        try desk.insert("a", by: "A", "From a.\n\n", at: 6)
        try desk.insert("b", by: "B", "From b.\n\n", at: 6)
        let shown = try desk.shown()
        #expect(shown.text == "One.\n\nFrom a.\n\nFrom b.\n\nTwo.")
        #expect(shown.conflicts.isEmpty)
        #expect(try desk.analysis().reviewItems()?.count == 1)
    }

    @Test func newPointsOfASummaryAreBothKept() throws {
        var desk = try ConflictDesk("One\nTwo", field: .summary)
        try desk.insert("a", by: "A", "From a\n", at: 4)
        try desk.insert("b", by: "B", "From b\n", at: 4)
        let shown = try desk.shown()
        #expect(shown.text == "One\nFrom a\nFrom b\nTwo")
        #expect(shown.conflicts.isEmpty)
    }

    @Test func onceSettledIsSettledForAll() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        try desk.resolve("m", by: "C", after: ["a", "b"], .alternative(1))
        #expect(try desk.shown().text == "the bird sat")
        #expect(try desk.shown().conflicts.isEmpty)
        #expect(try desk.analysis().rawText() == "the bird sat")
    }

    static let choices: [(ConflictChoice, ScalarText)] = [
        (.base, "the cat sat"), (.all, "the dog bird sat"), (.text("old pig"), "the old pig sat"),
        (.alternative(0), "the dog sat"),
    ]

    @Test(arguments: choices)
    func aConflictIsSettledAsChosen(choice: ConflictChoice, text: ScalarText) throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        try desk.resolve("m", by: "C", after: ["a", "b"], choice)
        #expect(try desk.shown().text == text)
        #expect(try desk.shown().conflicts.isEmpty)
        #expect(try desk.shown().isMerged)
    }

    @Test func wholeParagraphsAreKeptAsParagraphs() throws {
        var desk = try ConflictDesk("One.\n\nTwo words here.\n\nThree.")
        try desk.edit("a", by: "A", ("Two words here.", "Quite another text."))
        try desk.edit("b", by: "B", ("Two words here.", "Or some third one!"))
        try desk.resolve("m", by: "C", after: ["a", "b"], .all)
        let text = try desk.shown().text
        #expect(text == "One.\n\nQuite another text.\n\nOr some third one!\n\nThree.")
    }

    @Test func equalResolutionsConvergeAndDifferentOnesAreOneConflict() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        try desk.resolve("m", by: "A", after: ["a", "b"], .alternative(1))
        try desk.resolve("n", by: "B", after: ["a", "b"], .alternative(1))
        #expect(try desk.shown().text == "the bird sat")
        #expect(try desk.shown().conflicts.isEmpty)
        try desk.resolve("o", by: "C", after: ["a", "b"], .text("pig"))
        let conflicts = try desk.shown().conflicts
        #expect(conflicts.count == 1)
        #expect(conflicts.first?.alternatives.map(\.text).sorted() == ["bird", "pig"])
        try desk.resolve("z", by: "A", after: ["m", "n", "o"], .text("pig"))
        #expect(try desk.shown().conflicts.isEmpty)
        #expect(try desk.shown().text == "the pig sat")
    }

    @Test func anEditElsewhereLeavesAConflictAsItIs() throws {
        var desk = try ConflictDesk("the cat sat on the mat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        let before = try #require(try desk.shown().conflicts.first)
        try desk.edit("m", by: "A", after: ["a", "b"], ("mat", "rug"))
        let after = try #require(try desk.shown().conflicts.first)
        #expect(after == before)
        let article = before.key.change.prefix16(as: ArticleID.self)
        #expect(after.tokenBytes(in: article) == before.tokenBytes(in: article))
        try desk.edit("c", by: "B", after: ["b"], ("bird", "birds"))
        let later = try #require(try desk.shown().conflicts.first)
        #expect(later.key == before.key)
        #expect(later.tokenBytes(in: article) != before.tokenBytes(in: article))
    }

    @Test func takingAChangeBackLeavesTheRest() throws {
        var desk = try ConflictDesk("the quick brown fox")
        try desk.edit("a", by: "A", ("quick", "slow"))
        try desk.edit("b", by: "B", after: ["a"], ("fox", "hare"))
        try desk.undo("u", by: "A", after: ["b"], "a")
        #expect(try desk.shown().text == "the quick brown hare")
        try desk.undo("v", by: "A", after: ["u"], "u")
        #expect(try desk.shown().text == "the slow brown hare")
        try desk.undo("w", by: "A", after: ["v"], "v")
        #expect(try desk.shown().text == "the quick brown hare")
    }

    @Test func takingBackASideSettlesItsConflict() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        try desk.undo("u", by: "A", after: ["a", "b"], "a")
        let shown = try desk.shown()
        #expect(shown.conflicts.isEmpty)
        #expect(shown.isMerged)
    }

    @Test func aVoidSideIsNone() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        try desk.void("b")
        #expect(try desk.shown() == ShownText.plain("the dog sat"))
    }

    @Test func positionsGoWithTheMergedText() throws {
        var desk = try ConflictDesk("the cat sat")
        try desk.edit("a", by: "A", ("cat", "dog"))
        try desk.edit("b", by: "B", ("cat", "bird"))
        let shown = try desk.shown()
        let raw = try desk.analysis().rawText().scalars
        let text = shown.text.scalars
        for position in text.indices where position < 4 || position >= 7 {
            #expect(raw[shown.rawPosition(ofShown: position)] == text[position])
            #expect(shown.shownPosition(ofRaw: shown.rawPosition(ofShown: position)) == position)
        }
    }
}
