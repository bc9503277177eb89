import ArticleFormats
import ArticleModel
import Backup
import CommandArguments
import Diagnostics
import Files
import ReplicaStore

/// `galley backup verify`.
enum BackupVerifyCommand: Command {
    static let path = ["backup", "verify"]
    static let description = CommandDescription(
        "verify",
        "check a backup to the last byte, and the library in it",
        discussion: """
            Every checksum, then the library's file, and every signature, chain and text in it. \
            Nothing on this machine is changed; no library and no key is needed.
            """,
        arguments: [ArgumentDescription("file", "the backup")],
        examples: [
            CommandExample(
                "galley backup verify press.galley-backup",
                "ends with 7 where something does not hold"
            )
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = try line.required("file")
        let folder = client.variables["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        // A folder that nobody can have put anything into before.
        let scratch = "\(folder)/galley-verify-\(client.random(16).hexadecimal)"
        try FileSystem.makeFolder(scratch)
        let copy = "\(scratch)/\(BackupName.replica)"
        defer {
            LibraryBackup.removeFiles(at: copy)
            try? FileSystem.removeFolder(scratch)
        }
        let backup = try LibraryBackup(path, replicaTo: copy)
        let replica = try Replica(opening: copy)
        let report = try replica.verify()
        var problems = report.problems.map { problem in
            (problem.entry.map { "entry \($0.handle.prefix(8)): " } ?? "") + problem.message
        }
        let facts = try replica.facts()
        if facts.library != backup.facts.library || facts.entryCount != backup.facts.entryCount
            || facts.hubHead != backup.facts.hubHead
        {
            problems.append("the library is not the one that the backup says it is of")
        }
        tell(backup, problems, path: path, client)
        return problems.isEmpty ? .done : .integrity
    }

    private static func tell(
        _ backup: LibraryBackup,
        _ problems: [String],
        path: String,
        _ client: Client
    ) {
        guard client.output.isText else {
            client.output.json(
                .object(
                    [
                        JSONValue.Member("schema", "galley.backup_check/1"),
                        JSONValue.Member("good", .bool(problems.isEmpty)),
                        JSONValue.Member("path", .string(path)),
                    ] + BackupText.members(backup.facts) + [
                        JSONValue.Member(
                            "made",
                            .string(
                                RFC3339.text(ofMilliseconds: backup.manifest.timeMilliseconds)
                            )
                        ),
                        JSONValue.Member("program", .string(backup.manifest.program)),
                        JSONValue.Member("has_key", .bool(backup.key != nil)),
                        JSONValue.Member("problems", .strings(problems)),
                    ]
                )
            )
            return
        }
        for problem in problems { client.output.print("wrong: \(problem)") }
        let made = client.localTime(backup.manifest.timeMilliseconds)
        client.output.print(
            (problems.isEmpty ? "All good: " : "\(problems.count) wrong: ")
                + "library \(backup.facts.name) as of \(made), "
                + BackupText.summary(backup.facts)
                + (backup.key == nil ? "." : ", and a device's secret key.")
        )
    }
}
