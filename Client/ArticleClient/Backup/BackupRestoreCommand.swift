import ArticleFormats
import Backup
import CommandArguments
import Diagnostics
import Files
import ReplicaStore

/// `galley backup restore`.
enum BackupRestoreCommand: Command {
    static let path = ["backup", "restore"]
    static let description = CommandDescription(
        "restore",
        "make a library of a backup",
        discussion: """
            A library that is there already is replaced only by --replace, and kept beside under \
            another name. What was done after the backup comes back with the next sync, as far as \
            the hub or somebody else has it. The next change made here opens a new chain: nothing \
            is ever signed twice under one number.
            """,
        arguments: [ArgumentDescription("file", "the backup")],
        options: [
            OptionDescription("to", value: "PATH", "a file or folder instead of the usual place"),
            OptionDescription(flag: "replace", "in place of the library that is there"),
        ],
        examples: [
            CommandExample("galley backup restore press.galley-backup", "where there is none"),
            CommandExample(
                "galley backup restore press.galley-backup --to /tmp/look.sqlite3",
                "beside the library, to look at"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let restoring = LibraryRestoring(
            backup: try line.required("file"),
            target: target(line, client),
            isReplacing: line.has("replace"),
            client: client
        )
        try tell(restoring.run(), client)
        return .done
    }

    private static func target(_ line: ParsedCommand, _ client: Client) -> String {
        guard let path = line.value("to") else { return client.places.library }
        return FileSystem.isFolder(path) ? "\(path)/\(BackupName.replica)" : path
    }

    private static func tell(_ outcome: LibraryRestoring.Outcome, _ client: Client) throws {
        let facts = outcome.facts
        guard client.output.isText else {
            client.output.json(
                .object(
                    [
                        JSONValue.Member("schema", "galley.restore/1"),
                        JSONValue.Member("path", .string(outcome.path)),
                    ] + BackupText.members(facts) + [
                        JSONValue.Member("opens_new_chain", true),
                        JSONValue.Member("key", .string(outcome.key.rawValue)),
                        JSONValue.Member("replaced", .optional(outcome.replaced)),
                        JSONValue.Member(
                            "not_in_backup",
                            outcome.missingCount.map { .integer(Int64($0)) } ?? .null
                        ),
                    ]
                )
            )
            return
        }
        let output = client.output
        output.print(
            "\(outcome.path): library \(facts.name) as of \(client.localTime(outcome.made)), "
                + "\(BackupText.summary(facts))."
        )
        output.message("This machine will open a new chain with its next change.")
        switch outcome.key {
        case .here: break
        case .restored: output.message("The device's secret key was put back too.")
        case .missing:
            output.message(
                "No key of this library's devices is on this machine: it can be read, not changed."
            )
        }
        if let replaced = outcome.replaced {
            output.message("The library that was there is kept at \(replaced).")
            if let count = outcome.missingCount, count > 0 {
                output.message("It has \(counted(count, "change set")) that the backup lacks.")
                output.hint(
                    "galley sync fetches what the hub has; for the rest: galley bundle create "
                        + "rest.bundle --library \(replaced) && galley bundle apply rest.bundle"
                )
                return
            }
        }
        output.hint(
            outcome.key == .missing
                ? "galley device add, on a machine that is in, invites this one"
                : "galley sync fetches what was done after the backup"
        )
    }
}
