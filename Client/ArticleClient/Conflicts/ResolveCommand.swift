import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore

/// `galley resolve`.
enum ResolveCommand: Command {
    static let description = CommandDescription(
        "resolve",
        "choose what is to stand where people edited the same words",
        discussion: """
            Takes one side's words, all of them one after the other, what was there before, or words \
            of your own. The choice is signed and holds on every machine; a side that was changed by \
            somebody who had not seen it yet makes a new conflict with it. --edit opens your editor \
            with all sides between marks as git has them. --expect refuses, with exit code 4, where a \
            side has changed since it was shown.
            """,
        arguments: [
            ArgumentDescription("id", "a conflict, or an article", count: .optional)
        ],
        options: [
            OptionDescription(flag: "ours", "take your side's words"),
            OptionDescription(flag: "theirs", "take the other side's words"),
            OptionDescription("take", value: "USER", "take this user's words, or USER/DEVICE's"),
            OptionDescription(flag: "both", "take all sides' words, one after the other"),
            OptionDescription(flag: "base", "take what was there before"),
            OptionDescription(flag: "edit", "write it in your editor"),
            OptionDescription("from", value: "FILE", "take it from a file ('-' is standard input)"),
            OptionDescription("editor", value: "COMMAND", "use this editor"),
            OptionDescription("hunk", value: "N", "the article's N-th conflict, from 1"),
            OptionDescription(flag: "all", "all conflicts of the article, or of the library"),
            OptionDescription("expect", value: "TOKEN", "only if the sides are as they were shown"),
        ],
        examples: [
            CommandExample("galley resolve c8ty --ours", "your words stay"),
            CommandExample("galley resolve c8ty --edit --expect 5e1bq2x7", "in your editor"),
            CommandExample(
                "galley resolve k7qd --all --take ben",
                "ben's words, wherever there are"
            ),
        ]
    )

    private static let sizeMax = 16 * 1024 * 1024

    /// A conflict with what is to become of it.
    private struct Decided {
        let found: FoundConflict
        let choice: ConflictResolution
    }

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        guard let taking = try Taking(line) else {
            if let id = line.argument("id"), let found = try? one(id, line, library),
                client.output.isText
            {
                ConflictText(library: library).show(found)
            }
            throw line.misuse(
                "Say what is to stand there: --ours, --theirs, --take USER, --both, --base, --edit "
                    + "or --from FILE."
            )
        }
        if line.has("all") { return try resolveAll(taking, line, library) }
        guard let id = line.argument("id") else {
            throw line.misuse("Name a conflict, or give --all.")
        }
        let found = try one(id, line, library)
        if let expected = line.value("expect"), !found.record.isToken(expected) {
            throw try library.stale(found, "The token \(expected) is an old one")
        }
        switch taking {
        case .edit: return try edit(found, by: line.value("editor"), library)
        case .file(let path):
            let bytes =
                path == "-"
                ? Array(try client.readInput(sizeMax)) : try FileSystem.read(path, limit: sizeMax)
            let choice = try ConflictFile(found, library).choice(from: bytes)
            return try commit([Decided(found: found, choice: choice)], skipped: [], library)
        case .ours, .theirs, .user, .both, .base:
            let choice = try ConflictChooser(library: library).choice(taking, in: found)
            return try commit([Decided(found: found, choice: choice)], skipped: [], library)
        }
    }

    // MARK: Which

    /// The conflict that the line names: by its id, or as one of an article's.
    private static func one(
        _ id: String,
        _ line: ParsedCommand,
        _ library: OpenLibrary
    ) throws -> FoundConflict {
        let number = try line.integer("hunk", in: 1...1_000_000)
        if number == nil {
            let isConflict = try !library.replica.conflicts(handlePrefix: id, limit: 1).isEmpty
            let isArticle = try !library.replica.articles(handlePrefix: id, limit: 1).isEmpty
            if isConflict || !isArticle { return try library.conflict(id) }
        }
        let summary = try library.article(id)
        let all = try library.conflicts(of: summary.id)
        guard let first = all.first else {
            throw ClientError(
                .notFound,
                "conflict.none",
                "Article \(summary.shortHandle) has no open conflicts."
            )
        }
        guard let number else {
            guard all.count > 1 else { return first }
            let lines = all.enumerated().map { index, found in
                "  \(index + 1)  \(ConflictText(library: library).line(found).plain)"
            }
            throw ClientError(
                .usage,
                "conflict.several",
                "Article \(summary.shortHandle) has \(all.count) conflicts; name one, or give "
                    + "--hunk N or --all:\n" + lines.joined(separator: "\n")
            )
        }
        guard number <= all.count else {
            throw ClientError(
                .notFound,
                "conflict.hunk",
                "Article \(summary.shortHandle) has \(counted(all.count, "conflict")), not "
                    + "\(number).",
                hint: "galley conflicts \(summary.shortHandle)"
            )
        }
        return all[number - 1]
    }

    // MARK: All

    private static func resolveAll(
        _ taking: Taking,
        _ line: ParsedCommand,
        _ library: OpenLibrary
    ) throws -> ExitCode {
        guard !taking.needsWords else {
            throw line.misuse("--edit and --from settle one conflict at a time.")
        }
        guard !line.has("expect"), !line.has("hunk") else {
            throw line.misuse("--expect and --hunk go with one conflict, not with --all.")
        }
        let article = try line.argument("id").map { try library.article($0).id }
        let all = try library.conflicts(of: article)
        guard !all.isEmpty else {
            library.client.output.message("No conflicts.")
            if !library.client.output.isText { return try commit([], skipped: [], library) }
            return .done
        }
        let chooser = ConflictChooser(library: library)
        var decided: [Decided] = []
        var skipped: [(found: FoundConflict, error: ClientError)] = []
        for found in all {
            do {
                decided.append(Decided(found: found, choice: try chooser.choice(taking, in: found)))
            } catch let error as ClientError {
                skipped.append((found, error))
            }
        }
        if decided.isEmpty, let first = skipped.first { throw first.error }
        return try commit(decided, skipped: skipped, library)
    }

    // MARK: In an editor

    private static func edit(
        _ found: FoundConflict,
        by command: String?,
        _ library: OpenLibrary
    ) throws -> ExitCode {
        let client = library.client
        let file = ConflictFile(found, library)
        let folder = client.places.drafts
        try FileSystem.makeFolder(folder)
        let mark = Handle.letters(of: client.random(5))
        let path = "\(folder)/conflict-\(found.record.shortHandle)-\(mark).md"
        try FileSystem.create(Array(file.text.utf8), at: path)
        do {
            try Editor.open(path, command: command, client)
            let edited = try FileSystem.read(path, limit: sizeMax)
            guard edited != Array(file.text.utf8) else {
                throw ClientError(
                    .attention,
                    "conflict.unchanged",
                    "The text was left as it was: conflict \(found.record.shortHandle) stays open."
                )
            }
            let choice = try file.choice(from: edited)
            // What came in while the editor was open must not be settled unseen.
            let now = try library.conflict(found.record.id.handle)
            guard now.record.token == found.record.token else {
                throw try library.stale(now, "The editor was open too long")
            }
            let exit = try commit([Decided(found: now, choice: choice)], skipped: [], library)
            try FileSystem.remove(path)
            return exit
        } catch {
            let failure = ClientError(error)
            let bytes = try? FileSystem.read(path, limit: sizeMax)
            guard let bytes, bytes != Array(file.text.utf8) else {
                if bytes != nil { try FileSystem.remove(path) }
                throw failure
            }
            throw ClientError(
                failure.exit,
                failure.kind,
                failure.message + " Your text is kept in \(path).",
                hint: "galley resolve \(found.record.shortHandle) --from \(path)"
            )
        }
    }

    // MARK: Signing

    private static func commit(
        _ decided: [Decided],
        skipped: [(found: FoundConflict, error: ClientError)],
        _ library: OpenLibrary
    ) throws -> ExitCode {
        var byArticle: [ArticleID: [Decided]] = [:]
        for one in decided {
            try checkAuthor(of: one.found, library)
            byArticle[one.found.record.article, default: []].append(one)
        }
        var changes: [LocalChange] = []
        for article in byArticle.keys.sorted() {
            let choices = byArticle[article] ?? []
            guard let analysis = try library.replica.analysis(ofArticle: article),
                let draft = analysis.resolution(
                    of: choices.map { ($0.found.conflict, $0.choice) }
                )
            else {
                throw ClientError(
                    .attention,
                    "conflict.stale",
                    "The article has changed meanwhile, so nothing was resolved.",
                    hint: "galley conflicts shows how it stands"
                )
            }
            changes.append(
                .edit(article, parents: analysis.merged.heads, draft.operations)
            )
        }
        var entries: [String] = []
        for start in stride(from: 0, to: changes.count, by: 200) {
            let part = Array(changes[start..<min(changes.count, start + 200)])
            if let entry = try library.commit(part).entry { entries.append(entry.description) }
        }
        try report(decided, skipped, entries, library)
        return skipped.isEmpty ? .done : .partly
    }

    /// A note's words are its author's.
    private static func checkAuthor(of found: FoundConflict, _ library: OpenLibrary) throws {
        guard case .note(let id) = found.conflict.subject else { return }
        let author = found.state.notes.author(of: id)
        guard let author, author != library.user else { return }
        throw ClientError(
            .notAllowed,
            "note.author",
            "\(found.place(in: library)) is \(library.name(of: author))'s; only its author can "
                + "settle what it says."
        )
    }

    private static func report(
        _ decided: [Decided],
        _ skipped: [(found: FoundConflict, error: ClientError)],
        _ entries: [String],
        _ library: OpenLibrary
    ) throws {
        let output = library.client.output
        let open = try library.replica.status().conflictCount
        guard output.isText else {
            output.json([
                "schema": "galley.resolve/1",
                "resolved": .array(
                    decided.map { one in
                        [
                            "id": .string(one.found.record.id.handle),
                            "short": .string(one.found.record.shortHandle),
                            "article": .string(one.found.summary.id.handle),
                            "taken": .string(words(one)),
                            "text": content(one)?.json ?? .null,
                        ]
                    }
                ),
                "skipped": .array(
                    skipped.map { one in
                        [
                            "id": .string(one.found.record.id.handle),
                            "kind": .string(one.error.kind),
                            "message": .string(one.error.message),
                        ]
                    }
                ),
                "entries": .strings(entries), "conflicts": .integer(Int64(open)),
            ])
            return
        }
        let pending = try library.pendingText()
        for one in decided {
            output.print(
                "\(one.found.record.shortHandle) resolved: \(words(one)). Signed.\(pending)"
            )
        }
        for one in skipped {
            output.warning("\(one.found.record.shortHandle) stays open: \(one.error.message)")
        }
        if open > 0 {
            output.message("\(counted(open, "conflict")) left.")
            output.hint("galley conflicts lists them")
        } else if library.members.hub != nil {
            output.hint("galley sync tells the others")
        }
    }

    /// What was taken, in words.
    private static func words(_ one: Decided) -> String {
        switch one.choice {
        case .alternative(let number):
            guard one.found.conflict.alternatives.indices.contains(number) else { return "" }
            let alternative = one.found.conflict.alternatives[number]
            let people = Set(one.found.sides(of: alternative).map(\.device)).sorted()
            return "the side of \(people.joined(separator: ", "))"
        case .base: return "what was there before"
        case .all: return "all sides"
        case .words, .value: return "your words"
        }
    }

    private static func content(_ one: Decided) -> ArticleConflict.Content? {
        switch one.choice {
        case .alternative(let number):
            one.found.conflict.alternatives.indices.contains(number)
                ? one.found.conflict.alternatives[number].content : nil
        case .base: one.found.conflict.base
        case .all: nil
        case .words(let words): .words(words)
        case .value(let value): .value(value)
        }
    }
}
