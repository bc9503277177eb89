import ArticleFormats
import ArticleModel
import Foundation
import TestSupport
import Testing

/// The real page: what stands in `expected.json` beside it must come out, no more and no less.
@Suite(.enabled(if: SharedData.url("seeds/page.txt") != nil, "\(SharedData.absence)"))
struct SeedPageTests {
    private struct Expected: Decodable {
        struct Article: Decodable {
            struct Dateline: Decodable { let place: String }
            let title: String
            let byline: [String]?
            let captions: [String]
            let updated_raw: String
            let date: String?
            let date_relative: String?
            let summary: [String]
            let dateline: Dateline
            let paragraphs: [String]
            let topics: [String]
            let dropped: [String]
            let text: String
        }
        let articles: [Article]
    }

    private let expected: [Expected.Article]
    private let bytes: [UInt8]

    init() throws {
        let data = try SharedData.contents("seeds/expected.json")
        expected = try JSONDecoder().decode(Expected.self, from: data).articles
        bytes = [UInt8](try SharedData.contents("seeds/page.txt"))
    }

    @Test func givesExactlyTheExpectedArticles() throws {
        let articles = try Importer.articles(from: bytes, name: "page.txt")
        #expect(articles.count == expected.count)
        for (article, expected) in zip(articles, expected) {
            #expect(article.title == expected.title)
            #expect(article.byline == expected.byline ?? [])
            #expect(article.captions == expected.captions)
            #expect(article.updated?.raw.string == expected.updated_raw)
            #expect(article.published == nil)
            #expect(article.bestDate?.iso8601 == expected.date)
            #expect(article.relativeDate == expected.date_relative)
            #expect(article.summary == expected.summary)
            #expect(article.dateline == .init(place: expected.dateline.place, agency: nil))
            #expect(article.paragraphs == expected.paragraphs)
            #expect(article.topics == expected.topics)
            #expect(article.dropped == expected.dropped)
            #expect(article.text == expected.text)
            #expect(article.parser == "text-page/1")
        }
        let warnings = articles.map(\.warnings)
        #expect(warnings.first == [])
        #expect(warnings.last?.count == 1, "the relative date alone is in doubt")
    }

    @Test func datesTheRelativeTimeOnlyByWhenThePageWasFetched() throws {
        let fetched = try #require(
            ArticleDate.Reading(iso8601: "2025-12-05T10:00:02Z")?.millisecondsSince1970
        )
        let articles = try Importer.articles(
            from: bytes,
            name: "page.txt",
            options: .init(fetchedAtMilliseconds: fetched)
        )
        let article = try #require(articles.last)
        #expect(article.bestDate?.iso8601 == "2025-12-05T09:59:57Z")
        #expect(article.updated?.reading == nil, "the seed holds the words alone")
        #expect(article.operationsAfterSeed().count == 1)
    }

    @Test func theSeedDependsOnTheBytesAlone() throws {
        let source = try #require(Identifier32<SourceTag>(Array(repeating: 7, count: 32)))
        let once = try Importer.articles(from: bytes, name: "page.txt")
        let again = try Importer.articles(
            from: bytes,
            name: "elsewhere/copy",
            options: .init(fetchedAtMilliseconds: 1_700_000_000_000)
        )
        #expect(
            try once.map { try $0.seed(source: source) }
                == again.map { try $0.seed(source: source) }
        )
    }
}
