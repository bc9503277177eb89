import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley review`.
enum ReviewCommand: Command {
    static let description = CommandDescription(
        "review",
        "look at what was merged by itself",
        discussion: """
            Edits of one paragraph that did not touch are merged without asking. Here they wait to be \
            looked at: the paragraph as it is now, with each side's words between numbered brackets. \
            One goes when somebody edits the paragraph again, or when you accept it, which is a note \
            of this machine's alone.
            """,
        arguments: [
            ArgumentDescription(
                "id",
                "an article, or a merge; all where none is named",
                count: .any
            )
        ],
        options: [
            OptionDescription(
                "since",
                value: "TIME",
                "only with changes since then: 2h, 3d, yesterday, 2026-11-23, or RFC 3339"
            ),
            OptionDescription(flag: "accept", "you have seen them, and are content"),
            OptionDescription(flag: "all", "with --accept: all of them"),
            OptionDescription("undo", value: "CHANGE", "take one of the changes back"),
            OptionDescription(flag: "ndjson", "print a JSON object a line"),
        ],
        examples: [
            CommandExample("galley review", "what waits"),
            CommandExample("galley review --accept --all", "all is well"),
            CommandExample("galley review --undo x7qd", "takes change x7qd back"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        if let change = line.value("undo") {
            guard !line.has("accept"), line.arguments("id").isEmpty else {
                throw line.misuse("--undo goes alone.")
            }
            return try UndoCommand.undo([change], isDryRun: false, client)
        }
        let library = try OpenLibrary(client)
        let since = try line.value("since").map { try client.time(ofWords: $0, option: "since") }
        let all = try library.reviews().filter { $0.isSince(since) }
        let names = line.arguments("id")
        guard line.has("accept") else {
            guard !line.has("all") else { throw line.misuse("'--all' goes with '--accept'.") }
            try list(wanted(names, among: all, library), library)
            return .done
        }
        guard !names.isEmpty || line.has("all") else {
            throw line.misuse("Name what you accept, or give --all.")
        }
        let wanted = try wanted(names, among: all, library)
        try library.replica.accept(wanted.map(\.record.id))
        if client.output.isText {
            client.output.print("Accepted \(counted(wanted.count, "automatic merge")).")
        } else {
            client.output.json([
                "schema": "galley.review-accepted/1",
                "accepted": .strings(wanted.map(\.record.id.handle)),
            ])
        }
        return .done
    }

    /// The merges that the line names: by their ids, or by their articles'; all where none is named.
    private static func wanted(
        _ names: [String],
        among all: [FoundReview],
        _ library: OpenLibrary
    ) throws -> [FoundReview] {
        guard !names.isEmpty else { return all }
        var wanted: [FoundReview] = []
        for name in names {
            let letters = name.lowercased()
            let named = all.filter {
                letters.utf8.count >= 4 && $0.record.id.handle.hasPrefix(letters)
            }
            if named.count == 1 {
                wanted += named
                continue
            }
            guard named.isEmpty else {
                throw ClientError(
                    .usage,
                    "id.ambiguous",
                    "“\(name)” is the beginning of several merges' ids; give more letters:\n"
                        + named.map { "  \($0.record.shortHandle)" }.joined(separator: "\n")
                )
            }
            guard !(try library.replica.articles(handlePrefix: name, limit: 1).isEmpty) else {
                throw ClientError(
                    .notFound,
                    "review.unknown",
                    "Nothing that waits to be looked at has an id that begins with “\(name)”, and no "
                        + "article has. It may be accepted already, or edited since.",
                    hint: "galley review lists what waits"
                )
            }
            let article = try library.article(name)
            wanted += all.filter { $0.record.article == article.id }
        }
        return wanted
    }

    private static func list(_ found: [FoundReview], _ library: OpenLibrary) {
        let output = library.client.output
        switch output.form {
        case .json:
            output.json([
                "schema": "galley.review/1",
                "merges": .array(found.map { $0.json(in: library) }),
            ])
        case .ndjson: for review in found { output.json(review.json(in: library)) }
        case .text:
            for (index, review) in found.enumerated() {
                if index > 0 { output.print() }
                review.show(in: library)
            }
            guard !found.isEmpty else { return output.message("Nothing to look at.") }
            output.hint("galley review --accept --all · galley review --undo CHANGE")
        }
    }
}
