public import ArticleModel

extension ImportedArticle {
    /// The seed of the article, of a file whose SHA-256 is `source`.
    ///
    /// The same bytes through the same parser give the same seed, whatever the file is called and
    /// whenever it is read.
    public func seed(source: Identifier32<SourceTag>) throws(FormatError) -> Seed {
        let body = Self.text(text)
        let summaryText = Self.text(summary.joined(separator: "\n"))
        for text in [body, summaryText] where text.scalarCount > Limits.textScalarCountMax {
            throw FormatError(
                .tooLarge,
                "The article \(quoted) has \(text.scalarCount) characters; one text may have "
                    + "\(Limits.textScalarCountMax). Split it before importing."
            )
        }
        let seed = Seed(
            nonce: nil,
            fields: fieldValues.map { Seed.FieldEntry($0.key, $0.value) },
            summary: summaryText,
            body: body,
            provenance: Provenance(
                source: source,
                range: UInt64(range.lowerBound)..<UInt64(range.upperBound),
                parser: Self.text(parser),
                warnings: warnings.map(Self.text),
                dropped: dropped.map(Self.text)
            )
        )
        try checkSize(of: seed)
        return seed
    }

    /// The fields that have a value; of several values for one the last.
    var fieldValues: [Field: FieldValue] {
        var fields: [Field: FieldValue] = [:]
        fields[.title] = title.flatMap(Self.value)
        fields[.byline] = Self.list(byline)
        fields[.dateline] = dateline.flatMap {
            Self.list([$0.place] + ($0.agency.map { [$0] } ?? []))
        }
        fields[.published] = published.map(FieldValue.date)
        fields[.updated] = updated.map(FieldValue.date)
        fields[.sourceURL] = sourceURL.flatMap(Self.value)
        fields[.language] = language.flatMap(Self.value)
        fields[.captions] = Self.list(captions)
        fields[.topics] = Self.list(topics)
        for custom in customFields {
            guard let field = Field(name: Self.text(custom.name)) else { continue }
            fields[field] = custom.value
        }
        return fields
    }

    /// What follows the seed in a change of its own: the file's tags and `tags`, and the dates
    /// that hang on when the page was fetched.
    public func operationsAfterSeed(tags added: [String] = []) -> [Operation] {
        let texts = (tags + added).map { Self.text(UnicodeForms.composed($0.trimmed)) }
        var operations = Set(texts).filter { !$0.isEmpty }.sorted().map(Operation.addTag)
        for (field, date) in datesByFetching.sorted(by: { $0.key < $1.key }) {
            operations.append(.set(field, .date(date)))
        }
        return operations
    }

    /// Signing refuses bodies over the limit; saying so here names the article.
    private func checkSize(of seed: Seed) throws(FormatError) {
        let provenance = seed.provenance.map { $0.warnings + $0.dropped } ?? []
        let size =
            seed.body.utf8.count + seed.summary.utf8.count
            + provenance.reduce(0) { $0 + $1.utf8.count + 8 }
        guard size <= Limits.bodySizeMax - 64 * 1024 else {
            throw FormatError(
                .tooLarge,
                "The article \(quoted) takes \(size) bytes; one may take "
                    + "\(Limits.bodySizeMax - 64 * 1024). Split it before importing."
            )
        }
    }

    private var quoted: String { title.map { "“\($0.prefix(60))”" } ?? "without a title" }

    /// A text of what was read; NUL is refused and CR turned to LF long before.
    private static func text(_ string: String) -> ScalarText { ScalarText(string) ?? .init() }

    private static func value(_ string: String) -> FieldValue? {
        let text = text(string)
        return text.isEmpty ? nil : .text(text)
    }

    private static func list(_ strings: [String]) -> FieldValue? {
        let texts = strings.map(text).filter { !$0.isEmpty }
        return texts.isEmpty ? nil : .list(texts)
    }
}
