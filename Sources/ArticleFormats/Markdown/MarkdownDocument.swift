import ArticleModel

/// A Markdown file: front matter, if any, and the body as it stands.
enum MarkdownDocument {
    /// The line from which on an export lists the notes; it shows nothing in a rendered page.
    static let notesMarker = "<!-- galley:notes -->"

    /// The one article of a file.
    static func article(_ source: SourceText) -> ImportedArticle {
        var article = ImportedArticle()
        article.range = 0..<source.size
        let front = FrontMatter(source.lines)
        var lines = source.lines.dropFirst(front?.lineCount ?? 0).map(\.text)
        if let marker = lines.lastIndex(where: { $0.trimmedEnd == notesMarker }) {
            let notes = lines[(marker + 1)...].joined(separator: "\n").trimmed
            if !notes.isEmpty {
                article.dropped.append(notes)
                article.warnings.append("the notes listed at the end are left out")
            }
            lines.removeSubrange(marker...)
        }
        article.paragraphs = MarkdownBlocks.blocks(lines)
        guard let front else {
            liftTitle(&article)
            return article
        }
        var hasTitle = false
        for entry in front.entries {
            hasTitle = hasTitle || entry.key == "title"
            article.take(entry)
        }
        for refused in front.refused {
            article.dropped.append(refused)
            let key = refused.split(separator: ":").first.map(String.init) ?? refused
            article.warnings.append("front matter “\(key.trimmed)” is not understood")
        }
        if !hasTitle { liftTitle(&article) }
        return article
    }

    /// Takes a heading that opens the text as the title.
    private static func liftTitle(_ article: inout ImportedArticle) {
        guard let first = article.paragraphs.first, first.hasPrefix("# "), !first.contains("\n")
        else { return }
        article.title = first.dropFirst(2).trimmed
        article.paragraphs.removeFirst()
    }
}

extension ImportedArticle {
    /// Takes an entry of the front matter as a field.
    mutating func take(_ entry: FrontMatter.Entry) {
        let words = entry.value.joined
        let items = entry.value.items
        switch entry.key.lowercased() {
        case "title": title = words.isEmpty ? nil : words
        case "byline", "author", "authors": byline += items
        case "dateline":
            if let place = items.first {
                dateline = Dateline(place: place, agency: items.dropFirst().first)
            }
        case "date", "published": published = ArticleDate(words: words) ?? published
        case "updated", "modified", "lastmod": updated = ArticleDate(words: words) ?? updated
        case "published_text": published = published.map { $0.found(as: words) }
        case "updated_text": updated = updated.map { $0.found(as: words) }
        case "source", "url", "link": sourceURL = words.isEmpty ? nil : words
        case "language", "lang": language = words.isEmpty ? nil : words
        case "captions": captions += items
        case "topics", "keywords", "categories": topics += items
        case "tags": tags += entry.value.tags
        case "summary", "description":
            if case .list(let lines) = entry.value {
                summary += lines
            } else if !words.isEmpty {
                summary += words.split(separator: "\n", omittingEmptySubsequences: false)
                    .map(String.init)
            }
        default: takeCustom(entry)
        }
    }

    private mutating func takeCustom(_ entry: FrontMatter.Entry) {
        var name = entry.key
        if name.hasPrefix(MarkdownFields.customPrefix) {
            name = String(name.dropFirst(MarkdownFields.customPrefix.count))
        }
        switch entry.value {
        case .scalar(let text):
            guard !text.isEmpty, let value = ScalarText(text) else { return }
            customFields.append(.init(name: name, value: .text(value)))
        case .list(let items):
            let values = items.compactMap { ScalarText($0) }.filter { !$0.isEmpty }
            guard !values.isEmpty else { return }
            customFields.append(.init(name: name, value: .list(values)))
        }
    }
}

extension ArticleDate {
    /// The same reading under the words a page had for it.
    fileprivate func found(as words: String) -> ArticleDate {
        ArticleDate(raw: ScalarText(words) ?? raw, reading: reading)
    }
}

extension FrontMatter.Value {
    fileprivate var joined: String {
        switch self {
        case .scalar(let text): text
        case .list(let items): items.joined(separator: ", ")
        }
    }

    fileprivate var items: [String] {
        switch self {
        case .scalar(let text): text.isEmpty ? [] : [text]
        case .list(let items): items.filter { !$0.isEmpty }
        }
    }

    /// Tags: a list, or words parted by commas.
    fileprivate var tags: [String] {
        switch self {
        case .scalar(let text): text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        case .list(let items): items.map(\.trimmed).filter { !$0.isEmpty }
        }
    }
}
