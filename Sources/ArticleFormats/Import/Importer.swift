import ArticleModel

/// Reads articles out of the bytes of a file.
public enum Importer {
    /// What can be said to an import.
    public struct Options: Hashable, Sendable {
        /// The format; nil to go by name and content.
        public var format: ImportFormat?
        /// Whether a text page may hold several articles.
        public var splits = true
        /// When the page was fetched, in milliseconds since 1970; dates "5 sec ago" and the like.
        public var fetchedAtMilliseconds: Int64?

        /// The usual options.
        public init(
            format: ImportFormat? = nil,
            splits: Bool = true,
            fetchedAtMilliseconds: Int64? = nil
        ) {
            self.format = format
            self.splits = splits
            self.fetchedAtMilliseconds = fetchedAtMilliseconds
        }
    }

    /// The articles in `bytes`, at least one, in the order of the file.
    ///
    /// `name` helps to tell the format and is nowhere kept. O(bytes).
    public static func articles(
        from bytes: [UInt8],
        name: String,
        options: Options = Options()
    ) throws(FormatError) -> [ImportedArticle] {
        let source = try SourceText(bytes)
        let format = options.format ?? .guess(name: name, source: source)
        var articles: [ImportedArticle]
        switch format {
        case .textPage:
            articles = TextPage(source).articles(splits: options.splits).map(\.article)
        case .markdown: articles = [MarkdownDocument.article(source)]
        case .plainText: articles = [PlainTextDocument.article(source)]
        }
        for index in articles.indices {
            articles[index].parser = format.parser
            articles[index].dateRelatively(fetchedAt: options.fetchedAtMilliseconds)
        }
        return articles
    }
}

extension ImportedArticle {
    /// Reads relative dates by when the page was fetched, or warns that they stay words.
    fileprivate mutating func dateRelatively(fetchedAt: Int64?) {
        for (field, date) in [(Field.published, published), (Field.updated, updated)] {
            guard let date, date.reading == nil else { continue }
            guard let relative = RelativeTime.find(in: date.raw.string) else { continue }
            // The warning is part of the seed, so it stands there whether or not the time of
            // fetching is known: the seed must be the same for everybody.
            warnings.append("“\(date.raw.string)” is a relative date: when is not in the page")
            if let fetchedAt, let reading = relative.reading(fetchedAt: fetchedAt) {
                datesByFetching[field] = ArticleDate(raw: date.raw, reading: reading)
            }
        }
    }
}
