import ArticleFormats
import ArticleMerge
import ArticleModel

/// An article as it is laid out for reading, block by block.
struct ArticlePage {
    /// A title, paragraph, point or caption.
    struct Block {
        var text: StyledText
        /// What the lines after the first begin with.
        var indent = ""
        /// Whether a blank line stands above it.
        var hasSpaceAbove = true
    }

    private(set) var blocks: [Block] = []
    /// What there is to say about marked words, by number; in the order of the text.
    let marks: [PageMark]

    /// Lays out the texts of an article, with `head` under its title.
    init(_ state: ArticleState, title: String, head: [StyledText], marks: [PageMark]) {
        let numbered = marks.enumerated().map { (number: $0.offset, mark: $0.element) }
        self.marks = marks
        func marked(_ place: PageMark.Place, _ text: String) -> MarkedText {
            MarkedText(text, numbered.filter { $0.mark.place == place })
        }
        func whole(_ place: PageMark.Place, _ text: String, _ style: Style = []) -> StyledText {
            let count = text.unicodeScalars.count
            return marked(place, text).words(0..<count, style, isLast: true)
        }
        add(whole(.title, title, .bold), hasSpaceAbove: false)
        for line in head { add(line, hasSpaceAbove: false) }
        let points = state.summary.text.string
        if !points.isEmpty {
            let text = marked(.summary, points)
            for (index, range) in Self.lines(of: points).enumerated() {
                add(
                    "  • " + text.words(range.range, isLast: range.isLast),
                    indent: "    ",
                    hasSpaceAbove: index == 0
                )
            }
        }
        let body = state.body.text.string
        let scalars = Array(body.unicodeScalars)
        let text = marked(.body, body)
        var isBlank = true
        for line in Self.lines(of: body) {
            if line.isBlank {
                // A conflict may show nothing, in a paragraph that is gone.
                let words = text.words(line.range, isLast: line.isLast)
                if !words.isEmpty, words.runs.contains(where: { $0.mark != nil }) { add(words) }
                isBlank = true
                continue
            }
            add(
                text.words(
                    line.range,
                    Self.style(of: scalars[line.range]),
                    isLast: line.isLast
                ),
                indent: Self.indent(of: scalars[line.range]),
                hasSpaceAbove: isBlank
            )
            isBlank = false
        }
        for (index, caption) in state.shownValue(of: .captions).texts.enumerated() {
            add("[picture] " + whole(.caption(index), caption), indent: "  ")
        }
    }

    private mutating func add(
        _ text: StyledText,
        indent: String = "",
        hasSpaceAbove: Bool = true
    ) {
        blocks.append(Block(text: text, indent: indent, hasSpaceAbove: hasSpaceAbove))
    }

    /// How a line of Markdown stands out: a heading, a quotation.
    private static func style(of line: ArraySlice<Unicode.Scalar>) -> Style {
        let signs = line.prefix { $0 == "#" }
        if (1...6).contains(signs.count), line.dropFirst(signs.count).first == " " { return .bold }
        return line.first == ">" ? .italic : []
    }

    /// What lines go on with, for lists and quotations of Markdown.
    private static func indent(of line: ArraySlice<Unicode.Scalar>) -> String {
        let blanks = line.prefix { $0 == " " }
        let rest = line.dropFirst(blanks.count)
        let digits = rest.prefix { ("0"..."9").contains($0) }
        var count = blanks.count
        if let sign = rest.first, "-*+>".unicodeScalars.contains(sign),
            rest.dropFirst().first == " "
        {
            count += 2
        } else if !digits.isEmpty, let dot = rest.dropFirst(digits.count).first,
            dot == "." || dot == ")"
        {
            count += digits.count + 2
        }
        return String(repeating: " ", count: min(count, 16))
    }

    private static func lines(
        of text: String
    ) -> [(range: Range<Int>, isLast: Bool, isBlank: Bool)] {
        var lines: [(range: Range<Int>, isLast: Bool, isBlank: Bool)] = []
        var start = 0
        var position = 0
        var isBlank = true
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                lines.append((start..<position, false, isBlank))
                start = position + 1
                isBlank = true
            } else if !scalar.properties.isWhitespace {
                isBlank = false
            }
            position += 1
        }
        lines.append((start..<position, true, isBlank))
        return lines
    }
}
