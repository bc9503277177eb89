import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Files
import ReplicaStore

/// `galley note add`.
enum NoteAddCommand: Command {
    static let path = ["note", "add"]

    static let description = CommandDescription(
        "add",
        "put a note on words of an article",
        discussion: """
            The note stays with its words through all edits, on every machine. Without --quote it \
            is about the article as a whole.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription("quote", value: "WORDS", "the words it is about"),
            OptionDescription("occurrence", value: "N", "which of several places, from 1"),
            OptionDescription("message", short: "m", value: "TEXT", "what you say"),
            OptionDescription(
                "file",
                value: "FILE",
                "what you say, from a file ('-' is standard input)"
            ),
            OptionDescription("kind", value: "KIND", "comment, highlight or suggestion"),
            OptionDescription("tag", value: "TAG", repeats: true, "a tag for the note"),
        ],
        examples: [
            CommandExample(
                "galley note add k7qd --quote 'composite dialogue' -m 'Term from 1997' --tag background",
                "a comment with a tag"
            ),
            CommandExample(
                "galley note add k7qd --quote 'steel mills'",
                "a highlight without words"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let text = try NoteInput.text(line, client)
        let kind = try self.kind(line, hasText: text != nil)
        let library = try OpenLibrary(client)
        let (summary, state) = try library.state(line.required("id"))
        let place = try line.value("quote").map {
            try QuotePlace.find(
                $0,
                in: state,
                occurrence: line.integer("occurrence", in: 1...1_000_000)
            )
        }
        let tags = line.values("tag").compactMap { ScalarText(UnicodeForms.composed($0)) }
        let note = Annotation(
            kind: kind,
            target: place?.target ?? .article,
            quote: place?.quote ?? .none,
            text: text ?? .init(),
            tags: tags.filter { !$0.isEmpty }
        )
        let result = try library.commit([
            .edit(summary.id, parents: state.heads, [.annotate(note)])
        ])
        guard let change = result.changes.first else { return .failed }
        let id = AnnotationID(change: change, index: 0)
        try NoteInput.report(id, "on \(summary.shortHandle)", library, client)
        return .done
    }

    private static func kind(_ line: ParsedCommand, hasText: Bool) throws -> Annotation.Kind {
        let kinds = Annotation.Kind.allCases
        let name = try line.choice("kind", among: kinds.map { "\($0)" })
        let kind = kinds.first { "\($0)" == name } ?? (hasText ? .comment : .highlight)
        if kind == .highlight, line.value("quote") == nil {
            throw line.misuse("A note needs words: give -m TEXT, or --quote WORDS to mark them.")
        }
        if kind != .highlight, !hasText {
            throw line.misuse("A \(kind) needs words: give -m TEXT or --file FILE.")
        }
        return kind
    }
}

/// `galley note list`.
enum NoteListCommand: Command {
    static let path = ["note", "list"]

    static let description = CommandDescription(
        "list",
        "list notes",
        arguments: [ArgumentDescription("id", "only notes on this article", count: .optional)],
        options: [
            OptionDescription(flag: "open", "only notes nobody has resolved or hidden"),
            OptionDescription(flag: "orphans", "only notes whose words are gone"),
            OptionDescription("by", value: "USER", "only notes of this user"),
        ],
        examples: [
            CommandExample("galley note list", "all notes"),
            CommandExample("galley note list k7qd --open", "what is open on one article"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let articles: [ArticleSummary]
        if let id = line.argument("id") {
            articles = [try library.article(id)]
        } else {
            articles = try library.replica.articlesWithNotes()
        }
        var documents: [JSONValue] = []
        for article in articles {
            guard let state = try library.replica.article(article.id) else { continue }
            let notes = state.notes.notes.filter { isWanted($0, line, state, library) }
                .sorted { $0.stamp < $1.stamp }
            guard !notes.isEmpty else { continue }
            if client.output.isText {
                client.output.paragraph("\(article.shortHandle)  \(article.displayTitle)")
                for note in notes { try NoteText.show(note, in: state, library, client.output) }
            }
            documents += notes.map { note in
                .object([
                    .init("article", .string(article.id.handle)),
                    .init("note", JSONExport.note(note, in: state, names: library.names)),
                ])
            }
        }
        switch client.output.form {
        case .text: if documents.isEmpty { client.output.message("No notes.") }
        case .json:
            client.output.json(["schema": "galley.notes/1", "notes": .array(documents)])
        case .ndjson: for document in documents { client.output.json(document) }
        }
        return .done
    }

    private static func isWanted(
        _ note: Note,
        _ line: ParsedCommand,
        _ state: ArticleState,
        _ library: OpenLibrary
    ) -> Bool {
        guard note.isShown else { return false }
        if line.has("open"), note.state.shown != .open { return false }
        if line.has("orphans"), state.resolve(note) != .orphan { return false }
        if let name = line.value("by"), library.name(of: note.author) != name { return false }
        return true
    }
}

/// `galley note show`.
enum NoteShowCommand: Command {
    static let path = ["note", "show"]

    static let description = CommandDescription(
        "show",
        "show a note with its replies",
        arguments: [ArgumentDescription("note", "the note")],
        examples: [CommandExample("galley note show n7te", "shows one")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let found = try library.foundNote(line.required("note"))
        if client.output.isText {
            client.output.paragraph(
                "on \(found.article.shortHandle)  \(found.article.displayTitle)"
            )
            try NoteText.show(found.note, in: found.state, library, client.output)
        } else {
            client.output.json([
                "schema": "galley.note/1", "article": .string(found.article.id.handle),
                "note": JSONExport.note(found.note, in: found.state, names: library.names),
            ])
        }
        return .done
    }
}

/// `galley note reply`.
enum NoteReplyCommand: Command {
    static let path = ["note", "reply"]

    static let description = CommandDescription(
        "reply",
        "answer a note",
        arguments: [ArgumentDescription("note", "the note")],
        options: NoteInput.textOptions,
        examples: [CommandExample("galley note reply n7te -m 'Half of it'", "answers one")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        guard let text = try NoteInput.text(line, client) else {
            throw line.misuse("An answer needs words: give -m TEXT or --file FILE.")
        }
        let library = try OpenLibrary(client)
        let found = try library.foundNote(line.required("note"))
        let result = try library.commit([
            .edit(found.article.id, [.reply(to: found.note.id, text: text)])
        ])
        guard let change = result.changes.first else { return .failed }
        let handle = try library.replica.shortHandle(of: found.note.id)
        let id = AnnotationID(change: change, index: 0)
        try NoteInput.report(id, "in answer to \(handle)", library, client)
        return .done
    }
}

/// `galley note edit`.
enum NoteEditCommand: Command {
    static let path = ["note", "edit"]

    static let description = CommandDescription(
        "edit",
        "change what your note or reply says",
        discussion: "Only its author can; others reply.",
        arguments: [ArgumentDescription("note", "the note or reply")],
        options: NoteInput.textOptions,
        examples: [CommandExample("galley note edit n7te -m 'Which mill?'", "gives it other words")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        guard let text = try NoteInput.text(line, client) else {
            throw line.misuse("A note needs words: give -m TEXT or --file FILE.")
        }
        return try NoteInput.change(line, client, "changed", mustBeAuthor: true) {
            [.setNoteText($0, text)]
        }
    }
}

/// `galley note resolve`.
enum NoteResolveCommand: Command {
    static let path = ["note", "resolve"]

    static let description = CommandDescription(
        "resolve",
        "say that a note is dealt with",
        arguments: [ArgumentDescription("note", "the note")],
        options: [
            OptionDescription(flag: "reopen", "say that it is open after all"),
            OptionDescription(flag: "hide", "keep it out of sight"),
        ],
        examples: [
            CommandExample("galley note resolve n7te", "dealt with"),
            CommandExample("galley note resolve n7te --reopen", "open again"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let state: Annotation.State =
            line.has("reopen") ? .open : line.has("hide") ? .hidden : .resolved
        return try NoteInput.change(line, client, "\(state)", mustBeAuthor: false) {
            [.setNoteState($0, state)]
        }
    }
}

/// `galley note delete`.
enum NoteDeleteCommand: Command {
    static let path = ["note", "delete"]

    static let description = CommandDescription(
        "delete",
        "take your note or reply back",
        discussion: "Only its author can; others resolve or hide it. Replies of others stay.",
        arguments: [ArgumentDescription("note", "the note or reply")],
        examples: [CommandExample("galley note delete n7te", "takes one back")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try NoteInput.change(line, client, "deleted", mustBeAuthor: true) { [.deleteNote($0)] }
    }
}
