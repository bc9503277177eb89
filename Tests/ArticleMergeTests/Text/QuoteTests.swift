internal import ArticleMerge
internal import ArticleModel
import Testing

/// Words are found where they stand, scalar by scalar.
@Suite struct QuoteTests {
    @Test func findsEachOccurrenceFromLeftToRight() {
        let text: ScalarText = "añb añb ñ"
        #expect(text.occurrences(of: "ñb") == [1..<3, 5..<7])
        #expect(text.occurrences(of: "ñ") == [1..<2, 5..<6, 8..<9])
        #expect(text.occurrences(of: "n").isEmpty)
        #expect(text.occurrences(of: "").isEmpty)
        #expect(text.occurrences(of: "añb añb ñ and more").isEmpty)
    }

    @Test func occurrencesDoNotOverlap() {
        let text: ScalarText = "aaaaa"
        #expect(text.occurrences(of: "aa") == [0..<2, 2..<4])
    }

    @Test func comparesScalarsNotWhatLooksAlike() {
        let text: ScalarText = "cafe\u{301} café"
        #expect(text.occurrences(of: "caf\u{E9}") == [6..<10])
        #expect(text.occurrences(of: "cafe") == [0..<4])
    }

    @Test func quotesWithWhatStandsAround() throws {
        let text: ScalarText = "one two three"
        let quote = try #require(text.quote(of: 4..<7))
        #expect(quote == Quote(exact: "two", prefix: "one ", suffix: " three"))
        let long = try #require(ScalarText(String(repeating: "é", count: 100)))
        let middle = try #require(long.quote(of: 50..<51))
        #expect(middle.prefix.scalarCount == 32)
        #expect(middle.suffix.scalarCount == 32)
        #expect(text.quote(of: 10..<14) == nil)
        #expect(text.quote(of: -1..<2) == nil)
    }
}
