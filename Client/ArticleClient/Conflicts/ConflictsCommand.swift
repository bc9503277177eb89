import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley conflicts` and `galley conflicts show`.
enum ConflictsCommand: Command {
    static let description = CommandDescription(
        "conflicts",
        "list where people edited the same words, or show one such place",
        discussion: """
            Where people changed the same words at the same time, nothing is mixed and nothing lost: \
            one side's words are shown meanwhile, all are kept until somebody chooses. Once resolved \
            it is resolved on every machine. 'conflicts show' has both sides word by word, and the \
            token that 'galley resolve --expect' takes.
            """,
        arguments: [
            ArgumentDescription(
                "id",
                "an article; or 'show' and a conflict's id",
                count: .any
            )
        ],
        options: [OptionDescription(flag: "ndjson", "print a JSON object a line")],
        examples: [
            CommandExample("galley conflicts", "all of them"),
            CommandExample("galley conflicts k7qd", "of one article"),
            CommandExample("galley conflicts show c8ty", "one, with all there is to choose from"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let words = line.arguments("id")
        let library = try OpenLibrary(client)
        if words.first == "show" {
            guard words.count == 2 else {
                throw line.misuse("'conflicts show' takes the id of one conflict.")
            }
            return try show(library.conflict(words[1]), library)
        }
        guard words.count <= 1 else { throw line.misuse("Name one article, or none.") }
        let article = try words.first.map { try library.article($0).id }
        let found = try library.conflicts(of: article)
        switch client.output.form {
        case .json:
            client.output.json([
                "schema": "galley.conflicts/1",
                "conflicts": .array(found.map { $0.json(in: library) }),
            ])
        case .ndjson: for conflict in found { client.output.json(conflict.json(in: library)) }
        case .text:
            let text = ConflictText(library: library)
            for conflict in found { client.output.paragraph(text.line(conflict), indent: "      ") }
            guard let first = found.first else {
                client.output.message("No conflicts.")
                return .done
            }
            client.output.hint(
                "galley conflicts show \(first.record.shortHandle) · galley resolve "
                    + "\(first.record.shortHandle) · nothing is lost if you leave it"
            )
        }
        return .done
    }

    private static func show(_ found: FoundConflict, _ library: OpenLibrary) -> ExitCode {
        let output = library.client.output
        guard output.isText else {
            guard case .object(let members) = found.json(in: library) else { return .failed }
            output.json(.object([.init("schema", "galley.conflict/1")] + members))
            return .done
        }
        ConflictText(library: library).show(found)
        let handle = found.record.shortHandle
        output.hint(
            "galley resolve \(handle) --ours|--theirs|--take USER|--both|--base|--edit "
                + "--expect \(found.record.token)"
        )
        return .done
    }
}
