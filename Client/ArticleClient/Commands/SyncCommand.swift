import ArticleFormats
import CommandArguments
import Diagnostics
import ReplicaStore
import SyncEngine
import SyncProtocol

/// `galley sync`.
enum SyncCommand: Command {
    static let description = CommandDescription(
        "sync",
        "bring this machine and the hub level",
        discussion: """
            Sends what was signed here and takes what others signed; every entry that comes is \
            verified. Cut off in the middle, nothing is lost and nothing is done twice.
            """,
        examples: [CommandExample("galley sync", "ends with 5 where the hub cannot be reached")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let remote = try library.remote()
        let conflictsBefore = try library.replica.status().conflictCount
        let (report, sent, received) = try library.sync()
        let status = try library.replica.status()
        let summary = report.summary
        let exit: ExitCode = report.faults.isEmpty && summary.refusedCount == 0 ? .done : .partly
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.sync/1", "hub": .string(remote.address),
                "sent": .integer(Int64(summary.sentCount)),
                "received": .integer(Int64(summary.receivedCount)),
                "refused": .integer(Int64(summary.refusedCount)),
                "records": .integer(Int64(report.recordCount)),
                "bytesSent": .integer(Int64(sent)), "bytesReceived": .integer(Int64(received)),
                "pending": .integer(Int64(status.unplacedCount)),
                "conflicts": .integer(Int64(status.conflictCount)),
                "faults": .strings(report.faults.map { $0.text }),
            ])
            return exit
        }
        for fault in report.faults {
            client.output.warning("not taken by the hub: \(fault.text)")
        }
        let size = HumanSize.text(ofBytes: sent + received)
        var facts = [
            "sent \(counted(summary.sentCount, "change set"))", "received \(summary.receivedCount)",
        ]
        if report.recordCount > 0 { facts.append(counted(report.recordCount, "membership record")) }
        let level = status.unplacedCount == 0 ? "Up to date." : "\(status.unplacedCount) pending."
        client.output.print(
            "\(remote.address): \(facts.joined(separator: ", ")) (\(size)). \(level)"
        )
        if status.conflictCount > conflictsBefore {
            client.output.print(
                "\(counted(status.conflictCount - conflictsBefore, "conflict")): people set a field "
                    + "at the same time; every value is kept."
            )
            client.output.hint("galley list --attention shows where")
        }
        return exit
    }
}
