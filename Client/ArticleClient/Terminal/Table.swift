import ArticleFormats

/// Rows of cells in columns that line up.
struct Table {
    private var rows: [[String]] = []

    /// Adds a row; its cells are made visible and put on one line.
    mutating func add(_ cells: [String]) { rows.append(cells.map { VisibleText.line($0) }) }

    /// The rows as lines of at most `width` columns: `flexible`, the column that can be cut, gives
    /// way; other columns are as wide as their widest cell.
    func lines(width: Int?, flexible: Int) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        var widths = (0..<count).map { column in
            rows.map { column < $0.count ? UnicodeForms.columns(of: $0[column]) : 0 }.max() ?? 0
        }
        if let width, flexible < count {
            let others = widths.enumerated().reduce(0) {
                $0 + ($1.offset == flexible ? 0 : $1.element + 2)
            }
            widths[flexible] = min(widths[flexible], max(16, width - others))
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let cut = TextWrapping.cut(cell, width: widths[column])
                return column == row.count - 1 ? cut : TextWrapping.pad(cut, width: widths[column])
            }
            return cells.joined(separator: "  ")
        }
    }
}
