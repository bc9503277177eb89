import ArticleFormats
public import CommandArguments
import Diagnostics
import Files

/// The program `galley`: its command line, and what becomes of it.
public enum GalleyProgram {
    /// The commands, in the order of the help.
    static var commands: [any Command.Type] {
        [
            InitCommand.self, ImportCommand.self, ListCommand.self, SearchCommand.self,
            ShowCommand.self, EditCommand.self, SetCommand.self, TagCommand.self,
            NoteAddCommand.self, NoteListCommand.self, NoteShowCommand.self,
            NoteReplyCommand.self, NoteEditCommand.self, NoteResolveCommand.self,
            NoteDeleteCommand.self, DeleteCommand.self, UndeleteCommand.self, LogCommand.self,
            DiffCommand.self,
            BlameCommand.self, UndoCommand.self, RestoreCommand.self, ConflictsCommand.self,
            ResolveCommand.self, ReviewCommand.self, StatusCommand.self,
            ExportCommand.self, VerifyCommand.self,
            DoctorCommand.self, SyncCommand.self, ListenCommand.self, RemoteAddCommand.self,
            RemoteListCommand.self,
            InviteCommand.self, JoinCommand.self, DeviceAddCommand.self, UserListCommand.self,
            UserRoleCommand.self, BackupCreateCommand.self, BackupVerifyCommand.self,
            BackupRestoreCommand.self, BundleCreateCommand.self, BundleInspectCommand.self,
            BundleVerifyCommand.self, BundleApplyCommand.self,
        ]
    }

    /// Commands that hold others.
    private static let groups = [
        "note": "notes on articles, which stay with their words",
        "remote": "the hub that keeps the library",
        "device": "your own machines",
        "user": "who is in the library",
        "bundle": "changes in files, for machines that share no network",
        "backup": "copies of the library for the day the disk breaks",
    ]

    /// The whole command line.
    public static var description: ProgramDescription {
        var top: [CommandDescription] = []
        for command in commands {
            guard command.path.count > 1, let group = command.path.first else {
                top.append(command.description)
                continue
            }
            if let place = top.firstIndex(where: { $0.name == group }) {
                top[place].subcommands.append(command.description)
            } else {
                var description = CommandDescription(group, groups[group] ?? "")
                description.subcommands = [command.description]
                top.append(description)
            }
        }
        return ProgramDescription(
            root: CommandDescription(
                "galley",
                "a library of articles on every machine its people use",
                discussion: """
                    Articles, edits and notes are kept on this machine and signed by its key. A hub \
                    is needed only to sync with other machines and people.
                    """,
                examples: [
                    CommandExample("galley init", "makes a library"),
                    CommandExample("galley import page.txt", "takes articles in"),
                    CommandExample("galley help import", "explains a command"),
                ],
                subcommands: top
            ),
            globalOptions: [
                OptionDescription("library", value: "PATH", "the library's file, or its folder"),
                OptionDescription(flag: "json", "print data as one JSON document"),
                OptionDescription(flag: "quiet", short: "q", "print no messages beside the data"),
                OptionDescription(
                    "passphrase-file",
                    value: "FILE",
                    "the passphrase of the device key"
                ),
                OptionDescription("color", value: "WHEN", "auto, always or never"),
                OptionDescription(flag: "no-pager", "print long output as it is"),
            ]
        )
    }

    /// Does what the words after the program's name say; gives what to end with.
    public static func run(_ words: [String], _ client: Client) -> Int32 {
        let output = client.output
        // Known before parsing, so that an error in the line comes in the form asked for.
        if words.contains("--json") { output.form = .json }
        if words.contains("--ndjson") { output.form = .ndjson }
        do {
            let exit = try run(description.parse(TagCommand.rearranged(words)), client)
            output.finish()
            // Half of an export must not pass for all of it.
            if let failure = output.failure { throw failure }
            return exit.rawValue
        } catch {
            output.finish()
            let error = ClientError(error)
            tell(error, output)
            return error.exit.rawValue
        }
    }

    private static func run(_ parsed: ParsedLine, _ client: Client) throws -> ExitCode {
        switch parsed {
        case .version:
            client.output.print("galley \(ProductVersion.text)")
            return .done
        case .help(let text, let asked):
            if asked {
                client.output.print(text)
                return .done
            }
            client.output.warning(text)
            return .usage
        case .run(let line):
            client.output.isQuiet = line.has("quiet")
            client.libraryOption = line.value("library")
            client.passphraseFile = line.value("passphrase-file")
            guard let command = commands.first(where: { $0.path == line.path }) else {
                throw line.misuse("There is no command '\(line.name)'.")
            }
            try client.choose(line, isPaged: command.isPaged)
            return try command.run(line, client)
        }
    }

    private static func tell(_ error: ClientError, _ output: Output) {
        guard output.isText else {
            output.warning(
                JSONWriter.string([
                    "schema": "galley.error/1", "code": .integer(Int64(error.exit.rawValue)),
                    "kind": .string(error.kind), "message": .string(error.message),
                    "hint": .optional(error.hint),
                ])
            )
            return
        }
        output.warning("galley: \(error.message)")
        if let hint = error.hint { output.warning("hint: \(hint)") }
    }
}

extension Client {
    /// Goes by what the line and the environment say of colours and the pager.
    fileprivate func choose(_ line: ParsedCommand, isPaged: Bool) throws {
        let choices = TerminalChoices(
            variables: variables,
            colour: try line.choice("color", among: TerminalChoices.colours),
            hasNoPager: line.has("no-pager")
        )
        let isTerminal = output.columns != nil
        output.isColoured = output.isText && choices.isColoured(onTerminal: isTerminal)
        guard isPaged, output.isText, isTerminal, let startPager, let pager = choices.pager else {
            return
        }
        output.page { () throws(FileError) in try startPager(pager) }
    }
}
