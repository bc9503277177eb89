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

/// `galley verify`.
enum VerifyCommand: Command {
    static let description = CommandDescription(
        "verify",
        "check every signature, chain and body",
        examples: [CommandExample("galley verify", "ends with 7 where something does not hold")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let report = try library.replica.verify()
        let exit: ExitCode = report.problems.isEmpty ? .done : .integrity
        guard client.output.isText else {
            client.output.json(json(report))
            return exit
        }
        for problem in report.problems {
            let entry = problem.entry.map { "entry \($0.handle.prefix(8)): " } ?? ""
            client.output.print("wrong: \(entry)\(problem.message)")
        }
        for fault in report.faults {
            let article = fault.article.handle.prefix(8)
            let change = fault.change.handle.prefix(8)
            client.output.print("without effect: change \(change) of \(article): \(fault.message)")
        }
        for chain in report.forkedChains {
            client.output.print("forked: chain \(chain.handle.prefix(8)) was signed twice")
        }
        client.output.print(
            (report.problems.isEmpty ? "All good: " : "\(report.problems.count) wrong of ")
                + "\(counted(report.recordCount, "membership record")), "
                + "\(counted(report.chainCount, "chain")), "
                + "\(report.entryCount) change sets."
        )
        return exit
    }

    private static func json(_ report: VerifyReport) -> JSONValue {
        [
            "schema": "galley.verify/1", "good": .bool(report.problems.isEmpty),
            "records": .integer(Int64(report.recordCount)),
            "chains": .integer(Int64(report.chainCount)),
            "entries": .integer(Int64(report.entryCount)),
            "problems": .array(
                report.problems.map {
                    ["entry": .optional($0.entry?.description), "message": .string($0.message)]
                }
            ),
            "without_effect": .array(
                report.faults.map {
                    [
                        "article": .string($0.article.handle),
                        "change": .string($0.change.description), "message": .string($0.message),
                    ]
                }
            ),
            "forked": .strings(report.forkedChains.map(\.description)),
        ]
    }
}
