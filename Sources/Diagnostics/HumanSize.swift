/// Amounts as people read them.
public enum HumanSize {
    /// Bytes in decimal units with three digits at most: `999 bytes`, `1.5 kB`, `20.4 MB`.
    public static func text(ofBytes count: Int) -> String {
        guard count >= 1000 else { return count == 1 ? "1 byte" : "\(count) bytes" }
        var tenths = count / 100 + (count % 100 >= 50 ? 1 : 0)
        var unit = 0
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        while tenths >= 9995, unit + 1 < units.count {
            tenths = tenths / 1000 + (tenths % 1000 >= 500 ? 1 : 0)
            unit += 1
        }
        // Three digits say enough: 1.5, 20.4, 416.
        guard tenths < 1000 else { return "\((tenths + 5) / 10) \(units[unit])" }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// A span of time with its fitting unit: `12 ms`, `1.7 s`, `3 min 5 s`, `2 h 4 min`.
    public static func text(ofMilliseconds milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        return switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(seconds).\(milliseconds / 100 % 10) s"
        case ..<3_600_000: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }

    /// A whole number with its digits in threes: `41,600,000`.
    public static func text(ofCount count: Int) -> String {
        let digits = String(count.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return count < 0 ? "-" + result : result
    }
}
