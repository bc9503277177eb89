import ArticleFormats

/// How wide the text of a page is, and whether what is said about it stands beside it.
public struct PageLayout: Hashable, Sendable {
    /// The columns of the text; nil for lines as long as they are.
    public let textWidth: Int?
    /// The columns of the margin; nil where there is none.
    public let marginWidth: Int?

    /// Lines longer than this are hard to read.
    private static let textWidthMax = 72
    private static let textWidthMin = 56
    private static let marginWidthMin = 28
    private static let marginWidthMax = 44
    /// What parts the margin from the text.
    private static let gap = "  │ "

    /// Fits a terminal of so many columns; nil where there is none.
    public init(columns: Int?, hasMargin: Bool) {
        guard let columns else {
            textWidth = nil
            marginWidth = nil
            return
        }
        let gap = UnicodeForms.columns(of: Self.gap)
        guard hasMargin, columns >= Self.textWidthMin + gap + Self.marginWidthMin else {
            textWidth = max(20, min(columns, Self.textWidthMax + 8))
            marginWidth = nil
            return
        }
        let width = min(Self.textWidthMax, columns - gap - Self.marginWidthMin)
        textWidth = width
        marginWidth = min(Self.marginWidthMax, columns - gap - width)
    }

    /// The lines of a page.
    func lines(of page: ArticlePage) -> [StyledText] {
        var lines: [StyledText] = []
        // By line, the marks whose signs stand on it.
        var signs: [(line: Int, mark: Int)] = []
        var seen: Set<Int> = []
        for block in page.blocks {
            if block.hasSpaceAbove { lines.append(StyledText()) }
            let wrapped =
                textWidth.map { block.text.wrapped(to: $0, indent: block.indent) } ?? [block.text]
            for line in wrapped {
                for mark in line.runs.compactMap(\.mark) where seen.insert(mark).inserted {
                    signs.append((lines.count, mark))
                }
                lines.append(line)
            }
        }
        guard let textWidth, let marginWidth else { return lines }
        return beside(lines, signs, page, textWidth, marginWidth)
    }

    /// Whether all that is said about marked words stands in the margin.
    var hasMargin: Bool { marginWidth != nil }

    private func beside(
        _ lines: [StyledText],
        _ signs: [(line: Int, mark: Int)],
        _ page: ArticlePage,
        _ textWidth: Int,
        _ marginWidth: Int
    ) -> [StyledText] {
        var margin: [Int: StyledText] = [:]
        var next = 0
        for (line, mark) in signs {
            let remark = page.marks[mark].remark
            guard !remark.isEmpty else { continue }
            // As high as its sign, below the remark before it.
            var place = max(line, next)
            for (index, paragraph) in remark.enumerated() {
                for text in paragraph.wrapped(to: marginWidth, indent: index == 0 ? "  " : "") {
                    margin[place] = text
                    place += 1
                }
            }
            next = place + 1
        }
        let count = max(lines.count, (margin.keys.max() ?? -1) + 1)
        return (0..<count).map { index in
            let line = index < lines.count ? lines[index] : StyledText()
            guard let text = margin[index] else { return line }
            return line.padded(to: textWidth) + StyledText(Self.gap, .dim) + text
        }
    }
}
