import ArticleFormats
import ArticleModel

/// A dry run: says what would come in, and needs no library.
final class ImportPreview: ImportTarget {
    private var documents: [JSONValue] = []

    override func take(_ articles: [ImportedArticle], from path: String, bytes: [UInt8]) throws {
        // What would be refused later is refused here as well.
        let source = Identifier32<SourceTag>(Array(repeating: 0, count: 32))
        if let source { for article in articles { _ = try article.seed(source: source) } }
        let report = ImportReport.json(file: path, articles: articles)
        switch client.output.form {
        case .ndjson: client.output.json(report)
        case .json: documents.append(report)
        case .text: show(articles, path)
        }
    }

    override func refuse(_ path: String, _ error: ClientError) {
        let report: JSONValue = [
            "file": .string(path), "articles": [], "error": .string(error.message),
        ]
        switch client.output.form {
        case .ndjson: client.output.json(report)
        case .json: documents.append(report)
        case .text: super.refuse(path, error)
        }
    }

    override func finish() throws {
        guard client.output.form == .json else { return }
        client.output.json(["schema": "galley.import-preview/1", "files": .array(documents)])
    }

    private func show(_ articles: [ImportedArticle], _ path: String) {
        let output = client.output
        output.print("\(VisibleText.line(path)): \(counted(articles.count, "article"))")
        for article in articles {
            output.print()
            output.paragraph(article.title ?? "(no title)", indent: "  ")
            func line(_ name: String, _ values: [String]) {
                for value in values { output.paragraph("\(name): \(value)", indent: "    ") }
            }
            line("byline", article.byline)
            line("date", [article.bestDate?.iso8601].compactMap { $0 })
            line("dateline", [article.dateline?.place].compactMap { $0 })
            line("caption", article.captions)
            line("summary", article.summary)
            line("tag", article.tags)
            line("topic", article.topics)
            line(
                "text",
                [
                    "\(counted(article.paragraphs.count, "paragraph")), "
                        + "\(article.text.unicodeScalars.count) characters"
                ]
            )
            line("dropped", article.dropped)
            line("doubt", article.warnings)
        }
    }
}
