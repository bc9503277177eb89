/// What a person typed to search for, as a query that SQLite's FTS5 always understands.
///
/// Words must all be found; words in double quotes in a row; a word that ends in `*` as the
/// beginning of a word. Everything else is taken as it stands: nothing typed is a faulty query.
struct SearchQuery {
    /// The query in FTS5's own syntax; nil where there is nothing to search for.
    let expression: String?

    /// Reads what was typed.
    init(_ text: String) {
        var terms: [String] = []
        var isQuoted = false
        for part in text.split(separator: "\"", omittingEmptySubsequences: false) {
            if isQuoted {
                terms.append(contentsOf: Self.phrase(String(part)))
            } else {
                for word in part.split(whereSeparator: \.isWhitespace) {
                    terms.append(contentsOf: Self.phrase(String(word)))
                }
            }
            isQuoted.toggle()
        }
        expression = terms.isEmpty ? nil : terms.joined(separator: " AND ")
    }

    /// A phrase, or nothing where FTS5 would find no word in it and so match no article.
    private static func phrase(_ text: String) -> [String] {
        let scalars = text.unicodeScalars.filter { $0.value != 0 }
        guard scalars.contains(where: { $0.properties.isAlphabetic || $0.isDigit }) else {
            return []
        }
        let isPrefix = text.hasSuffix("*")
        return ["\"\(String(String.UnicodeScalarView(scalars)))\"" + (isPrefix ? "*" : "")]
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { properties.numericType != nil }
}
