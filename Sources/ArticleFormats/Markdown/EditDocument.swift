public import ArticleMerge
public import ArticleModel

/// An article as it is opened in an editor: front matter of the editable fields, then the body.
///
/// Unlike an import nothing of the body is tidied: what was not touched comes back as it was.
public struct EditDocument: Hashable, Sendable {
    /// The fields that have a value.
    public let fields: [Field: FieldValue]
    /// The tags.
    public let tags: Set<ScalarText>
    /// The summary.
    public let summary: ScalarText
    /// The body.
    public let body: ScalarText
    /// Whether the text had front matter; one without it says nothing of fields, tags and summary.
    public let hasFrontMatter: Bool

    /// The document of an article.
    public static func text(of state: ArticleState) -> String {
        var text = MarkdownExport.frontMatter(state) + "\n" + state.body.text.string
        text.append("\n")
        return text
    }

    /// Reads what an editor left behind.
    ///
    /// Line ends become LF. Front matter that is not understood is an error, so that no field is
    /// lost by a slip of the pen.
    public init(_ bytes: [UInt8]) throws(FormatError) {
        let lines = try Self.lines(of: bytes)
        let opensFrontMatter = lines.first?.text.trimmedEnd == "---"
        guard opensFrontMatter, let front = FrontMatter(lines) else {
            guard !opensFrontMatter else {
                throw FormatError(
                    .malformed,
                    "The front matter is not closed: a line “---” must stand behind it."
                )
            }
            self.init(body: Self.text(lines.map(\.text)))
            return
        }
        if let refused = front.refused.first {
            throw FormatError(
                .malformed,
                "The front matter has lines that are not understood: “\(refused)”. "
                    + "Write “name: value”, or “name: [one, two]”."
            )
        }
        var article = ImportedArticle()
        for entry in front.entries { article.take(entry) }
        var body = lines.dropFirst(front.lineCount).map(\.text)
        // The blank line that parts both.
        if body.first == "" { body.removeFirst() }
        let tags = article.tags.compactMap { ScalarText(UnicodeForms.composed($0.trimmed)) }
        self.init(
            fields: article.fieldValues,
            tags: Set(tags.filter { !$0.isEmpty }),
            summary: ScalarText(article.summary.joined(separator: "\n")) ?? .init(),
            body: Self.text(body),
            hasFrontMatter: true
        )
    }

    private init(
        fields: [Field: FieldValue] = [:],
        tags: Set<ScalarText> = [],
        summary: ScalarText = .init(),
        body: ScalarText,
        hasFrontMatter: Bool = false
    ) {
        self.fields = fields
        self.tags = tags
        self.summary = summary
        self.body = body
        self.hasFrontMatter = hasFrontMatter
    }

    /// The lines of a text; an empty one is more often a slip than a wish.
    private static func lines(of bytes: [UInt8]) throws(FormatError) -> [SourceText.RawLine] {
        do {
            return try SourceText(bytes, composing: false).lines
        } catch {
            guard error.code == .empty else { throw error }
            throw FormatError(.empty, "The text is empty, so nothing was changed.")
        }
    }

    /// The text of lines; editors end the last one.
    private static func text(_ lines: [String]) -> ScalarText {
        ScalarText(lines.joined(separator: "\n")) ?? .init()
    }
}

extension EditDocument {
    /// What was done to `before` to make this of it, in an article whose changes merge to `state`.
    public func operations(since before: EditDocument, in state: ArticleState) -> [Operation] {
        let edit = edit(since: before, in: state)
        return edit.operations
            + TextField.allCases.flatMap {
                TextDiff.operations(for: edit.hunks[$0] ?? [], in: $0)
            }
    }

    /// What was done to `before`, the document of `state`, to make this of it.
    ///
    /// A field is set only if its value differs, and texts become hunks by words, so that edits
    /// others make meanwhile stay apart from these; words rewritten close to each other are one
    /// hunk, unless a note is on part of them. What differs by normalisation only is no edit.
    public func edit(since before: EditDocument, in state: ArticleState) -> DocumentEdit {
        var operations: [Operation] = []
        var hunks: [TextField: [TextHunk]] = [:]
        if hasFrontMatter {
            for field in Set(fields.keys).union(before.fields.keys).sorted()
            where fields[field] != before.fields[field] {
                operations.append(.set(field, fields[field] ?? .absent))
            }
            for tag in tags.subtracting(before.tags).sorted() { operations.append(.addTag(tag)) }
            for tag in before.tags.subtracting(tags).sorted() {
                operations.append(.removeTag(tag))
            }
            hunks[.summary] = Self.hunks(to: summary, in: .summary, of: state)
        }
        hunks[.body] = Self.hunks(to: body, in: .body, of: state)
        return DocumentEdit(operations: operations, hunks: hunks.filter { !$0.value.isEmpty })
    }

    private static func hunks(
        to new: ScalarText,
        in field: TextField,
        of state: ArticleState
    ) -> [TextHunk] {
        let old = state.text(of: field).text
        guard old != new else { return [] }
        let scalars = old.scalars
        let hunks = TextDiff.hunks(from: old, to: new).filter { hunk in
            let end = hunk.position + hunk.deletedCount
            guard end <= scalars.count else { return true }
            let deleted = String(String.UnicodeScalarView(scalars[hunk.position..<end]))
            let (was, becomes) = (UnicodeForms.composed(deleted), hunk.inserted.string)
            return !was.utf8.elementsEqual(UnicodeForms.composed(becomes).utf8)
        }
        let noted = state.notes.notes.compactMap { note in
            if !note.isDeleted, case .text(field, let range) = state.resolve(note) {
                range
            } else {
                nil
            }
        }
        return TextDiff.joined(hunks, of: old, in: field, sparing: noted)
    }
}

/// What somebody did to an article in an editor.
public struct DocumentEdit: Hashable, Sendable {
    /// What became of fields and tags.
    public let operations: [Operation]
    /// What became of the texts, as they were shown.
    public let hunks: [TextField: [TextHunk]]

    /// Whether nothing was done.
    public var isEmpty: Bool { operations.isEmpty && hunks.isEmpty }
}
