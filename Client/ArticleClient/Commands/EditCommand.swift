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
            change meanwhile is merged with it, not overwritten.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription(
                "from",
                value: "FILE",
                "take the text from a file ('-' is standard input) instead of an editor; one without "
                    + "front matter replaces the body alone"
            ),
            OptionDescription("editor", value: "COMMAND", "use this editor"),
        ],
        examples: [
            CommandExample("galley edit k7qd", "in your editor"),
            CommandExample(
                "galley edit k7qd --from draft.md",
                "from what 'show --raw' wrote, edited"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let (summary, state) = try library.state(line.required("id"))
        let original = Array(EditDocument.text(of: state).utf8)
        var draft: String?
        let edited: [UInt8]
        if let path = line.value("from") {
            edited =
                path == "-"
                ? Array(try client.readInput(sizeMax)) : try FileSystem.read(path, limit: sizeMax)
        } else {
            let path = try makeDraft(original, of: summary, client)
            draft = path
            try openEditor(line.value("editor"), path, client)
            edited = try FileSystem.read(path, limit: sizeMax)
        }
        do {
            let result = try save(edited, over: original, summary, state, library, client)
            if let draft { try FileSystem.remove(draft) }
            return result
        } catch {
            if let draft { client.output.warning("Your text is kept in \(draft).") }
            throw error
        }
    }

    private static let sizeMax = 64 * 1024 * 1024

    private static func save(
        _ edited: [UInt8],
        over original: [UInt8],
        _ summary: ArticleSummary,
        _ state: ArticleState,
        _ library: OpenLibrary,
        _ client: Client
    ) throws -> ExitCode {
        let before = try EditDocument(original)
        let after = try EditDocument(edited)
        // Every file ends with a line end; that of the document is no part of the body.
        let operations = after.operations(since: before, in: state)
        guard !operations.isEmpty else {
            report(summary, [], nil, library, client)
            return .done
        }
        // The version that was opened: what came in since is merged, not undone.
        let result = try library.commit([
            .edit(summary.id, parents: state.heads, operations)
        ])
        report(summary, operations, result.entry, library, client)
        return .done
    }

    private static func report(
        _ summary: ArticleSummary,
        _ operations: [Operation],
        _ entry: ChangeSetID?,
        _ library: OpenLibrary,
        _ client: Client
    ) {
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.edit/1", "article": .string(summary.id.handle),
                "entry": .optional(entry?.description),
                "operations": .integer(Int64(operations.count)),
            ])
            return
        }
        guard entry != nil else {
            client.output.print("\(summary.shortHandle): nothing changed.")
            return
        }
        var inserted = 0
        var deleted = 0
        var fields: [String] = []
        for operation in operations {
            switch operation {
            case .insert(_, _, let text): inserted += text.scalarCount
            case .delete(_, _, let count): deleted += count
            case .set(let field, _): fields.append(field.name)
            case .addTag, .removeTag: if !fields.contains("tags") { fields.append("tags") }
            default: break
            }
        }
        var facts: [String] = []
        if inserted + deleted > 0 { facts.append("+\(inserted) −\(deleted) characters") }
        if !fields.isEmpty { facts.append(fields.joined(separator: ", ")) }
        let pending = (try? library.pendingText()) ?? ""
        client.output.print("\(summary.shortHandle): \(facts.joined(separator: "; ")).\(pending)")
    }

    // MARK: The editor

    private static func makeDraft(
        _ bytes: [UInt8],
        of article: ArticleSummary,
        _ client: Client
    ) throws -> String {
        let folder = client.places.drafts
        try FileSystem.makeFolder(folder)
        let mark = Handle.letters(of: client.random(5))
        let path = "\(folder)/\(article.shortHandle)-\(mark).md"
        try FileSystem.create(bytes, at: path)
        return path
    }

    private static func openEditor(_ command: String?, _ path: String, _ client: Client) throws {
        let editor =
            [command, client.variables["VISUAL"], client.variables["EDITOR"]].compactMap { $0 }
            .first { !$0.isEmpty } ?? "vi"
        client.output.flush()
        // The variable may hold arguments, so a shell reads it; the path is passed apart.
        let status = try Surroundings.run(["sh", "-c", "\(editor) \"$1\"", "sh", path])
        guard status == 0 else {
            throw ClientError(
                .failed,
                "editor",
                "The editor (\(editor)) ended with \(status), so nothing was changed. "
                    + "Your text is kept in \(path).",
                hint: "galley edit \(FileSystem.name(of: path).prefix(4)) --from \(path)"
            )
        }
    }
}
