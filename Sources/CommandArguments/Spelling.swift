/// Guesses what was meant by a name that fits nothing.
enum Spelling {
    /// ` Did you mean 'list'?`, or an empty text where nothing is near.
    static func suggestion(for word: String, among names: [String], prefix: String = "") -> String {
        guard let best = nearest(to: word, among: names) else { return "" }
        return " Did you mean '\(prefix)\(best)'?"
    }

    /// The name with the fewest slips of the fingers between it and `word`.
    static func nearest(to word: String, among names: [String]) -> String? {
        // Nobody mistypes a name a hundred letters long: bound the work for hostile input.
        guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
        let letters = Array(word.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for name in names {
            let target = Array(name.utf8)
            var distance = slips(letters, target)
            // `inv` for `invite`: cut short rather than mistyped.
            if letters.count >= 3, target.starts(with: letters) { distance = min(distance, 1) }
            let allowed = max(1, min(letters.count, target.count) / 3)
            if distance <= allowed, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            row.reserveCapacity(right.count + 1)
            for (j, b) in right.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }

    /// `word` as it may be printed to a terminal: control characters shown as `?`.
    static func printable(_ word: String) -> String {
        String(
            String.UnicodeScalarView(
                word.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar
                }
            )
        )
    }
}
