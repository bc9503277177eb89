import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Membership
import ReplicaStore

/// `galley log`.
enum LogCommand: Command {
    static let description = CommandDescription(
        "log",
        "show who changed an article, and when",
        arguments: [ArgumentDescription("id", "the article")],
        options: [OptionDescription("by", value: "USER", "only changes of this user")],
        examples: [CommandExample("galley log k7qd", "its changes, the last first")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let summary = try library.article(line.required("id"))
        let records = try library.replica.history(of: summary.id).reversed().filter { record in
            line.value("by").map { library.name(of: record.change.author) == $0 } ?? true
        }
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.log/1", "article": .string(summary.id.handle),
                "changes": .array(records.map { json($0, library) }),
            ])
            return .done
        }
        client.output.paragraph("\(summary.shortHandle)  \(summary.displayTitle)")
        var table = Table()
        for record in records {
            var facts = ChangeText.facts(record.change)
            if let fault = record.fault { facts += " — without effect: \(fault.message)" }
            table.add([
                String(record.change.id.handle.prefix(8)),
                ArticleDate.utcText(milliseconds: record.change.timeMilliseconds),
                library.name(of: record.change.device),
                record.position == nil && library.members.hub != nil ? "pending" : "",
                facts,
            ])
        }
        for line in table.lines(width: client.output.columns, flexible: 4) {
            client.output.print(line)
        }
        return .done
    }

    private static func json(_ record: ChangeRecord, _ library: OpenLibrary) -> JSONValue {
        let change = record.change
        return [
            "id": .string(change.id.description), "entry": .string(record.entry.description),
            "user": .string(library.name(of: change.author)),
            "device": .string(library.name(of: change.device)),
            "time": .string(ArticleDate.utcText(milliseconds: change.timeMilliseconds)),
            "sequence": .integer(Int64(clamping: change.sequence)),
            "lamport": .integer(Int64(clamping: change.lamport)),
            "parents": .strings(change.parents.map(\.description)),
            "position": record.position.map { .integer(Int64(clamping: $0)) } ?? .null,
            "fault": .optional(record.fault?.message),
            "what": .string(ChangeText.facts(change)),
        ]
    }
}
