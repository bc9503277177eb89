import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley set`.
enum SetCommand: Command {
    static let description = CommandDescription(
        "set",
        "set fields of an article",
        discussion: """
            Fields are title, byline, dateline, published, updated, source, language, captions, \
            topics, and any name of your own. Several authors, captions or topics are parted by \
            semicolons. An empty value clears the field. Where a field has several values because \
            people set it at the same time, setting it decides.
            """,
        arguments: [
            ArgumentDescription("id", "the article"),
            ArgumentDescription("field=value", "what to set", count: .oneOrMore),
        ],
        examples: [
            CommandExample("galley set k7qd 'byline=Ada Moss; Ben Okoro'", "two authors"),
            CommandExample(
                "galley set k7qd published=2025-06-03 mood=bright",
                "a date, and a field of your own"
            ),
            CommandExample("galley set k7qd language=", "clears it"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        var operations: [Operation] = []
        var names: [String] = []
        for assignment in line.arguments("field=value") {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw line.misuse("“\(assignment)” is no FIELD=VALUE.")
            }
            let name = String(assignment[..<equals])
            let value = String(assignment[assignment.index(after: equals)...])
            let (field, fieldValue) = try Self.value(name, value, line)
            operations.append(.set(field, fieldValue))
            names.append(field.name)
        }
        let library = try OpenLibrary(client)
        let summary = try library.article(line.required("id"))
        let result = try library.commit([.edit(summary.id, operations)])
        try report(client, library, summary, result, names.joined(separator: ", ") + " set")
        return .done
    }

    private static func value(
        _ name: String,
        _ text: String,
        _ line: ParsedCommand
    ) throws -> (Field, FieldValue) {
        let folded = name.lowercased()
        if ["summary", "body", "tags", "tag"].contains(folded) {
            let command = folded.hasPrefix("tag") ? "tag" : "edit"
            throw line.misuse("“\(name)” is no field; use 'galley \(command)' for it.")
        }
        guard let key = ScalarText(UnicodeForms.composed(name)), let field = Field(name: key) else {
            throw line.misuse("“\(name)” is no name for a field.")
        }
        return (field, try Self.value(of: field, text))
    }

    /// The value that a person means by words.
    static func value(of field: Field, _ text: String) throws -> FieldValue {
        let composed = UnicodeForms.composed(text)
        guard let value = ScalarText(composed) else {
            throw ClientError(
                .usage,
                "usage",
                "The value of “\(field.name)” has characters no text may have (NUL, CR)."
            )
        }
        guard !value.isEmpty else { return .absent }
        switch field {
        case .byline, .dateline, .captions, .topics:
            let items = composed.split(separator: ";").compactMap { ScalarText(blankless($0)) }
            return .list(items.filter { !$0.isEmpty })
        case .published, .updated:
            guard let date = ArticleDate(words: composed), date.reading != nil else {
                throw ClientError(
                    .usage,
                    "usage",
                    "“\(text)” is no date: write it as 2025-06-03, or 2025-06-03T14:30+02:00."
                )
            }
            return .date(date)
        case .title, .sourceURL, .language, .custom: return .text(value)
        }
    }

    private static func blankless(_ text: Substring) -> String {
        let scalars = text.unicodeScalars
        let start = scalars.drop(while: \.properties.isWhitespace)
        let end = start.reversed().drop(while: \.properties.isWhitespace)
        return String(String.UnicodeScalarView(end.reversed()))
    }
}

/// Says what became of a change of one article.
func report(
    _ client: Client,
    _ library: OpenLibrary,
    _ article: ArticleSummary,
    _ result: CommitResult,
    _ what: String
) throws {
    if client.output.isText {
        client.output.print("\(article.shortHandle): \(what).\(try library.pendingText())")
    } else {
        client.output.json([
            "schema": "galley.change/1", "article": .string(article.id.handle),
            "entry": .optional(result.entry?.description), "done": .string(what),
        ])
    }
}
