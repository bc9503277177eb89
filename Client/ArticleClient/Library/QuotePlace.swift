import ArticleFormats
import ArticleMerge
import ArticleModel

/// Where words that a person quotes stand in an article.
struct QuotePlace {
    /// What a note on them is about.
    let target: AnnotationTarget
    /// The words with what is around them.
    let quote: Quote

    /// Finds the words in body, summary, title or captions; `occurrence`, from 1, picks one of several.
    static func find(
        _ words: String,
        in state: ArticleState,
        occurrence: Int?
    ) throws -> QuotePlace {
        guard let wanted = ScalarText(UnicodeForms.composed(words)), !wanted.isEmpty else {
            throw ClientError(.usage, "quote.empty", "The quote is empty.")
        }
        let places = places(of: wanted, in: state)
        guard let first = places.first else {
            throw ClientError(
                .notFound,
                "quote.unknown",
                "“\(words)” does not stand in the article, letter for letter.",
                hint: "galley show ID shows its text"
            )
        }
        if let occurrence {
            guard occurrence <= places.count else {
                throw ClientError(
                    .notFound,
                    "quote.occurrence",
                    "“\(words)” stands in the article \(places.count) times, not \(occurrence)."
                )
            }
            return places[occurrence - 1]
        }
        guard places.count == 1 else {
            let lines = zip(1..., places.prefix(9)).map { number, place in
                let quote = place.quote
                return "  \(number)  …\(quote.prefix)[\(quote.exact)]\(quote.suffix)…"
                    .replacingLineEnds
            }
            throw ClientError(
                .usage,
                "quote.ambiguous",
                "“\(words)” stands in the article \(places.count) times; say which by "
                    + "--occurrence N:\n" + lines.joined(separator: "\n")
            )
        }
        return first
    }

    private static func places(of words: ScalarText, in state: ArticleState) -> [QuotePlace] {
        var places: [QuotePlace] = []
        for field in [TextField.body, .summary] {
            let text = state.text(of: field).text
            for range in text.occurrences(of: words) {
                guard let target = state.target(of: range, in: field),
                    let quote = text.quote(of: range)
                else { continue }
                places.append(QuotePlace(target: target, quote: quote))
            }
        }
        for field in [Field.title, .captions] {
            guard let entry = state.register(of: field)?.entries.first else { continue }
            for (item, text) in texts(of: entry.value).enumerated() {
                for range in text.occurrences(of: words) {
                    guard let quote = text.quote(of: range) else { continue }
                    let target = AnnotationTarget.field(
                        field,
                        value: entry.stamp.change,
                        item: UInt32(clamping: item),
                        range: UInt32(
                            clamping: range.lowerBound
                        )..<UInt32(clamping: range.upperBound)
                    )
                    places.append(QuotePlace(target: target, quote: quote))
                }
            }
        }
        return places
    }

    private static func texts(of value: FieldValue) -> [ScalarText] {
        switch value {
        case .text(let text): [text]
        case .list(let texts): texts
        case .absent, .date: []
        }
    }
}

extension String {
    fileprivate var replacingLineEnds: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\n" ? " " : $0 }))
    }
}
