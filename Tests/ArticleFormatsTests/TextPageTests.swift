import ArticleFormats
import ArticleModel
import Foundation
import TestSupport
import Testing

@Suite struct TextPageTests {
    /// A page of the usual layout.
    static func page(_ title: String, stamp: String = "Updated 03 June 2025") -> String {
        """
        \(title)

        A minister shakes hands with a colleague. (Photo: Supplied)
        Short Url
        \(stamp)
        Follow

        \(title)

          • First point of the summary
          • Second point of the summary

        OSLO: The first paragraph says that something happened on Tuesday, at some length, so that \
        it is running text beyond all doubt and not a headline of any kind.

        The second paragraph adds what somebody said about it, “with a quote in curly marks,” and \
        goes on for a while until it is long enough to be told from a label.
        """
    }

    private func articles(_ text: String) throws -> [ImportedArticle] {
        try Importer.articles(from: Array(text.utf8), name: "page.txt")
    }

    @Test func theDemoPageGivesTwoArticles() throws {
        let url = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Documentation/demo/page.txt")
        let articles = try Importer.articles(from: [UInt8](Data(contentsOf: url)), name: "page.txt")
        #expect(articles.count == 2)
        for article in articles {
            #expect(article.title != nil)
            #expect(article.summary.count == 2)
            #expect(article.paragraphs.count >= 5)
            #expect(article.dateline != nil)
        }
        #expect(articles.first?.bestDate != nil)
        #expect(articles.last?.bestDate == nil)
        #expect(articles.last?.relativeDate != nil)
    }

    @Test func joinedPagesGiveTheArticlesOfBoth() throws {
        let one = Self.page("Ministers agree on a new bridge over the northern sound")
        let two = Self.page("Ferry operators doubt the bridge will ever carry a train")
        let joined = try articles(one + "\n\n\n" + two)
        var apart = try articles(one) + articles(two)
        #expect(joined.count == 2)
        for index in apart.indices where index < joined.count {
            apart[index].range = joined[index].range
        }
        #expect(joined == apart)
    }

    @Test(arguments: ["\u{FEFF}", "", "\u{FEFF}\r\n"])
    func lineEndsMarksAndNoBreakSpacesChangeNothing(opening: String) throws {
        let page = Self.page("Café owners ask for a later closing hour on the pier")
        let plain = try articles(page)
        let decomposed = page.decomposedStringWithCanonicalMapping
        for text in [
            page.replacingOccurrences(of: "\n", with: "\r\n"),
            page.replacingOccurrences(of: "\n", with: "\r"), decomposed,
            page.replacingOccurrences(of: " ", with: "\u{A0}"),
        ] {
            var other = try articles(opening + text)
            for index in other.indices { other[index].range = plain[index].range }
            #expect(other == plain)
        }
    }

    @Test func aRelativeDateIsKeptInWordsAndDoubted() throws {
        let page = Self.page(
            "Council votes on the ferry tonight in a long session",
            stamp: "Updated 2 hours ago"
        )
        let article = try #require(try articles(page).first)
        #expect(article.updated == ArticleDate(raw: "Updated 2 hours ago", reading: nil))
        #expect(article.bestDate == nil)
        #expect(article.warnings.count == 1)
    }

    @Test func aGalleryKeepsItsCaptionsAndDropsItsCounters() throws {
        let page = Self.page("Divers bring up the bell of a steamer lost in 1911")
            .replacingOccurrences(
                of: "Short Url",
                with:
                    "1 / 2\nThe bell on deck. (AFP)\n2 / 2\nThe bell cleaned. (File/AFP)\nShort Url"
            )
        let article = try #require(try articles(page).first)
        #expect(article.captions.count == 3)
        #expect(article.dropped == ["1 / 2", "2 / 2", "Short Url", "Follow"])
    }

    @Test func aPageWithoutMarksIsPlainText() throws {
        let text = "A letter\n\nDear reader,\nthis is a letter.\n\nYours"
        let article = try #require(try articles(text).first)
        #expect(article.parser == "text/1")
        #expect(article.title == "A letter")
        #expect(article.paragraphs == ["Dear reader,\nthis is a letter.", "Yours"])
    }

    @Test func noiseOfManyShapesIsReadInBoundedSteps() throws {
        // Quadratic work on these would take hours: the test ends or it fails by its time limit.
        let size = 256 * 1024
        let shapes = [
            "a", "a\n", "  • b\n", "Updated 1 day ago\n", "(", "Photo: ", "1 ", "— ", "By A, ",
            "Related articles\n", "Topics: a, b\n", "x (Photo: y)\n", "a\n\n\n",
        ]
        for shape in shapes {
            let count = size / shape.utf8.count
            let bytes = Array(String(repeating: shape, count: count).utf8)
            let articles = try Importer.articles(
                from: bytes,
                name: "noise",
                options: .init(format: .textPage)
            )
            #expect(!articles.isEmpty)
        }
    }
}

/// Pages nobody here wrote.
@Suite(.enabled(if: SharedData.url("corpus/pages") != nil, "\(SharedData.absence)"))
struct TextPageCorpusTests {
    private static func pages() throws -> [(id: String, bytes: [UInt8], expected: String)] {
        let folder = try #require(SharedData.url("corpus/pages"))
        let ids = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try ids.compactMap { id in
            let page = folder.appendingPathComponent("\(id)/page.txt")
            guard let bytes = try? Data(contentsOf: page) else { return nil }
            let json = try Data(contentsOf: folder.appendingPathComponent("\(id)/expected.json"))
            let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
            return (id, [UInt8](bytes), object?["text"] as? String ?? "")
        }
    }

    @Test func everyByteHasExactlyOneRole() throws {
        for page in try Self.pages() {
            let results = try TextPage(bytes: page.bytes).articles(splits: true)
            var end = 0
            for result in results {
                #expect(result.article.range.lowerBound == end, "\(page.id)")
                for line in result.roles {
                    #expect(line.range.lowerBound == end, "\(page.id)")
                    end = line.range.upperBound
                    let text = String(decoding: page.bytes[line.range], as: UTF8.self)
                    let isBlank = text.unicodeScalars.allSatisfy {
                        $0.properties.isWhitespace || $0.value == 0xFEFF || $0.value == 0x200B
                    }
                    #expect((line.role == .blank) == isBlank, "\(page.id): \(text)")
                }
                #expect(result.article.range.upperBound == end, "\(page.id)")
            }
            #expect(end == page.bytes.count, "\(page.id)")
        }
    }

    @Test func bodiesAreFoundOnPagesNoRuleWasMadeFor() throws {
        let pages = try Self.pages()
        let scores = try pages.map { page in
            let articles = try Importer.articles(
                from: page.bytes,
                name: "page.txt",
                options: .init(format: .textPage)
            )
            return Self.score(articles.first?.text ?? "", page.expected)
        }
        let mean = scores.reduce(0, +) / Double(scores.count)
        #expect(mean >= 0.92, "mean F1 of \(scores.count) pages: \(mean)")
    }

    /// F1 of the words in groups of four.
    private static func score(_ found: String, _ expected: String) -> Double {
        func groups(_ text: String) -> [String: Int] {
            let words = text.lowercased().unicodeScalars
                .split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }
                .map(String.init)
            let starts = words.indices.dropLast(min(3, words.count))
            let groups = starts.map { words[$0..<$0 + 4].joined(separator: " ") }
            return Dictionary(groups.map { ($0, 1) }, uniquingKeysWith: +)
        }
        let (found, expected) = (groups(found), groups(expected))
        let both = found.reduce(0) { $0 + min($1.value, expected[$1.key] ?? 0) }
        let sum = found.values.reduce(0, +) + expected.values.reduce(0, +)
        return sum == 0 ? 1 : 2 * Double(both) / Double(sum)
    }
}
