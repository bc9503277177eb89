import ArticleClient
import ArticleFormats
import TestSupport
import Testing

@Suite struct StyledTextTests {
    @Test func onlyOurOwnSequencesArePrinted() {
        var text = StyledText("a\u{1B}[31mb", .bold)
        text.append("\nc")
        #expect(text.rendered(isColoured: true) == "\u{1B}[1ma␛[31mb\u{1B}[0m\nc")
        #expect(text.rendered(isColoured: false) == "a␛[31mb\nc")
    }

    @Test func aStyleEndsBeforeItsLineDoes() {
        let text = StyledText("one\ntwo", [.red, .strike])
        #expect(
            text.rendered(isColoured: true)
                == "\u{1B}[9;31mone\u{1B}[0m\n\u{1B}[9;31mtwo\u{1B}[0m"
        )
    }

    @Test func textIsCutAndPaddedByColumns() {
        var text = StyledText("日本", .cyan)
        text.append("語 and")
        #expect(text.cut(to: 5).plain == "日本…")
        #expect(text.cut(to: 40) == text)
        #expect(text.padded(to: 12).columns == 12)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func wrappingKeepsWordsStylesAndWidths(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["a", "word ", "日本", " ", "  ", "averyverylongwordindeed", "e\u{301}", "\n"]
        let styles: [Style] = [[], .bold, .removed, [.underline, .yellow]]
        var text = StyledText()
        for number in 0..<60 {
            text.append(
                random.pick(pieces) ?? "",
                random.pick(styles) ?? [],
                mark: random.oneIn(3) ? number : nil
            )
        }
        let width = 8 + random.below(30)
        let lines = text.wrapped(to: width, indent: "  ")
        for line in lines { #expect(line.columns <= width) }
        #expect(lines.dropFirst().allSatisfy { $0.plain.hasPrefix("  ") })
        func letters(_ runs: [StyledText.Run]) -> [String] {
            runs.flatMap { run in
                run.text.unicodeScalars.filter { $0 != " " && $0 != "\n" }.map {
                    "\($0)/\(run.style.rawValue)/\(run.mark ?? -1)"
                }
            }
        }
        #expect(letters(lines.flatMap(\.runs)) == letters(text.runs))
        // The same lines as those of plain text.
        #expect(
            lines.map(\.plain).joined(separator: "\n")
                == TextWrapping.wrap(text.plain, width: width, indent: "  ")
        )
    }
}
