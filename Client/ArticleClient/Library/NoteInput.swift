import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Files
import ReplicaStore

/// What the commands on notes have in common.
enum NoteInput {
    static let textOptions = [
        OptionDescription("message", short: "m", value: "TEXT", "what you say"),
        OptionDescription(
            "file",
            value: "FILE",
            "what you say, from a file ('-' is standard input)"
        ),
    ]

    /// What the person says, in NFC with LF; nil where nothing was given.
    static func text(_ line: ParsedCommand, _ client: Client) throws -> ScalarText? {
        let text: String
        if let message = line.value("message") {
            text = message
        } else if let path = line.value("file") {
            let limit = Limits.bodySizeMax
            let bytes =
                path == "-"
                ? Array(try client.readInput(limit)) : try FileSystem.read(path, limit: limit)
            guard let read = String(validating: bytes, as: UTF8.self) else {
                throw ClientError(.failed, "format.brokenUTF8", "\(path) is no UTF-8 text.")
            }
            text = read
        } else {
            return nil
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        let joined = UnicodeForms.composed(lines.joined(separator: "\n"))
            .trimmed(ofTrailing: 0x0A)
        guard let scalars = ScalarText(joined) else {
            throw line.misuse("The text has characters no text may have (NUL).")
        }
        return scalars.isEmpty ? nil : scalars
    }

    /// Changes a note or reply.
    static func change(
        _ line: ParsedCommand,
        _ client: Client,
        _ done: String,
        mustBeAuthor: Bool,
        _ operations: (AnnotationID) -> [Operation]
    ) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let reference = try library.note(line.required("note"))
        let handle = try library.replica.shortHandle(of: reference.id)
        if mustBeAuthor, let state = try library.replica.article(reference.article) {
            let author = state.notes.author(of: reference.id)
            if let author, author != library.user {
                throw ClientError(
                    .notAllowed,
                    "note.author",
                    "Note \(handle) is \(library.name(of: author))'s; only its author can do that.",
                    hint: "galley note reply \(handle) -m … answers it, note resolve closes it"
                )
            }
        }
        let result = try library.commit([.edit(reference.article, operations(reference.id))])
        if client.output.isText {
            client.output.print("\(handle) \(done).\(try library.pendingText())")
        } else {
            client.output.json([
                "schema": "galley.change/1", "note": .string(reference.id.handle),
                "article": .string(reference.article.handle),
                "entry": .optional(result.entry?.description), "done": .string(done),
            ])
        }
        return .done
    }

    /// Says which note was made.
    static func report(
        _ id: AnnotationID,
        _ place: String,
        _ library: OpenLibrary,
        _ client: Client
    ) throws {
        if client.output.isText {
            let handle = try library.replica.shortHandle(of: id)
            client.output.print("\(handle) \(place).\(try library.pendingText())")
        } else {
            client.output.json(["schema": "galley.note-made/1", "id": .string(id.handle)])
        }
    }
}

extension OpenLibrary {
    /// A note with the article it is on; for a reply, the note it answers.
    func foundNote(_ text: String) throws -> (
        article: ArticleSummary, state: ArticleState, note: Note
    ) {
        let reference = try note(text)
        guard let article = try replica.summary(of: reference.article),
            let state = try replica.article(reference.article),
            let note = state.notes.notes.first(where: { note in
                note.id == reference.id || note.replies.contains { $0.id == reference.id }
            })
        else {
            throw ClientError(
                .integrity,
                "library.damaged",
                "The note is listed but cannot be read.",
                hint: "galley doctor --rebuild derives everything anew from the log"
            )
        }
        return (article, state, note)
    }
}

extension NoteSet {
    /// Who wrote an annotation or a reply.
    func author(of id: AnnotationID) -> UserID? {
        for note in notes {
            if note.id == id { return note.author }
            if let reply = note.replies.first(where: { $0.id == id }) { return reply.author }
        }
        return nil
    }
}
