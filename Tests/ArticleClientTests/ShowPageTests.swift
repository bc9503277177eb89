import ArticleFormats
import Foundation
import TestSupport
import Testing

/// The page as a person reads it: lines that fit, notes beside their words or below.
@Suite struct ShowPageTests {
    private let terminal: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary(
            """
            # 夜のフェリー

            The ferry leaves the old pier at ten in the evening and comes back at two, when the \
            last of the guests at the inn have gone to bed.

            - a point that goes on for so long that it needs a second line on any terminal at all

            漢字かな交じり文は空白なしで折り返される。
            """
        )
        terminal.run("note", "add", id, "--quote", "the inn", "-m", "Which inn is that?")
        terminal.run("note", "add", id, "--quote", "old pier", "-m", "Pier 4.", "--tag", "check")
        terminal.run("note", "add", id, "-m", "On the whole.")
    }

    private func lines(_ columns: Int?, _ words: String...) -> [String] {
        terminal.run(["show", id] + words, columns: columns).output
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test(arguments: [24, 40, 72, 80, 99, 100, 120, 200])
    func noLineIsWiderThanTheTerminal(columns: Int) {
        for line in lines(columns) {
            #expect(UnicodeForms.columns(of: line) <= columns, "\(line)")
        }
    }

    @Test func aWideTerminalHasNotesInTheMargin() throws {
        let lines = lines(120)
        let first = try #require(lines.firstIndex { $0.contains("old pier¹") })
        #expect(lines[first].contains("│ ¹ "))
        #expect(lines[first].contains("#check"))
        #expect(lines[first + 1].contains("│ Pier 4."))
        #expect(lines.contains { $0.contains("the inn²") })
        let below = try #require(lines.firstIndex(of: "Notes"))
        #expect(lines[below...].contains { $0.contains("On the whole.") })
        #expect(!lines[below...].contains { $0.contains("Pier 4.") }, "not twice")
    }

    @Test func aNarrowTerminalHasThemBelow() throws {
        let lines = lines(70)
        #expect(!lines.contains { $0.contains("│") })
        #expect(lines.contains { $0.contains("old pier¹") })
        let below = try #require(lines.firstIndex(of: "Notes"))
        #expect(lines[below...].contains { $0.hasPrefix("¹ ") })
        #expect(lines[below...].contains { $0.contains("Pier 4.") })
    }

    @Test func elsewhereTheTextStaysAsItIs() {
        let lines = lines(nil)
        #expect(lines.contains { $0.hasSuffix("last of the guests at the inn have gone to bed.") })
        #expect(!lines.contains { $0.contains("¹") })
        #expect(lines.contains { $0.contains("Pier 4.") })
        #expect(!self.lines(nil, "--no-notes").contains { $0.contains("Pier 4.") })
    }

    @Test func aListGoesOnBelowItsWords() {
        let lines = lines(60, "--no-notes")
        let index = lines.firstIndex { $0.hasPrefix("- a point") }
        #expect(index.map { lines[$0 + 1].hasPrefix("  ") } == true)
    }

    @Test func withoutUnicodeTheSignsAreNumbers() {
        terminal.variables["LC_ALL"] = "POSIX"
        #expect(lines(120).contains { $0.contains("old pier[1]") })
    }

    @Test func headingsAndQuotationsStandOut() throws {
        let other = try Terminal()
        other.variables["TERM"] = "xterm"
        let id = try other.makeLibrary("# T\n\n## Part two\n\n> Said so.\n\n#tag is no heading.")
        let text = other.run(["show", id], columns: 80).output
        #expect(text.contains("\u{1B}[1m## Part two\u{1B}[0m"))
        #expect(text.contains("\u{1B}[3m> Said so.\u{1B}[0m"))
        #expect(text.contains("\n#tag is no heading."))
    }

    @Test func wordsWithANoteStandOut() {
        terminal.variables["TERM"] = "xterm"
        let text = terminal.run(["show", id], columns: 120).output
        #expect(text.contains("\u{1B}[4;33mold pier\u{1B}[0m\u{1B}[1;33m¹\u{1B}[0m"))
    }
}
