import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Files
import ReplicaStore

/// `galley edit`.
enum EditCommand: Command {
    static let description = CommandDescription(
        "edit",
        "edit an article's text and fields",
        discussion: """
            Opens the article as Markdown in $VISUAL or $EDITOR. Fields stand between the two lines \
            '---' at the top, the text below. Saved without a change nothing is signed. What others \
            change while it is open is merged with it, not overwritten, and told.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription(
                "from",
                value: "FILE",
                "take the text from a file ('-' is standard input) instead of an editor; one without "
                    + "front matter replaces the body alone"
            ),
            OptionDescription(
                "base",
                value: "VERSION",
                "the version the text was made from; the newest unless it is a draft kept here"
            ),
            OptionDescription("editor", value: "COMMAND", "use this editor"),
        ],
        examples: [
            CommandExample("galley edit k7qd", "in your editor"),
            CommandExample(
                "galley edit k7qd --from draft.md --base c8ty",
                "from what 'show --raw --rev c8ty' wrote, edited"
            ),
        ]
    )

    private static let sizeMax = 64 * 1024 * 1024

    /// An article as it was opened.
    private struct Opened {
        let summary: ArticleSummary
        let state: ArticleState
        var document: [UInt8] { Array(EditDocument.text(of: state).utf8) }
    }

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        if let path = line.value("from") {
            guard path != "-" else {
                let opened = try opened(line, draft: nil, library)
                return try save(Array(try client.readInput(sizeMax)), over: opened, library)
            }
            let draft = try Draft(at: path)
            let opened = try opened(line, draft: draft, library)
            let exit = try save(FileSystem.read(path, limit: sizeMax), over: opened, library)
            try draft?.remove()
            return exit
        }
        let opened = try opened(line, draft: nil, library)
        return try edit(opened, by: line.value("editor"), library)
    }

    /// The article at the version that is to be gone on from.
    private static func opened(
        _ line: ParsedCommand,
        draft: Draft?,
        _ library: OpenLibrary
    ) throws -> Opened {
        let summary = try library.article(line.required("id"))
        if let draft, draft.article != summary.id {
            throw ClientError(
                .usage,
                "draft.other",
                "\(draft.path) is a draft of article \(draft.article.handle.prefix(8)), not of "
                    + "\(summary.shortHandle)."
            )
        }
        guard line.has("base") || draft != nil else {
            let (summary, state) = try library.state(line.required("id"))
            return Opened(summary: summary, state: state)
        }
        let history = try library.history(of: summary)
        let base: [ChangeID]
        if let name = line.value("base") {
            base = try library.version(name, of: history)
        } else {
            base = draft?.base ?? history.now
        }
        return Opened(summary: summary, state: try history.state(at: base))
    }

    // MARK: Saving

    private static func save(
        _ edited: [UInt8],
        over opened: Opened,
        _ library: OpenLibrary
    ) throws -> ExitCode {
        let before = try EditDocument(opened.document)
        let after = try EditDocument(edited)
        // Every file ends with a line end; that of the document is no part of the body.
        let edit = after.edit(since: before, in: opened.state)
        // The version that was opened: what came in since is merged, not undone.
        let saved = try library.save(edit, of: opened.summary.id, at: opened.state)
        guard let result = saved.result else {
            report(opened, saved, facts: "", meanwhile: [], library)
            return .done
        }
        report(
            opened,
            saved,
            facts: facts(edit, after, opened.state),
            meanwhile: try meanwhile(opened, own: result.changes, library),
            library
        )
        return .done
    }

    /// What others changed since the article was opened, the last first.
    private static func meanwhile(
        _ opened: Opened,
        own: [ChangeID],
        _ library: OpenLibrary
    ) throws -> [LoggedChange] {
        // Where the edit is the only head nothing else happened; no need to read the history.
        let now = try library.replica.article(opened.summary.id)
        guard let now, now.heads != own else { return [] }
        let history = try library.history(of: opened.summary)
        let known = Set(history.graph.history(of: opened.state.heads)).union(own)
        let list = try ChangeList(library).changes(of: history, .init(), limit: nil)
        return list.changes.filter { $0.fault == nil && !known.contains($0.heading.change) }
    }

    private static func facts(
        _ edit: DocumentEdit,
        _ after: EditDocument,
        _ state: ArticleState
    ) -> String {
        var facts: [String] = []
        if after.hasFrontMatter, after.summary != state.summary.text {
            facts.append(
                ArticleDiff.facts(from: state.summary.text, to: after.summary, in: .summary)
            )
        }
        if edit.hunks[.body] != nil {
            facts.append(ArticleDiff.facts(from: state.body.text, to: after.body, in: .body))
        }
        for operation in edit.operations {
            switch operation {
            case .set(let field, _): facts.append(field.name)
            case .addTag(let tag): facts.append("+#\(tag)")
            case .removeTag(let tag): facts.append("−#\(tag)")
            default: break
            }
        }
        return facts.joined(separator: "; ")
    }

    private static func report(
        _ opened: Opened,
        _ saved: OpenLibrary.SavedEdit,
        facts: String,
        meanwhile: [LoggedChange],
        _ library: OpenLibrary
    ) {
        let output = library.client.output
        guard output.isText else {
            output.json([
                "schema": "galley.edit/1", "article": .string(opened.summary.id.handle),
                "entry": .optional(saved.result?.entry?.description),
                "operations": .integer(Int64(saved.operationCount)), "done": .string(facts),
                "settled": .strings(saved.settled.map(\.record.id.handle)),
                "meanwhile": .array(meanwhile.map { $0.json(in: library) }),
            ])
            return
        }
        guard saved.result?.entry != nil else {
            output.print("\(opened.summary.shortHandle): nothing changed.")
            return
        }
        let pending = (try? library.pendingText()) ?? ""
        output.print("\(opened.summary.shortHandle): \(facts).\(pending)")
        library.tell(saved)
        guard !meanwhile.isEmpty else { return }
        output.message("Meanwhile, and merged with yours:")
        for change in meanwhile.prefix(20) {
            let time = library.client.localTime(change.heading.timeMilliseconds)
            let person = library.name(of: change.heading.device)
            output.message("  \(change.handle)  \(time)  \(person)  \(change.what)")
        }
        if meanwhile.count > 20 { output.message("  … and \(meanwhile.count - 20) more") }
        output.hint("galley show \(opened.summary.shortHandle) shows what became of it")
    }

    // MARK: The editor

    private static func edit(
        _ opened: Opened,
        by command: String?,
        _ library: OpenLibrary
    ) throws -> ExitCode {
        let client = library.client
        let folder = client.places.drafts
        tellOfOthers(opened.summary, in: folder, client)
        let mark = Handle.letters(of: client.random(5))
        let draft = try Draft(
            of: opened.document,
            opened.summary.id,
            name: "\(opened.summary.shortHandle)-\(mark)",
            at: opened.state.heads,
            in: folder
        )
        do {
            let lock = try draft.hold()
            // Held while the editor is open.
            defer { extendLifetime(lock) }
            try Editor.open(draft.path, command: command, client)
            // Opened anew: people may have joined while the editor was open.
            let exit = try save(
                FileSystem.read(draft.path, limit: sizeMax),
                over: opened,
                OpenLibrary(client)
            )
            try draft.remove()
            return exit
        } catch {
            throw try keeping(draft, opened, after: error)
        }
    }

    /// Says what drafts of the article there are already.
    private static func tellOfOthers(
        _ article: ArticleSummary,
        in folder: String,
        _ client: Client
    ) {
        for draft in Draft.drafts(of: article.id, in: folder) {
            if draft.isOpen {
                client.output.message(
                    "note: \(article.shortHandle) is open in another editor on this machine; what "
                        + "both save is merged."
                )
            } else {
                client.output.message(
                    "note: a draft of \(article.shortHandle) that was not saved is kept: "
                        + "galley edit \(article.shortHandle) --from \(draft.path)"
                )
            }
        }
    }

    /// The failure, with where the text is kept; one that is not worth keeping is taken away.
    private static func keeping(
        _ draft: Draft,
        _ opened: Opened,
        after error: any Error
    ) throws -> ClientError {
        let failure = ClientError(error)
        guard FileSystem.exists(draft.path),
            try FileSystem.read(draft.path, limit: .max) != opened.document
        else {
            try draft.remove()
            return failure
        }
        return ClientError(
            failure.exit,
            failure.kind,
            failure.message + " Your text is kept in \(draft.path).",
            hint: "galley edit \(opened.summary.shortHandle) --from \(draft.path)"
        )
    }
}
