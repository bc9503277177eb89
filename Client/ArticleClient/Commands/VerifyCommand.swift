import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley verify`.
enum VerifyCommand: Command {
    static let description = CommandDescription(
        "verify",
        "check every signature, chain and body",
        discussion: """
            A chain is forked where a device signed two change sets for one place in it: it was \
            restored or copied, or somebody else has its key. Both count, and nothing is lost; \
            --forks shows the proof, and writes it to a file that --proof checks anywhere.
            """,
        options: [
            OptionDescription(flag: "forks", "show the chains that forked, and check nothing else"),
            OptionDescription(
                "output",
                short: "o",
                value: "FILE",
                "with --forks: write the proofs to FILE"
            ),
            OptionDescription("proof", value: "FILE", "check the proofs in FILE, and nothing else"),
        ],
        examples: [
            CommandExample("galley verify", "ends with 7 where something does not hold"),
            CommandExample("galley verify --forks -o proof", "what to show an admin"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        if let path = line.value("proof") { return try ForkReport.check(path, library, client) }
        if line.has("forks") {
            return try ForkReport.run(output: line.value("output"), library, client)
        }
        guard line.value("output") == nil else {
            throw line.misuse("Only proofs are written to a file: give --forks too.")
        }
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
        for entry in report.unsound {
            client.output.print(
                "signature: entry \(entry.handle.prefix(8))'s own does not hold, but a later one "
                    + "proves it; a good one is fetched"
            )
        }
        for chain in report.forkedChains {
            client.output.print("forked: chain \(chain.handle.prefix(8)) was signed twice")
        }
        if !report.forkedChains.isEmpty {
            client.output.hint("galley verify --forks shows the proof")
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
            "unsound": .strings(report.unsound.map(\.description)),
        ]
    }
}
