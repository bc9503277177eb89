import ArticleFormats

/// Lines no wider than a terminal.
public enum TextWrapping {
    /// `text` in lines of at most `width` columns, broken at blanks, and between ideographs.
    ///
    /// Every line but the first begins with `indent`. A word wider than a line is cut.
    public static func wrap(_ text: String, width: Int, indent: String = "") -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { wrapLine(String($0), width: max(8, width), indent: indent) }
            .joined(separator: "\n" + indent)
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

    private static func wrapLine(_ text: String, width: Int, indent: String) -> String {
        var lines: [String] = []
        var line = ""
        var columns = 0
        let indentColumns = UnicodeForms.columns(of: indent)
        func limit() -> Int { width - (lines.isEmpty ? 0 : indentColumns) }
        for piece in pieces(of: text) {
            let pieceColumns = UnicodeForms.columns(of: piece)
            let isBlank = piece.utf8.first == 0x20
            if columns + (isBlank ? 0 : pieceColumns) > limit(), columns > 0 {
                lines.append(line.trimmed(ofTrailing: 0x20))
                line = ""
                columns = 0
                if isBlank { continue }
            }
            guard pieceColumns > limit() else {
                line += piece
                columns += pieceColumns
                continue
            }
            for scalar in piece.unicodeScalars {
                let scalarColumns = UnicodeForms.columns(of: scalar)
                if columns + scalarColumns > limit(), columns > 0 {
                    lines.append(line)
                    line = ""
                    columns = 0
                }
                line.unicodeScalars.append(scalar)
                columns += scalarColumns
            }
        }
        return (lines + [line.trimmed(ofTrailing: 0x20)]).joined(separator: "\n" + indent)
    }

    /// Runs of blanks, words, and single wide characters.
    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        func end() {
            if !piece.isEmpty { pieces.append(String(piece)) }
            piece = .init()
        }
        for scalar in text.unicodeScalars {
            let isWide = UnicodeForms.columns(of: scalar) == 2
            if let last = piece.last {
                let changes = (last == " ") != (scalar == " ")
                if changes || isWide { end() }
            }
            piece.append(scalar)
            if isWide { end() }
        }
        end()
        return pieces
    }
}
