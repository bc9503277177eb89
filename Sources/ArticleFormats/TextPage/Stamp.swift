import ArticleModel

/// A line that says when an article was published or changed.
struct Stamp {
    /// When it was published, or a date of which nothing more is said.
    var published: ArticleDate?
    /// When it was changed.
    var updated: ArticleDate?
    /// Whether the line has a word such as "Updated" on it.
    let isWorded: Bool
    /// Whether a date on it can be read with day and month in either order.
    let isAmbiguous: Bool
    /// Words on it that are no part of a date: often a name.
    let otherWordCount: Int

    /// Reads a line; nil where it is no stamp.
    init?(_ line: Line) {
        guard line.hasDigit, line.scalarCount <= Self.scalarCountMax, !line.key.isEmpty else {
            return nil
        }
        let tokens = Token.tokens(of: line.key)
        let dates = DateReader(tokens).findings()
        let relative = dates.isEmpty ? RelativeTime.find(in: line.text) : nil
        guard !dates.isEmpty || relative != nil else { return nil }

        let updates = Self.places(of: Lexicon.updateWords, in: tokens)
        let publications = Self.places(of: Lexicon.publicationWords, in: tokens)
        isWorded = !updates.isEmpty || !publications.isEmpty
        isAmbiguous = dates.contains(where: \.isAmbiguous)

        var others = 0
        for (index, token) in tokens.enumerated() {
            guard let word = token.word, !MonthNames.weekdays.contains(word) else { continue }
            if dates.contains(where: { $0.tokens.contains(index) }) { continue }
            others += 1
        }
        if let relative { others -= relative.words.split(separator: " ").count - 1 }
        others -= updates.count + publications.count
        otherWordCount = max(0, others)
        let ideographs = line.ideographCount
        guard otherWordCount - ideographs / 2 <= (isWorded ? 8 : 6) else { return nil }
        if line.endsSentence && !isWorded && otherWordCount > 3 { return nil }

        guard let raw = ScalarText(line.text) else { return nil }
        if relative != nil {
            let date = ArticleDate(raw: raw, reading: nil)
            if updates.isEmpty { published = date } else { updated = date }
        }
        for date in dates {
            let start = date.tokens.lowerBound
            let lastUpdate = updates.last { $0 <= start } ?? -1
            let lastPublication = publications.last { $0 <= start } ?? -1
            let value = ArticleDate(raw: raw, reading: date.reading)
            if lastUpdate > lastPublication {
                updated = updated ?? value
            } else {
                published = published ?? value
            }
        }
    }

    private static let scalarCountMax = 160

    /// Where the phrases begin.
    private static func places(of phrases: [[Token]], in tokens: [Token]) -> [Int] {
        tokens.indices.filter { index in
            phrases.contains { tokens[index...].starts(with: $0) }
        }
    }
}
