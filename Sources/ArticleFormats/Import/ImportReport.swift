public import ArticleModel

/// What a dry run of an import says of a file.
public enum ImportReport {
    /// One object: the file, and each article with what was found, dropped and doubted.
    public static func json(file: String, articles: [ImportedArticle]) -> JSONValue {
        ["file": .string(file), "articles": .array(articles.map(json))]
    }

    private static func json(_ article: ImportedArticle) -> JSONValue {
        [
            "title": .optional(article.title),
            "byline": .strings(article.byline),
            "date": .optional(article.bestDate?.iso8601),
            "text": .string(article.text),
            "summary": .strings(article.summary),
            "captions": .strings(article.captions),
            "dropped": .strings(article.dropped),
            "warnings": .strings(article.warnings),
        ]
    }
}

extension ImportedArticle {
    /// The date to show: that of publication, else of the last change; nil where neither can be
    /// read, not even by when the page was fetched.
    public var bestDate: ArticleDate.Reading? {
        let published = datesByFetching[.published] ?? published
        let updated = datesByFetching[.updated] ?? updated
        return published?.reading ?? updated?.reading
    }
}
