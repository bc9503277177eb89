public import ArticleMerge
public import ArticleModel

/// Writes an article as Markdown with front matter.
///
/// Importing the file again gives the same blocks and the shown values of the same fields; notes
/// stand behind a marker and are for people alone.
public enum MarkdownExport {
    /// The article, as it is shown, as one file, with its notes at the end where `names` are given.
    ///
    /// `remarks` become comments of the front matter, which an import leaves out.
    public static func text(
        _ state: ArticleState,
        notesBy names: ArticleNames?,
        remarks: [String] = []
    ) -> String {
        var text = frontMatter(state)
        if !remarks.isEmpty {
            let comments = remarks.map { remark in
                "# " + remark.split(separator: "\n").joined(separator: " ") + "\n"
            }
            text = "---\n" + comments.joined() + text.dropFirst(4)
        }
        text += "\n"
        let body = state.body.text.string
        text += body
        if !body.isEmpty { text += "\n" }
        let notes = names.map { MarkdownNotes.lines(state, names: $0) } ?? []
        // A body that has the marker itself needs one more, so that nothing of it is cut off.
        let hasMarker = body.split(separator: "\n").contains {
            $0.trimmedEnd == MarkdownDocument.notesMarker
        }
        if hasMarker || !notes.isEmpty {
            text += "\n" + MarkdownDocument.notesMarker + "\n"
            text += notes.map { $0 + "\n" }.joined()
        }
        return text
    }

    /// The fields that can be edited, between two lines `---`.
    public static func frontMatter(_ state: ArticleState) -> String {
        var lines = ["---"]
        // Always there: without it the first heading of the body would become the title.
        lines += scalar("title", state.shownValue(of: .title).words)
        for field in [Field.byline, .dateline] {
            lines += entry(field.name, state.shownValue(of: field))
        }
        for field in [Field.published, .updated] {
            lines += date(field.name, state.shownValue(of: field))
        }
        for field in [Field.sourceURL, .language] {
            lines += entry(field.name, state.shownValue(of: field))
        }
        let tags = state.tags.tags.map(\.string)
        if !tags.isEmpty { lines += list("tags", tags) }
        lines += entry(Field.topics.name, state.shownValue(of: .topics))
        lines += entry(Field.captions.name, state.shownValue(of: .captions))
        let summary = state.summary.text
        if !summary.isEmpty {
            let points = summary.string.split(separator: "\n", omittingEmptySubsequences: false)
            lines += block("summary", points.map(String.init))
        }
        for register in state.fields {
            guard case .custom(let name) = register.field else { continue }
            lines += entry(MarkdownFields.key(ofCustom: name.string), register.register.shown)
        }
        return (lines + ["---", ""]).joined(separator: "\n")
    }

    // MARK: Entries

    private static func entry(_ key: String, _ value: FieldValue) -> [String] {
        switch value {
        case .absent: []
        case .text(let text): scalar(key, text.string)
        case .date: date(key, value)
        case .list(let texts):
            texts.contains { $0.utf8.count > 40 }
                ? block(key, texts.map(\.string)) : list(key, texts.map(\.string))
        }
    }

    private static func scalar(_ key: String, _ text: String) -> [String] {
        ["\(MarkdownFields.quotedKey(key)): \(MarkdownFields.scalar(text))"]
    }

    private static func list(_ key: String, _ items: [String]) -> [String] {
        let items = items.map(MarkdownFields.scalar).joined(separator: ", ")
        return ["\(MarkdownFields.quotedKey(key)): [\(items)]"]
    }

    private static func block(_ key: String, _ items: [String]) -> [String] {
        ["\(MarkdownFields.quotedKey(key)):"] + items.map { "  - \(MarkdownFields.scalar($0))" }
    }

    /// A date in ISO 8601, and the words it was found in where they say it otherwise.
    private static func date(_ key: String, _ value: FieldValue) -> [String] {
        guard case .date(let date) = value else { return entry(key, value) }
        guard let reading = date.reading else { return scalar(key, date.raw.string) }
        let iso = reading.iso8601
        let lines = ["\(MarkdownFields.quotedKey(key)): \(iso)"]
        if date.raw.string == iso || date.raw.isEmpty { return lines }
        return lines + scalar(key + "_text", date.raw.string)
    }
}

extension FieldValue {
    /// The value as words on one line.
    public var words: String {
        switch self {
        case .absent: ""
        case .text(let text): text.string
        case .list(let texts): texts.map(\.string).joined(separator: ", ")
        case .date(let date): date.reading?.iso8601 ?? date.raw.string
        }
    }
}
