import ArticleClient
import ArticleFormats
import TestSupport
import Testing

@Suite struct VisibleTextTests {
    @Test func controlsAreShownAndTextStays() {
        #expect(VisibleText.line("a\u{1B}[0mb\u{7F}\n\tc") == "a␛[0mb␡  c")
        #expect(VisibleText.lines("a\nb\tc\r") == "a\nb\tc␍")
        #expect(VisibleText.line("\u{9B}\u{202E}\u{2066}") == "<U+9B><U+202E><U+2066>")
        let plain = "Ünïcödé 日本 👩‍👩‍👧 “quotes”"
        #expect(VisibleText.line(plain) == plain)
    }
}

@Suite struct TextWrappingTests {
    @Test func linesBreakAtBlanksAndBetweenIdeographs() {
        #expect(TextWrapping.wrap("one two three", width: 8) == "one two\nthree")
        #expect(TextWrapping.wrap("日本語日本語", width: 8) == "日本語日\n本語")
        #expect(TextWrapping.wrap("a\nb", width: 8) == "a\nb")
        #expect(TextWrapping.cut("日本語", width: 5) == "日本…")
        #expect(TextWrapping.cut("abc", width: 3) == "abc")
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func noLineIsTooWideAndNoLetterIsLost(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "a", "word", "日本", " ", "  ", "averyverylongwordindeed", "é", "e\u{301}", "\n",
        ]
        let text = (0..<60).map { _ in random.pick(pieces) ?? "" }.joined()
        let width = 8 + random.below(30)
        let wrapped = TextWrapping.wrap(text, width: width)
        for line in wrapped.split(separator: "\n") {
            #expect(UnicodeForms.columns(of: String(line)) <= width)
        }
        func letters(_ text: String) -> [Unicode.Scalar] {
            text.unicodeScalars.filter { $0 != " " && $0 != "\n" }
        }
        #expect(letters(wrapped) == letters(text))
    }
}
