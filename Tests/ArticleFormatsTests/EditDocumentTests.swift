import ArticleFormats
import ArticleMerge
import ArticleModel
import TestSupport
import Testing

/// An article goes through an editor and comes back as it was, but for what was done to it.
@Suite struct EditDocumentTests {
    private static func seed(_ body: ScalarText, summary: ScalarText = "One.\nTwo.") -> Seed {
        Seed(
            nonce: nil,
            fields: [
                .init(.title, .text("A \"title\": with marks")),
                .init(.byline, .list(["Ada", "Ben, Jr."])),
                .init(.updated, .date(ArticleDate(raw: "Updated 5 sec ago", reading: nil))),
                .init(.custom("tags"), .text("a field that is called like something else")),
            ],
            summary: summary,
            body: body,
            provenance: nil
        )
    }

    private static func body(_ random: inout SeededRandom) -> ScalarText {
        let pieces = [
            "words ", "é", "日本 ", "\n", "\n\n", "---\n", "  ", "\t", "- item\n", "# head\n",
            "\u{A0}",
            "<!-- galley:notes -->\n", "```\ncode\n\n```\n", "e\u{301}", "\u{1B}",
        ]
        let text = (0..<random.below(12)).map { _ in random.pick(pieces) ?? "" }.joined()
        return ScalarText(text) ?? .init()
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func savedUnchangedNothingIsDone(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let state = try MarkdownRoundTripTests.state(
            Self.seed(Self.body(&random), summary: random.oneIn(2) ? .init() : "a\n\nb: c"),
            [.addTag("x, y"), .addTag("#z")]
        )
        let bytes = Array(EditDocument.text(of: state).utf8)
        let document = try EditDocument(bytes)
        #expect(document.body == state.body.text)
        #expect(document.summary == state.summary.text)
        #expect(document.tags == ["x, y", "#z"])
        #expect(document.operations(since: document, in: state) == [])
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func theOperationsMakeTheTextThatWasSaved(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let before = Self.body(&random)
        let after = Self.body(&random)
        let seed = Self.seed(before)
        let state = try MarkdownRoundTripTests.state(seed)
        let opened = EditDocument.text(of: state)
        let head = opened.prefix(opened.count - before.string.count - 1)
        let saved = try EditDocument(Array((head + after.string + "\n").utf8))
        let operations = saved.operations(since: try EditDocument(Array(opened.utf8)), in: state)
        let edited = try MarkdownRoundTripTests.state(seed, operations)
        // What differs by normalisation alone is kept as it was.
        let (made, wanted) = (edited.body.text.string, after.string)
        #expect(UnicodeForms.composed(made) == UnicodeForms.composed(wanted))
        #expect(edited.fields == state.fields)
        #expect(edited.summary.text == state.summary.text)
    }

    @Test func onlyWhatWasEditedInTheFrontMatterIsSet() throws {
        let state = try MarkdownRoundTripTests.state(Self.seed("Text."), [.addTag("old")])
        let opened = EditDocument.text(of: state)
        let before = try EditDocument(Array(opened.utf8))
        func operations(_ text: String) throws -> [Operation] {
            try EditDocument(Array(text.utf8)).operations(since: before, in: state)
        }
        let title = opened.split(separator: "\n").first { $0.hasPrefix("title:") } ?? ""
        #expect(
            try operations(opened.replacing(title, with: "title: Plain"))
                == [.set(.title, .text("Plain"))]
        )
        #expect(
            try operations(opened.replacing("tags: [old]", with: "tags: [new]"))
                == [.addTag("new"), .removeTag("old")]
        )
        #expect(
            try operations(opened.replacing(title + "\n", with: "")) == [.set(.title, .absent)]
        )
        #expect(
            try operations(
                opened.replacing("---\n\nText", with: "published: 2025-01-02\n---\n\nText")
            )
                == [.set(.published, .date(try #require(ArticleDate(words: "2025-01-02"))))]
        )
    }

    @Test func lineEndsOfOtherSystemsAreNoEdit() throws {
        let state = try MarkdownRoundTripTests.state(Self.seed("One.\n\nTwo.\nThree."))
        let opened = EditDocument.text(of: state)
        let before = try EditDocument(Array(opened.utf8))
        for end in ["\r\n", "\r"] {
            let saved = try EditDocument(Array(opened.replacing("\n", with: end).utf8))
            #expect(saved.operations(since: before, in: state) == [])
        }
    }
}
