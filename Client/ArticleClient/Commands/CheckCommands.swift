import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley doctor`.
enum DoctorCommand: Command {
    static let description = CommandDescription(
        "doctor",
        "check the library's file, and derive everything anew from the log",
        discussion: """
            Articles, tags, notes and search follow from the signed log. This derives them again \
            and compares; with --rebuild what differs is replaced.
            """,
        options: [OptionDescription(flag: "rebuild", "replace what differs")],
        examples: [
            CommandExample("galley doctor", "looks, and changes nothing"),
            CommandExample("galley doctor --rebuild", "repairs what can be derived"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let report = try library.replica.doctor(repairing: line.has("rebuild"))
        let isHealthy = report.integrityProblems.isEmpty && (report.isSound || report.isRepaired)
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.doctor/1", "sound": .bool(report.isSound),
                "repaired": .bool(report.isRepaired),
                "problems": .strings(report.integrityProblems),
                "differing": .strings(report.differingTables),
                "state_hash": .string(report.hashAfter.hexadecimal),
            ])
            return isHealthy ? .done : .integrity
        }
        for problem in report.integrityProblems { client.output.print("damage: \(problem)") }
        for table in report.differingTables {
            client.output.print("\(table): differs from what follows from the log")
        }
        if report.isSound {
            client.output.print("Sound: everything derived equals what follows from the log.")
        } else if report.isRepaired {
            client.output.print("Repaired: everything derived was replaced.")
        } else {
            client.output.hint("galley doctor --rebuild replaces what is derived")
        }
        client.output.print("state \(report.hashAfter.hexadecimal)")
        return isHealthy ? .done : .integrity
    }
}
