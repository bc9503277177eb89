import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore
import Sockets

/// `galley doctor`.
enum DoctorCommand: Command {
    static let description = CommandDescription(
        "doctor",
        "check the library's file, and repair it",
        discussion: """
            Articles, tags, notes and search follow from the signed log. This derives them again \
            and compares; with --rebuild what differs is replaced. With --peer the log itself is \
            compared, entry by entry, with that of the hub or of another machine of the library: \
            what is damaged or missing here is fetched from there, checked, and put in its place, \
            and then everything is derived anew.
            """,
        arguments: [
            ArgumentDescription(
                "place",
                "with --peer: HOST:PORT of a machine that runs galley listen; the hub by itself",
                count: .optional
            )
        ],
        options: [
            OptionDescription(flag: "rebuild", "replace what differs"),
            OptionDescription(flag: "peer", "repair the log by what the hub or a machine has"),
        ],
        examples: [
            CommandExample("galley doctor", "looks, and changes nothing"),
            CommandExample("galley doctor --rebuild", "repairs what can be derived"),
            CommandExample("galley doctor --peer", "repairs the log by the hub's"),
            CommandExample("galley doctor --peer 192.168.1.7:4481", "by another machine's"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        if line.has("peer") {
            guard !line.has("rebuild") else {
                throw line.misuse(
                    "--peer derives everything anew where it repairs: leave --rebuild."
                )
            }
            return try RepairCall(OpenLibrary(client), at: place(line)).run()
        }
        guard line.argument("place") == nil else {
            throw line.misuse("To repair by what another machine has, give --peer too.")
        }
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

    /// The machine to ask; nil for the hub.
    private static func place(_ line: ParsedCommand) throws -> HostPort? {
        guard let text = line.argument("place"), text != "hub" else { return nil }
        guard let place = HostPort(text) else {
            throw line.misuse("'\(text)' is neither HOST:PORT of a machine that listens nor hub.")
        }
        return place
    }
}
