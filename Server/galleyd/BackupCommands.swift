import ArticleFormats
import ArticleModel
import CommandArguments
import Diagnostics
import Files
import SyncServer

/// `galleyd backup …`: one file for the whole hub.
enum BackupCommands {
    static let description = CommandDescription(
        "backup",
        "copies of the whole hub for the day the disk breaks",
        subcommands: [create, verify, restore]
    )

    private static let file = ArgumentDescription("file", "the backup")
    private static let json = OptionDescription(flag: "json", "print one JSON object")

    private static let create = CommandDescription(
        "create",
        "copy libraries, settings, claim codes and the hub's key into one checked file",
        discussion: """
            The hub may run meanwhile; each library is copied as it is at one moment. The secret \
            key is in the file unless --without-key says otherwise: a hub that has lost its key \
            can admit nobody any more, and no client trusts it. Keep the file as safe as the key; \
            only its owner may read it.
            """,
        arguments: [ArgumentDescription("file", "the file to make, or the folder to make it in")],
        options: [
            OptionDescription(flag: "force", "replace a file that is there"),
            OptionDescription(flag: "without-key", "leave the hub's secret key out"),
            json,
        ],
        examples: [
            CommandExample("galleyd backup create /media/disk --data /srv/galley", "Daily, say.")
        ]
    )

    private static let verify = CommandDescription(
        "verify",
        "check a backup to the last byte, and every library in it",
        arguments: [file],
        options: [json]
    )

    private static let restore = CommandDescription(
        "restore",
        "make the folder a hub as it was when the backup was made",
        discussion: """
            What clients sent after the backup they send again when they connect; nobody has to do \
            anything for it. New members are let in again once a device of an owner has synced: \
            the hub may have let others in since. The folder's hub must not run. What is there is \
            kept in a folder beside.
            """,
        arguments: [file],
        options: [
            OptionDescription(flag: "replace", "in place of the hub that is there"),
            OptionDescription("key", value: "FILE", "the hub's key, for a backup without it"),
            OptionDescription(
                flag: "complete",
                "nobody was let in after the backup: let new members in at once"
            ),
            json,
        ]
    )

    static func run(_ command: ParsedCommand) throws {
        let path = try command.required("file")
        switch command.path.last {
        case "create": try create(path, command)
        case "verify": try verify(path, command)
        default: try restore(path, command)
        }
    }

    private static func create(_ target: String, _ command: ParsedCommand) throws {
        let now = SystemClock.milliseconds()
        let folder = try command.hubFolder()
        let stamp = RFC3339.text(ofMilliseconds: now).prefix(19).filter { $0 != "-" && $0 != ":" }
        let path =
            FileSystem.isFolder(target) ? "\(target)/hub-\(stamp)Z.galley-backup" : target
        let backup = try folder.backUp(
            to: path,
            replacing: command.has("force"),
            withKey: !command.has("without-key"),
            now: now
        )
        if command.has("json") {
            return try Output.print(json(backup, [("path", .string(path))]))
        }
        try Output.write("\(path): \(summary(backup))\n")
        Output.complain(
            backup.hasKey
                ? "The hub's secret key is in it: keep the file as safe as the key.\n"
                : "The hub's secret key is not in it: keep hub.key elsewhere, or no client will "
                    + "trust the hub that is restored.\n"
        )
    }

    private static func verify(_ path: String, _ command: ParsedCommand) throws {
        let variables = Surroundings.variables
        let scratch = variables["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        let backup = try HubFolder.verifyBackup(path, scratch: scratch)
        if command.has("json") {
            try Output.print(
                json(
                    backup,
                    [
                        ("path", .string(path)), ("good", .bool(backup.problems.isEmpty)),
                        ("problems", .strings(backup.problems)),
                    ]
                )
            )
        } else {
            for problem in backup.problems { try Output.print("wrong: \(problem)") }
            let made = RFC3339.text(ofMilliseconds: backup.timeMilliseconds)
            try Output.print(
                (backup.problems.isEmpty ? "All good: " : "\(backup.problems.count) wrong: ")
                    + "hub as of \(made), \(summary(backup))"
            )
        }
        if let problem = backup.problems.first { throw ServerError(.damaged, problem) }
    }

    private static func restore(_ path: String, _ command: ParsedCommand) throws {
        let folder = try command.hubFolder()
        let key = try command.value("key").map { try FileSystem.read($0, limit: 16 * 1024) }
        let restored = try folder.restore(
            from: path,
            replacing: command.has("replace"),
            key: key,
            givingReceipts: command.has("complete"),
            now: SystemClock.milliseconds()
        )
        if command.has("json") {
            return try Output.print(
                json(
                    restored.backup,
                    [
                        ("data", .string(folder.path)),
                        ("hub_key", .string("\(restored.hubKey)")),
                        ("replaced", .optional(restored.replaced)),
                    ]
                )
            )
        }
        let made = RFC3339.text(ofMilliseconds: restored.backup.timeMilliseconds)
        try Output.write(
            """
            A hub as of \(made) is in \(folder.path): \(summary(restored.backup))
              hub key     \(restored.hubKey)

            """
        )
        if let replaced = restored.replaced {
            Output.complain("What was there is kept in \(replaced).\n")
        }
        Output.complain(
            "What clients sent after the backup they send again when they connect."
                + (command.has("complete")
                    ? "\n" : " New members are let in once a device of an owner has synced.\n")
        )
    }

    private static func summary(_ backup: HubBackup) -> String {
        let libraries = backup.libraries.map { "\($0.name) (\($0.entryCount) change sets)" }
        let count = libraries.count == 1 ? "1 library" : "\(libraries.count) libraries"
        return libraries.isEmpty ? "\(count)." : "\(count): \(libraries.joined(separator: ", "))."
    }

    private static func json(
        _ backup: HubBackup,
        _ more: [(String, JSONValue)]
    ) -> JSONValue {
        let facts: [(String, JSONValue)] = [
            ("made", .string(RFC3339.text(ofMilliseconds: backup.timeMilliseconds))),
            ("has_key", .bool(backup.hasKey)), ("claims", .integer(Int64(backup.claimCount))),
            (
                "libraries",
                .array(
                    backup.libraries.map { library in
                        [
                            "id": .string(library.id.description),
                            "name": .string(library.name),
                            "entries": .integer(Int64(clamping: library.entryCount)),
                            "position": .integer(Int64(clamping: library.position)),
                        ]
                    }
                )
            ),
        ]
        return .object((more + facts).map { JSONValue.Member($0.0, $0.1) })
    }
}
