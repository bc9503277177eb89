import ArticleFormats
import ArticleMerge
import ArticleModel

/// How many words gave way to others.
struct WordCount {
    private var changed = 0
    private var added = 0
    private var deleted = 0

    mutating func add(before: ScalarText, after: ScalarText) {
        let before = before.wordCount
        let after = after.wordCount
        switch (before > 0, after > 0) {
        case (true, true): changed += max(before, after)
        case (false, true): added += after
        case (true, false): deleted += before
        case (false, false): break
        }
    }

    /// `4 words changed, 2 added`.
    var text: String {
        var parts: [String] = []
        for (count, what) in [(changed, "changed"), (added, "added"), (deleted, "deleted")]
        where count > 0 {
            parts.append(parts.isEmpty ? "\(counted(count, "word")) \(what)" : "\(count) \(what)")
        }
        return parts.isEmpty ? "spacing changed" : parts.joined(separator: ", ")
    }
}

extension ScalarText {
    /// Runs of letters between blanks; each ideograph counts.
    var wordCount: Int {
        var count = 0
        var isInside = false
        for scalar in scalars {
            let isBlank = scalar.properties.isWhitespace
            let isWide = !isBlank && UnicodeForms.columns(of: scalar) == 2
            if isWide || (!isBlank && !isInside) { count += 1 }
            isInside = !isBlank && !isWide
        }
        return count
    }

    /// Whether there is nothing to see.
    var isBlank: Bool { scalars.allSatisfy(\.properties.isWhitespace) }
}
