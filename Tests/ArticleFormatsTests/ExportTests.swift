import ArticleFormats
import ArticleMerge
import ArticleModel
import TestSupport
import Testing

/// What goes out as Markdown comes in again as it was.
@Suite struct MarkdownRoundTripTests {
    private static let source = Identifier32<SourceTag>(Array(repeating: 1, count: 32))

    /// The state of an article fresh from `seed`, with `operations` done to it.
    static func state(_ seed: Seed, _ operations: [Operation] = []) throws -> ArticleState {
        func change(_ number: UInt8, _ content: ChangeSetBody.Change) throws -> Change {
            Change(
                id: try #require(ChangeID(Array(repeating: number, count: 32))),
                content: content,
                author: try #require(UserID(Array(repeating: 9, count: 16))),
                device: try #require(DeviceKey(Array(repeating: 8, count: 32))),
                chain: try #require(ChainID(Array(repeating: 7, count: 16))),
                sequence: UInt64(number),
                lamport: UInt64(number),
                timeMilliseconds: 1_700_000_000_000,
                permission: .edit
            )
        }
        let first = try change(1, .seed(seed))
        var state = try ArticleState(seed: first)
        if !operations.isEmpty {
            let fault = try state.append(
                change(2, .edit(parents: [first.id], operations: operations))
            )
            #expect(fault == nil)
        }
        return state
    }

    /// A text of awkward pieces.
    private static func text(_ random: inout SeededRandom, lines: Bool = false) -> ScalarText {
        let pieces = [
            "word", "“quote”", "it's", "\"x\"", "#", " # ", ": ", ":", "- ", "[a]", "{b}", ", ",
            "'",
            "\\", "~", "null", "é", "日本", "\u{7}", "\u{1B}[31m", "\t", "---", "# ", "> ", "|", "&",
            "*", "0123", "2025-01-02", "\u{A0}", "true", "%", "@",
        ]
        var text = ""
        for _ in 0...random.below(6) {
            text += random.pick(pieces) ?? ""
            if lines, random.oneIn(3) { text += random.oneIn(2) ? "\n\n" : "\n" }
        }
        return ScalarText(text) ?? "x"
    }

    private static func date(_ random: inout SeededRandom) -> ArticleDate {
        let words = ["2025-06-03", "3 June 2025", "5 sec ago", "2024-02-14T16:15:30Z", "yesterday"]
        let date =
            ArticleDate(words: random.pick(words) ?? "") ?? ArticleDate(raw: "x", reading: nil)
        guard random.oneIn(2), let reading = date.reading else { return date }
        return ArticleDate(raw: Self.text(&random), reading: reading)
    }

    private static func fields(_ random: inout SeededRandom) -> [Seed.FieldEntry] {
        var fields: [Seed.FieldEntry] = []
        for field in [Field.title, .sourceURL, .language] where random.oneIn(2) {
            fields.append(.init(field, .text(text(&random))))
        }
        for field in [Field.byline, .captions, .topics] where random.oneIn(2) {
            fields.append(.init(field, .list((0...random.below(3)).map { _ in text(&random) })))
        }
        for field in [Field.published, .updated] where random.oneIn(2) {
            fields.append(.init(field, .date(date(&random))))
        }
        let names: [ScalarText] = [
            "mood", "author", "Tags", "custom.x", "a: b", "-", "#", "é", "date",
        ]
        for name in names where random.oneIn(3) {
            let value: FieldValue =
                random.oneIn(2) ? .text(text(&random)) : .list([text(&random), text(&random)])
            fields.append(.init(.custom(name), value))
        }
        return fields
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func importOfAnExportHasTheSameBlocksAndFields(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let tags = (0..<random.below(3)).map { _ in
                ScalarText(UnicodeForms.composed(Self.text(&random).string)) ?? "t"
            }
            let seed = Seed(
                nonce: nil,
                fields: Self.fields(&random),
                summary: random.oneIn(2) ? Self.text(&random, lines: true) : .init(),
                body: Self.text(&random, lines: true),
                provenance: nil
            )
            let state = try Self.state(
                seed,
                tags.filter { !$0.isEmpty }.map(Operation.addTag)
            )
            let markdown = MarkdownExport.text(state, notesBy: nil)
            let articles = try Importer.articles(from: Array(markdown.utf8), name: "a.md")
            let article = try #require(articles.first)
            let again = try article.seed(source: try #require(Self.source))
            #expect(article.warnings.allSatisfy { $0.contains("relative date") })
            #expect(article.dropped == [])
            #expect(Set(again.fields) == Set(seed.fields), "\(markdown)")
            #expect(again.summary == seed.summary, "\(markdown)")
            let blocks = MarkdownBlocks.blocks(of: seed.body.string)
            #expect(article.paragraphs == blocks, "\(markdown)")
            #expect(MarkdownBlocks.blocks(of: again.body.string) == blocks)
        }
    }

    @Test func notesStandBehindTheTextAndAreLeftOutAgain() throws {
        let seed = Seed(
            nonce: nil,
            fields: [.init(.title, .text("Ferry"))],
            summary: .init(),
            body: "The ferry runs at night.\n\n<!-- galley:notes -->\n\nIt is quiet.",
            provenance: nil
        )
        let plain = try Self.state(seed)
        let target = try #require(plain.target(of: 4..<9, in: .body))
        let quote = try #require(plain.body.text.quote(of: 4..<9))
        let note = Annotation(
            kind: .comment,
            target: target,
            quote: quote,
            text: "Which one?",
            tags: ["check"]
        )
        let state = try Self.state(seed, [.annotate(note)])
        let names = ArticleNames { _ in "ada" }
        let markdown = MarkdownExport.text(state, notesBy: names)
        #expect(markdown.hasSuffix("\n1. > ferry\n\n   Which one? — ada, 2023-11-14, #check\n"))
        let article = try #require(
            try Importer.articles(from: Array(markdown.utf8), name: "ferry.md").first
        )
        #expect(article.text == seed.body.string)
        #expect(article.warnings.count == 1)
        let json = JSONExport.article(state, names: names)
        #expect(json["schema"] == "galley.article/1")
        guard case .array(let notes) = json["notes"] else {
            Issue.record("no notes")
            return
        }
        #expect(notes.first?["text"] == "Which one?")
        #expect(notes.first?["orphan"] == false)
    }
}

/// What front matter is understood, and what is given back as it stands.
@Suite struct FrontMatterTests {
    private func article(_ text: String) throws -> ImportedArticle {
        try #require(try Importer.articles(from: Array(text.utf8), name: "a.md").first)
    }

    @Test func readsScalarsQuotesListsAndComments() throws {
        let article = try article(
            """
            ---
            # about this one
            title: "A \\"quoted\\" title: yes"   # said so
            author: 'Ada O''Neil'
            date: 2025-06-03
            updated: 4 June 2025, 10:30 GMT
            tags: [ferries, "night, late"]
            topics:
              - islands
              - 'boats'
            summary:
            - One.
            - Two.
            url: https://example.org/a#b
            lang: en
            mood: bright
            draft:
            ---

            # Kept heading

            Text.
            """
        )
        #expect(article.title == "A \"quoted\" title: yes")
        #expect(article.byline == ["Ada O'Neil"])
        #expect(article.published?.reading?.iso8601 == "2025-06-03")
        #expect(article.updated?.reading?.iso8601 == "2025-06-04T10:30Z")
        #expect(article.tags == ["ferries", "night, late"])
        #expect(article.topics == ["islands", "boats"])
        #expect(article.summary == ["One.", "Two."])
        #expect(article.sourceURL == "https://example.org/a#b")
        #expect(article.language == "en")
        #expect(article.customFields == [.init(name: "mood", value: .text("bright"))])
        #expect(article.paragraphs == ["# Kept heading", "Text."])
        #expect(article.warnings == [])
    }

    @Test func keepsWhatItDoesNotUnderstand() throws {
        let article = try article(
            "---\ntitle: A\nnested:\n  a: 1\n  b: 2\nfolded: >\n  text\n  more\n---\nText.\n"
        )
        #expect(article.title == "A")
        #expect(article.dropped == ["nested:\n  a: 1\n  b: 2", "folded: >\n  text\n  more"])
        #expect(article.warnings.count == 2)
        #expect(article.text == "Text.")
    }

    @Test func liftsTheTitleFromAHeadingWhereThereIsNone() throws {
        #expect(try article("# Title\n\nText").title == "Title")
        #expect(try article("---\nlang: en\n---\n# Title\n\nText").title == "Title")
        #expect(try article("---\ntitle: Other\n---\n# Title\n\nText").title == "Other")
        #expect(try article("Text").title == nil)
    }

    @Test func aFenceKeepsItsBlankLines() throws {
        let text = "One.\n\n```\ncode\n\nmore\n```\n\nTwo."
        #expect(try article(text).paragraphs == ["One.", "```\ncode\n\nmore\n```", "Two."])
    }

    @Test func anUnclosedFrontMatterIsText() throws {
        #expect(try article("---\ntitle: A\n\nText").text == "---\ntitle: A\n\nText")
    }
}
