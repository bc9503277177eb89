import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley undo`.
enum UndoCommand: Command {
    static let description = CommandDescription(
        "undo",
        "take changes back, wherever they stand in the history",
        discussion: """
            Makes a new change for each that takes back just that one: words it put in go, words that \
            it alone deleted come back, a field it set gets its value before, unless somebody set it \
            since. What others did stays. An undo can be undone.
            """,
        arguments: [ArgumentDescription("change", "a change's id", count: .oneOrMore)],
        options: [OptionDescription(flag: "dry-run", "only say what would change")],
        examples: [
            CommandExample("galley undo c8ty", "takes one change back"),
            CommandExample("galley log k7qd -n 3", "shows the ids of an article's last changes"),
        ]
    )

    /// What became of one change.
    private struct Outcome {
        let heading: ChangeHeading
        let summary: ArticleSummary
        let handle: String
        let plan: ArticleUndo
        let entry: ChangeSetID?
        /// What was taken back, in words.
        let facts: String
    }

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try undo(line.arguments("change"), isDryRun: line.has("dry-run"), client)
    }

    /// Takes the changes back that `names` name.
    static func undo(_ names: [String], isDryRun: Bool, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        var headings: [ChangeHeading] = []
        for name in names {
            let heading = try library.change(name)
            if !headings.contains(heading) { headings.append(heading) }
        }
        // The last first, so that what goes on from another is out of its way.
        headings.sort { ChangeHeading.isLater($0, than: $1) }
        // All are looked at before the first is taken back.
        for heading in headings { _ = try plan(heading, library) }
        var outcomes: [Outcome] = []
        for heading in headings {
            let outcome = try undo(heading, library, isDryRun: isDryRun)
            outcomes.append(outcome)
            if client.output.isText { try tell(outcome, library, isDryRun: isDryRun) }
        }
        if !client.output.isText {
            client.output.json([
                "schema": "galley.undo/1", "undone": .array(outcomes.map { json($0, library) }),
            ])
        }
        return .done
    }

    private static func plan(
        _ heading: ChangeHeading,
        _ library: OpenLibrary
    ) throws -> (history: ArticleHistory, plan: ArticleUndo) {
        let handle = try library.handle(of: heading.change)
        guard let summary = try library.replica.summary(of: heading.article) else {
            throw ClientError(
                .notFound,
                "change.void",
                "Change \(handle) has no effect: the article it changed has no beginning here."
            )
        }
        guard !heading.isSeed else {
            throw ClientError(
                .failed,
                "undo.seed",
                "Article \(summary.shortHandle) began with \(handle): that cannot be taken back.",
                hint: "galley delete \(summary.shortHandle) deletes the article"
            )
        }
        let history = try library.history(of: summary)
        guard let user = library.user else {
            // Says which key is missing.
            _ = try library.key()
            throw ClientError(
                .notAllowed,
                "key.missing",
                "This machine is no device of the library."
            )
        }
        // Where the change has a part in a conflict, taking it back settles that.
        let settling = history.analysis.undo(heading.change).flatMap {
            $0.closes.isEmpty ? nil : $0.operations
        }
        guard
            let plan = ArticleUndo(
                undoing: heading.change,
                in: history.graph,
                history.state,
                by: user,
                texts: settling
            )
        else {
            let fault = history.state.faults.first { $0.change == heading.change }?.fault
            let reason =
                history.graph.isVoid(heading.change)
                ? "its author had no more right to make it"
                : fault.map { "it \($0.message)" } ?? "it cannot be read here"
            throw ClientError(
                .notFound,
                "change.void",
                "Change \(handle) has no effect, so there is nothing to take back: \(reason)."
            )
        }
        return (history, plan)
    }

    private static func undo(
        _ heading: ChangeHeading,
        _ library: OpenLibrary,
        isDryRun: Bool
    ) throws -> Outcome {
        let (history, plan) = try plan(heading, library)
        var entry: ChangeSetID?
        var facts = ""
        if !plan.operations.isEmpty {
            if !isDryRun {
                let change = LocalChange.edit(
                    history.summary.id,
                    parents: history.now,
                    plan.operations
                )
                let result = try library.commit([change])
                entry = result.entry
                if let made = result.changes.first {
                    let after = try library.history(of: history.summary)
                    if let change = after.graph.change(made) {
                        facts = after.text(of: [made]).facts(change)
                    }
                }
            } else {
                facts = counted(plan.operations.count, "step")
            }
        }
        return Outcome(
            heading: heading,
            summary: history.summary,
            handle: try library.handle(of: heading.change),
            plan: plan,
            entry: entry,
            facts: facts
        )
    }

    private static func tell(
        _ outcome: Outcome,
        _ library: OpenLibrary,
        isDryRun: Bool
    ) throws {
        let output = library.client.output
        let article = outcome.summary.shortHandle
        if outcome.plan.operations.isEmpty {
            let isLeft = outcome.plan.kept.isEmpty
            output.print(
                "\(outcome.handle): nothing to take back"
                    + (isLeft ? ": nothing of it is left in \(article)." : ".")
            )
        } else if isDryRun {
            output.print("\(outcome.handle): would be taken back in \(article): \(outcome.facts).")
        } else {
            let pending = try library.pendingText()
            output.print("\(outcome.handle): taken back in \(article): \(outcome.facts).\(pending)")
        }
        for kept in outcome.plan.kept { output.message("  \(text(kept, outcome, library))") }
    }

    /// What stays, and why.
    private static func text(
        _ kept: ArticleUndo.Kept,
        _ outcome: Outcome,
        _ library: OpenLibrary
    ) -> String {
        func note(_ id: AnnotationID) -> String {
            (try? library.replica.shortHandle(of: id)) ?? String(id.handle.prefix(8))
        }
        return switch kept {
        case .field(let field): "left alone: \(field.name), which was set again since"
        case .tag(let tag): "left alone: #\(tag), which somebody else put on or took off too"
        case .note(let id): "left alone: note \(note(id)), which only its author can take back"
        case .deletedNote: "left alone: a note that was deleted cannot come back"
        case .changedNote(let id): "left alone: note \(note(id)), which was changed since"
        case .deletion: "left alone: the article was deleted by somebody else too"
        }
    }

    private static func json(_ outcome: Outcome, _ library: OpenLibrary) -> JSONValue {
        [
            "change": .string(outcome.heading.change.description),
            "article": .string(outcome.summary.id.handle),
            "entry": .optional(outcome.entry?.description),
            "operations": .integer(Int64(outcome.plan.operations.count)),
            "done": .string(outcome.facts),
            "left_alone": .strings(outcome.plan.kept.map { text($0, outcome, library) }),
        ]
    }
}
