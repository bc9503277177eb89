internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// An edited text becomes operations that make it, and that say what a person did.
@Suite struct TextDiffTests {
    private func applied(_ hunks: [TextHunk], to from: ScalarText) throws -> ScalarText {
        let desk = try Desk(body: from)
        var state = desk.state
        let operations = TextDiff.operations(for: hunks, in: .body)
        let change = try Desk.change(
            1,
            .edit(parents: state.heads, operations: operations),
            by: 1,
            lamport: 1,
            permission: .edit
        )
        #expect(try state.append(change) == nil)
        return state.body.text
    }

    private func brief(_ hunks: [TextHunk]) -> [String] {
        hunks.map { "\($0.position) -\($0.deletedCount) +\($0.inserted)" }
    }

    /// Ten batches of 1,000 make the 10,000 pairs.
    @Test(arguments: 0..<10)
    func operationsMakeTheNewTextOfTheOld(batch: Int) throws {
        for number in batch * 1_000..<(batch + 1) * 1_000 {
            var random = SeededRandom(seed: UInt64(number))
            let from = try text(&random)
            let to = random.oneIn(8) ? try text(&random) : try edited(from, &random)
            let hunks = TextDiff.hunks(from: from, to: to)
            #expect(try applied(hunks, to: from) == to, "pair \(number)")
            #expect(hunks.isEmpty == (from == to), "pair \(number)")
            try expectWholeCharacters(hunks, from: from, to: to, "pair \(number)")
            for (left, right) in zip(hunks, hunks.dropFirst()) {
                #expect(left.position + left.deletedCount < right.position, "pair \(number)")
            }
        }
    }

    @Test func wordsAreReplacedWhole() {
        let hunks = TextDiff.hunks(from: "The cat sat down.", to: "The dog sat up.")
        #expect(brief(hunks) == ["4 -3 +dog", "12 -4 +up"])
    }

    @Test func wordsRewrittenInARowAreOneEdit() {
        let hunks = TextDiff.hunks(
            from: "It said the reserve would cover half.",
            to: "It said our savings must cover half."
        )
        #expect(hunks.count == 1)
        #expect(hunks.first?.inserted == "our savings must")
    }

    @Test func editsOfTwoLinesStayApart() {
        let hunks = TextDiff.hunks(from: "one\n\ntwo", to: "uno\n\ndos")
        #expect(hunks.map(\.inserted) == ["uno", "dos"])
    }

    @Test func lettersAreReplacedWhereMostOfAWordStays() {
        #expect(brief(TextDiff.hunks(from: "A colour.", to: "A color.")) == ["6 -1 +"])
        #expect(brief(TextDiff.hunks(from: "recieved", to: "received")) == ["3 -2 +ei"])
        #expect(brief(TextDiff.hunks(from: "Haus", to: "Häuser")) == ["0 -4 +Häuser"])
        #expect(brief(TextDiff.hunks(from: "walking", to: "walked")) == ["4 -3 +ed"])
    }

    @Test func aLetterIsReplacedWithItsAccent() {
        #expect(brief(TextDiff.hunks(from: "cafe", to: "cafe\u{301}")) == ["3 -1 +e\u{301}"])
        #expect(brief(TextDiff.hunks(from: "e\u{301}t", to: "e\u{300}t")) == ["0 -2 +e\u{300}"])
        #expect(brief(TextDiff.hunks(from: "🇩🇪", to: "🇩🇰")) == ["0 -2 +🇩🇰"])
        #expect(brief(TextDiff.hunks(from: "👍", to: "👍🏽")) == ["0 -1 +👍🏽"])
    }

    @Test func insertionsAndDeletionsStayApart() {
        #expect(brief(TextDiff.hunks(from: "", to: "new")) == ["0 -0 +new"])
        #expect(brief(TextDiff.hunks(from: "old", to: "")) == ["0 -3 +"])
        #expect(brief(TextDiff.hunks(from: "a b", to: "a new b")) == ["2 -0 +new "])
        #expect(TextDiff.hunks(from: "same", to: "same").isEmpty)
    }

    @Test func aReplacementIsWrittenAfterTheFirstCharacterThatGoes() {
        let hunk = TextHunk(position: 4, deletedCount: 3, inserted: "horse")
        #expect(
            TextDiff.operations(for: [hunk], in: .summary) == [
                .insert(.summary, position: 5, text: "horse"),
                .delete(.summary, position: 4, count: 1),
                .delete(.summary, position: 9, count: 2),
            ]
        )
    }

    @Test func aMegabyteWithAFewEditsIsQuick() throws {
        let line = "The quick brown fox jumps over the lazy dog, and nobody knows why.\n"
        let lines = (0..<15_000).map { "\($0) \(line)" }
        var changed = lines
        changed[5] = "5 The quick red fox.\n"
        changed[7_000] += "A new line.\n"
        changed.remove(at: 14_990)
        let from = try #require(ScalarText(lines.joined()))
        let to = try #require(ScalarText(changed.joined()))
        let start = ContinuousClock.now
        let hunks = TextDiff.hunks(from: from, to: to)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(hunks.count < 12)
        #expect(try applied(hunks, to: from) == to)
    }

    @Test func aRewriteIsCoarseButDoesNotTakeForEver() throws {
        var random = SeededRandom(seed: 1)
        func prose() throws -> ScalarText {
            let words = (0..<100_000).map { _ in "w\(random.below(5_000))" }
            return try #require(ScalarText(words.joined(separator: " ")))
        }
        let from = try prose()
        let to = try prose()
        let start = ContinuousClock.now
        let hunks = TextDiff.hunks(from: from, to: to)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(try applied(hunks, to: from) == to)
    }

    private func text(_ random: inout SeededRandom) throws -> ScalarText {
        let words = (0..<random.below(25)).map { _ in word(&random) }
        return try #require(ScalarText(words.joined(separator: random.oneIn(3) ? "\n" : " ")))
    }

    private func word(_ random: inout SeededRandom) -> String {
        let words = [
            "the", "cat", "catalogue", "cafe\u{301}", "naïve", "🇩🇪🇫🇷", "👩‍👩‍👧", "漢字かな", "слово", "a.b",
        ]
        return random.oneIn(4)
            ? random.text(upTo: 4).string : random.pick(words) ?? "the"
    }

    private func edited(_ text: ScalarText, _ random: inout SeededRandom) throws -> ScalarText {
        var scalars = text.scalars
        for _ in 0...random.below(3) {
            let start = random.below(scalars.count + 1)
            let end = start + random.below(min(8, scalars.count - start) + 1)
            let new = random.oneIn(3) ? "" : word(&random)
            scalars.replaceSubrange(start..<end, with: Array(new.unicodeScalars))
        }
        return try #require(ScalarText(scalars: scalars))
    }

    /// No hunk begins or ends inside of what people see as one character, in either text.
    private func expectWholeCharacters(
        _ hunks: [TextHunk],
        from: ScalarText,
        to: ScalarText,
        _ comment: Comment
    ) throws {
        let oldEdges = edges(from)
        let newEdges = edges(to)
        var shift = 0
        for hunk in hunks {
            #expect(oldEdges.contains(hunk.position), comment)
            #expect(oldEdges.contains(hunk.position + hunk.deletedCount), comment)
            #expect(newEdges.contains(hunk.position + shift), comment)
            let end = hunk.position + shift + hunk.inserted.scalarCount
            #expect(newEdges.contains(end), comment)
            shift += hunk.inserted.scalarCount - hunk.deletedCount
        }
    }

    private func edges(_ text: ScalarText) -> Set<Int> {
        var edges: Set = [0]
        var position = 0
        for character in text.string {
            position += character.unicodeScalars.count
            edges.insert(position)
        }
        return edges
    }
}
