import ArticleFormats

/// Lines no wider than a terminal.
public enum TextWrapping {
    /// `text` in lines of at most `width` columns, broken at blanks, and between ideographs.
    ///
    /// Every line but the first begins with `indent`. A word wider than a line is cut.
    public static func wrap(_ text: String, width: Int, indent: String = "") -> String {
        let indentColumns = UnicodeForms.columns(of: indent)
        var lines: [String] = []
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            let scalars = Array(line)
            let ranges = lineRanges(
                scalars,
                width: max(8, width),
                indentColumns: indentColumns,
                isFirst: lines.isEmpty
            )
            lines += ranges.map { String(String.UnicodeScalarView(scalars[$0])) }
        }
        return lines.joined(separator: "\n" + indent)
    }

    /// `text` cut to `width` columns, with an ellipsis where something is left out.
    public static func cut(_ text: String, width: Int) -> String {
        guard UnicodeForms.columns(of: text) > width else { return text }
        var result = String.UnicodeScalarView()
        var columns = 0
        for scalar in text.unicodeScalars {
            columns += UnicodeForms.columns(of: scalar)
            if columns > width - 1 { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }

    /// `text` followed by blanks up to `width` columns.
    public static func pad(_ text: String, width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - UnicodeForms.columns(of: text)))
    }

    /// The lines of at most `width` columns that a line of scalars is broken into, as ranges of it.
    ///
    /// One at least. The blanks where it is broken are in none of them.
    /// `indentColumns` are taken off every line but the first, or off all where `isFirst` is false.
    static func lineRanges(
        _ scalars: [Unicode.Scalar],
        width: Int,
        indentColumns: Int,
        isFirst: Bool
    ) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var columns = 0
        func limit() -> Int { width - (lines.isEmpty && isFirst ? 0 : indentColumns) }
        func end(_ place: Int) {
            var last = place
            while last > start, scalars[last - 1] == " " { last -= 1 }
            lines.append(start..<last)
            columns = 0
        }
        for piece in pieces(of: scalars) {
            let pieceColumns = scalars[piece].reduce(0) { $0 + UnicodeForms.columns(of: $1) }
            let isBlank = scalars[piece.lowerBound] == " "
            if columns + (isBlank ? 0 : pieceColumns) > limit(), columns > 0 {
                end(piece.lowerBound)
                start = isBlank ? piece.upperBound : piece.lowerBound
                if isBlank { continue }
            }
            guard pieceColumns > limit() else {
                columns += pieceColumns
                continue
            }
            for index in piece {
                let scalarColumns = UnicodeForms.columns(of: scalars[index])
                if columns + scalarColumns > limit(), columns > 0 {
                    lines.append(start..<index)
                    start = index
                    columns = 0
                }
                columns += scalarColumns
            }
        }
        end(scalars.count)
        return lines
    }

    /// Runs of blanks, words, and single wide characters with the marks on them.
    private static func pieces(of scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        var wasWide = false
        for (index, scalar) in scalars.enumerated() {
            let columns = scalar.value < 0x80 ? 1 : UnicodeForms.columns(of: scalar)
            let isWide = columns == 2
            defer { if columns > 0 { wasWide = isWide } }
            guard index > start else { continue }
            let changes = (scalars[index - 1] == " ") != (scalar == " ")
            // A mark stays with what it is on.
            if changes || isWide || (wasWide && columns > 0) {
                pieces.append(start..<index)
                start = index
            }
        }
        if start < scalars.count { pieces.append(start..<scalars.count) }
        return pieces
    }
}
