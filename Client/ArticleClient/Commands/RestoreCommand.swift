import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley restore`.
enum RestoreCommand: Command {
    static let description = CommandDescription(
        "restore",
        "bring an article back to what it was at a version",
        discussion: """
            Makes a new change that gives texts, fields and tags what they were: nothing of the \
            history is lost, and 'galley undo' takes it back. Words that come back are the same \
            words, so notes on them and their authors stay. Notes are left as they are.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription(
                "rev",
                value: "VERSION",
                isRequired: true,
                "the version: a change's id, with '^' behind it the version before that change"
            ),
            OptionDescription(flag: "dry-run", "only say what would change"),
        ],
        examples: [
            CommandExample("galley restore k7qd --rev c8ty", "to what it was after change c8ty"),
            CommandExample("galley restore k7qd --rev c8ty^", "to what it was before it"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let history = try library.history(line.required("id"))
        let version = try library.version(line.required("rev"), of: history)
        let target = try history.state(at: version)
        let isPlain = try library.replica.isPlain(history.summary.id, at: history.now)
        let operations =
            isPlain
            ? history.state.operations(restoring: target) : history.analysis.restore(target)
        let facts = ArticleDiff(from: history.state, to: target).facts(hasNotes: false)
        var entry: ChangeSetID?
        if !operations.isEmpty, !line.has("dry-run") {
            let change = LocalChange.edit(history.summary.id, parents: history.now, operations)
            entry = try library.commit([change]).entry
        }
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.restore/1", "article": .string(history.summary.id.handle),
                "version": .strings(version.map(\.description)),
                "entry": .optional(entry?.description),
                "operations": .integer(Int64(operations.count)), "done": .string(facts),
            ])
            return .done
        }
        let handle = history.summary.shortHandle
        if operations.isEmpty {
            client.output.print("\(handle): nothing to restore: it is what it was then.")
        } else if entry == nil {
            client.output.print("\(handle): would be restored: \(facts).")
        } else {
            client.output.print("\(handle): restored: \(facts).\(try library.pendingText())")
            client.output.hint("galley diff \(handle) shows it, galley undo takes it back")
        }
        return .done
    }
}
