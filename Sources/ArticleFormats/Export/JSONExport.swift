public import ArticleMerge
public import ArticleModel

/// Writes an article as JSON, with every value of every field.
public enum JSONExport {
    /// The article, as it is shown, as a document of schema `galley.article/1`; with the conflicts
    /// that are open in it.
    public static func article(
        _ state: ArticleState,
        names: ArticleNames,
        conflicts: [JSONValue] = []
    ) -> JSONValue {
        .object(
            [
                .init("schema", "galley.article/1"),
                .init("id", .string(state.article.handle)),
                .init("title", .string(state.shownValue(of: .title).words)),
                .init("deleted", .bool(state.isDeleted)),
                .init("fields", .object(state.fields.map(field))),
                .init("tags", .strings(state.tags.tags.map(\.string))),
                .init("summary", .string(state.summary.text.string)),
                .init("body", .string(state.body.text.string)),
                .init(
                    "notes",
                    .array(
                        state.notes.notes.filter(\.isShown).map {
                            note($0, in: state, names: names)
                        }
                    )
                ),
                .init("conflicts", .array(conflicts)),
                .init("provenance", state.provenance.map(provenance) ?? .null),
                .init("heads", .strings(state.heads.map(\.description))),
            ]
        )
    }

    /// A note with its replies, its words, and where they stand now.
    public static func note(
        _ note: Note,
        in state: ArticleState,
        names: ArticleNames
    ) -> JSONValue {
        let target = state.resolve(note)
        var selectors: [JSONValue] = []
        if !note.quote.exact.isEmpty {
            selectors.append([
                "type": "TextQuoteSelector", "exact": .string(note.quote.exact.string),
                "prefix": .string(note.quote.prefix.string),
                "suffix": .string(note.quote.suffix.string),
            ])
        }
        var place: JSONValue = .null
        switch target {
        case .article: place = "article"
        case .orphan: break
        case .text(let field, let range):
            place = .string(field == .summary ? "summary" : "body")
            selectors.append(position(range))
        case .field(let field, _, let item, let range):
            place = .string("\(field.name)/\(item)")
            selectors.append(position(range))
        }
        return [
            "id": .string(note.id.handle), "kind": .string("\(note.kind)"),
            "author": .string(names.user(note.author)),
            "time": .string(ArticleDate.utcText(milliseconds: note.timeMilliseconds)),
            "state": .string("\(note.state.shown)"), "orphan": .bool(target == .orphan),
            "target": place, "selectors": .array(selectors),
            "text": note.isDeleted ? .null : .string(note.text.shown.string),
            "texts": note.isDeleted ? [] : .strings(note.text.values.map(\.string)),
            "tags": .strings(note.tags.tags.map(\.string)),
            "replies": .array(
                note.replies.filter { !$0.isDeleted }.map { reply in
                    [
                        "id": .string(reply.id.handle), "author": .string(names.user(reply.author)),
                        "time": .string(ArticleDate.utcText(milliseconds: reply.timeMilliseconds)),
                        "text": .string(reply.text.shown.string),
                    ]
                }
            ),
        ]
    }

    /// A field's value: a string, an array of strings, or a date as found and as read.
    public static func value(_ value: FieldValue) -> JSONValue {
        switch value {
        case .absent: .null
        case .text(let text): .string(text.string)
        case .list(let texts): .strings(texts.map(\.string))
        case .date(let date):
            ["found": .string(date.raw.string), "date": .optional(date.reading?.iso8601)]
        }
    }

    private static func field(_ field: FieldRegister) -> JSONValue.Member {
        .init(
            field.field.name,
            [
                "value": value(field.register.shown),
                "values": .array(field.register.values.map(value)),
            ]
        )
    }

    private static func position(_ range: Range<Int>) -> JSONValue {
        [
            "type": "TextPositionSelector", "start": .integer(Int64(range.lowerBound)),
            "end": .integer(Int64(range.upperBound)),
        ]
    }

    private static func provenance(_ provenance: Provenance) -> JSONValue {
        [
            "source": .string(provenance.source.description),
            "range": [
                .integer(Int64(clamping: provenance.range.lowerBound)),
                .integer(Int64(clamping: provenance.range.upperBound)),
            ],
            "parser": .string(provenance.parser.string),
            "warnings": .strings(provenance.warnings.map(\.string)),
            "dropped": .strings(provenance.dropped.map(\.string)),
        ]
    }
}

extension Note {
    /// Whether there is anything left to show of it.
    public var isShown: Bool { !isDeleted || replies.contains { !$0.isDeleted } }
}

extension AnnotationID {
    /// The letters people may type a prefix of: those of the change, and which of its notes where
    /// it made several.
    public var handle: String { index == 0 ? change.handle : "\(change.handle).\(index)" }
}
