import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley show`.
enum ShowCommand: Command {
    static let description = CommandDescription(
        "show",
        "show an article with its notes",
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription(flag: "raw", "as Markdown, the way 'galley edit' opens it"),
            OptionDescription(flag: "no-notes", "without the notes"),
        ],
        examples: [
            CommandExample("galley show k7qd", "to read it"),
            CommandExample("galley show k7qd --raw > draft.md", "to edit it elsewhere"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let (summary, state) = try library.state(line.required("id"))
        if line.has("raw") {
            client.output.raw(Array(EditDocument.text(of: state).utf8))
        } else if client.output.isText {
            try show(summary, state, library, client, notes: !line.has("no-notes"))
        } else {
            client.output.json(JSONExport.article(state, names: library.names))
        }
        return .done
    }

    private static func show(
        _ summary: ArticleSummary,
        _ state: ArticleState,
        _ library: OpenLibrary,
        _ client: Client,
        notes: Bool
    ) throws {
        let output = client.output
        output.paragraph(summary.displayTitle)
        if let line = facts(state) { output.paragraph(line) }
        var remarks = ["id \(summary.shortHandle)"] + summary.tags.map { "#\($0)" }
        if summary.isDeleted { remarks.append("deleted") }
        if state.isDeletionOverridden {
            remarks.append("somebody deleted it while it was edited: it stays")
        }
        if summary.needsNewer { remarks.append("needs a newer galley to show all of it") }
        output.paragraph(remarks.joined(separator: "  "))
        for field in state.conflictedFields { showConflict(field, state, library, output) }
        let points = state.summary.text.string
        if !points.isEmpty {
            output.print()
            for point in points.split(separator: "\n") {
                output.paragraph("• \(point)", indent: "  ")
            }
        }
        for paragraph in MarkdownBlocks.blocks(of: state.body.text.string) {
            output.print()
            output.paragraph(paragraph)
        }
        for caption in state.shownValue(of: .captions).texts {
            output.print()
            output.paragraph("[picture] \(caption)")
        }
        let shown = state.notes.notes.filter(\.isShown)
        guard notes, !shown.isEmpty else { return }
        output.print()
        output.print("Notes")
        for note in shown.sorted(by: { $0.stamp < $1.stamp }) {
            output.print()
            try NoteText.show(note, in: state, library, output)
        }
    }

    /// Authors, place and dates on one line.
    private static func facts(_ state: ArticleState) -> String? {
        var facts: [String] = []
        for field in [
            Field.byline, .dateline, .published, .updated, .sourceURL, .language, .topics,
        ] {
            let value = state.shownValue(of: field)
            guard !value.words.isEmpty else { continue }
            // Words that could not be read ("Updated 5 sec ago") speak for themselves.
            if case .date(let date) = value, date.reading == nil {
                facts.append("“\(value.words)”")
            } else {
                facts.append(field == .byline ? value.words : "\(field.name) \(value.words)")
            }
        }
        for register in state.fields {
            guard case .custom(let name) = register.field else { continue }
            let words = register.register.shown.words
            if !words.isEmpty { facts.append("\(name.string) \(words)") }
        }
        return facts.isEmpty ? nil : facts.joined(separator: " · ")
    }

    private static func showConflict(
        _ field: Field,
        _ state: ArticleState,
        _ library: OpenLibrary,
        _ output: Output
    ) {
        guard let register = state.register(of: field) else { return }
        output.paragraph("conflict: \(field.name) has several values, the first is shown")
        for value in register.values {
            output.paragraph(value.words.isEmpty ? "(none)" : value.words, indent: "    ")
        }
        output.hint("galley set ID '\(field.name)=…' decides")
    }
}

extension FieldValue {
    /// The texts of a list, or the one text.
    var texts: [String] {
        switch self {
        case .list(let texts): texts.map(\.string)
        case .text(let text): [text.string]
        case .absent, .date: []
        }
    }
}
