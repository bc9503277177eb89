import ArticleFormats

/// Words that stand out here and there.
///
/// The only way to print an escape sequence: those that the words themselves hold are made visible.
public struct StyledText: Hashable, Sendable {
    /// Words of one style.
    public struct Run: Hashable, Sendable {
        /// The words.
        public var text: String
        /// How they stand out.
        public var style: Style
        /// What they belong to, by a number of the caller's; it survives wrapping.
        public var mark: Int?

        /// Words of one style.
        public init(_ text: String, _ style: Style = [], mark: Int? = nil) {
            self.text = text
            self.style = style
            self.mark = mark
        }
    }

    /// The words, from left to right.
    public private(set) var runs: [Run]

    /// No words.
    public init() { runs = [] }

    /// Words of one style.
    public init(_ text: String, _ style: Style = []) {
        runs = text.isEmpty ? [] : [Run(text, style)]
    }

    /// Words of several styles.
    public init(_ runs: [Run]) { self.runs = runs.filter { !$0.text.isEmpty } }

    /// Adds words at the end.
    public mutating func append(_ text: String, _ style: Style = [], mark: Int? = nil) {
        guard !text.isEmpty else { return }
        if let last = runs.last, last.style == style, last.mark == mark {
            runs[runs.count - 1].text += text
        } else {
            runs.append(Run(text, style, mark: mark))
        }
    }

    /// Adds words at the end.
    public mutating func append(_ other: StyledText) {
        for run in other.runs { append(run.text, run.style, mark: run.mark) }
    }

    /// Whether there are no words.
    public var isEmpty: Bool { runs.isEmpty }

    /// The words alone.
    public var plain: String { runs.map(\.text).joined() }

    /// How many columns of a terminal it takes.
    public var columns: Int { runs.reduce(0) { $0 + UnicodeForms.columns(of: $1.text) } }

    /// The words as a terminal takes them, on several lines where they have line ends; with escape
    /// sequences of ours only, and without any where `isColoured` is false.
    public func rendered(isColoured: Bool) -> String {
        guard isColoured else { return runs.map { VisibleText.lines($0.text) }.joined() }
        return runs.map { run in
            let text = VisibleText.lines(run.text)
            guard !run.style.isEmpty else { return text }
            // A style ends before its line does, so that a pager can cut between lines.
            return text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : run.style.sequence + $0 + Style.end }
                .joined(separator: "\n")
        }.joined()
    }

    /// The words followed by blanks up to `width` columns.
    public func padded(to width: Int) -> StyledText {
        var result = self
        result.append(String(repeating: " ", count: max(0, width - columns)))
        return result
    }

    /// The words cut to `width` columns, with an ellipsis where something is left out.
    public func cut(to width: Int) -> StyledText {
        guard columns > width else { return self }
        var result = StyledText()
        var left = width
        for run in runs {
            let count = UnicodeForms.columns(of: run.text)
            guard count >= left else {
                result.append(run.text, run.style, mark: run.mark)
                left -= count
                continue
            }
            // At the last column there is always the ellipsis, as something follows.
            let cut = TextWrapping.cut(run.text + " ", width: left)
            result.append(cut, run.style, mark: run.mark)
            break
        }
        return result
    }

    /// The words in lines of at most `width` columns, broken at blanks, between ideographs and at
    /// line ends; every line but the first begins with `indent`.
    public func wrapped(to width: Int, indent: String = "") -> [StyledText] {
        var lines: [StyledText] = []
        var line: [(scalar: Unicode.Scalar, run: Int)] = []
        func end() {
            let ranges = TextWrapping.lineRanges(
                line.map(\.scalar),
                width: max(8, width),
                indentColumns: UnicodeForms.columns(of: indent),
                isFirst: lines.isEmpty
            )
            for range in ranges {
                var text = lines.isEmpty ? StyledText() : StyledText(indent)
                for cell in line[range] {
                    let run = runs[cell.run]
                    text.append(String(cell.scalar), run.style, mark: run.mark)
                }
                lines.append(text)
            }
            line = []
        }
        for (index, run) in runs.enumerated() {
            for scalar in VisibleText.lines(run.text).unicodeScalars {
                if scalar == "\n" {
                    end()
                } else {
                    line.append((scalar, index))
                }
            }
        }
        end()
        return lines
    }
}

extension StyledText: ExpressibleByStringLiteral {
    /// Plain words.
    public init(stringLiteral value: String) { self.init(value) }
}

/// Puts words one after the other.
func + (left: StyledText, right: StyledText) -> StyledText {
    var result = left
    result.append(right)
    return result
}

extension [StyledText] {
    /// The texts with `separator` between them.
    func joined(by separator: String) -> StyledText {
        var result = StyledText()
        for (index, text) in enumerated() {
            if index > 0 { result.append(separator) }
            result.append(text)
        }
        return result
    }
}
