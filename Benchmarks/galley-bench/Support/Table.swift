/// A table for a terminal: columns as wide as their widest cell.
struct Table {
    private var rows: [[String]]
    private let textColumns: Set<Int>

    /// Columns of text stand to the left, those of numbers to the right.
    init(_ header: [String], textColumns: Set<Int> = [0]) {
        rows = [header]
        self.textColumns = textColumns
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    func print() {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        for (number, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                return textColumns.contains(column) ? cell + gap : gap + cell
            }
            let line = "  " + cells.joined(separator: "  ")
            Swift.print(
                line.prefix(
                    upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.endIndex
                )
            )
            if number == 0 {
                Swift.print(
                    "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
                )
            }
        }
    }
}

/// `value` with `digits` decimals.
func decimal(_ value: Double, _ digits: Int = 2) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    var text = String(rounded)
    let fraction = text.split(separator: ".").dropFirst().first?.count ?? 0
    if digits == 0 { return String(Int(rounded)) }
    text += String(repeating: "0", count: max(0, digits - fraction))
    return text
}

/// The middle one of `values` in order.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
