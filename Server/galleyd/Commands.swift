import CommandArguments

/// What `galleyd` can be asked for.
enum Commands {
    static let program = ProgramDescription(
        root: CommandDescription(
            "galleyd",
            "the hub that a library's replicas sync with",
            discussion: """
                A hub keeps a replica of each library and passes on what its members send. It is \
                known by its key; whoever holds a claim code may register one library.
                """,
            subcommands: [initialize, claim, run, status, BackupCommands.description]
        ),
        globalOptions: [
            OptionDescription("data", value: "DIR", "the hub's folder")
        ]
    )

    private static let json = OptionDescription(flag: "json", "print one JSON object")

    private static let initialize = CommandDescription(
        "init",
        "make a new hub: its key, its folder, a first claim code",
        options: [
            OptionDescription("listen", value: "HOST:PORT", "where it listens (*:4480)"),
            OptionDescription(
                "address",
                value: "HOST:PORT",
                "where clients reach it, if that is another place"
            ),
            json,
        ],
        examples: [
            CommandExample(
                "galleyd init --listen '*:4480' --address hub.example.org",
                "A hub for everybody who can reach this machine."
            )
        ]
    )

    private static let claim = CommandDescription(
        "claim",
        "make a code by which one more library can be registered",
        options: [json]
    )

    private static let run = CommandDescription(
        "run",
        "serve until SIGTERM or SIGINT, then finish what was begun",
        options: [
            OptionDescription("listen", value: "HOST:PORT", "instead of where the settings say"),
            OptionDescription(
                "port-file",
                value: "PATH",
                "write the port there once it listens (for port 0)"
            ),
            OptionDescription("log-level", value: "LEVEL", "debug, info, warning or error"),
            OptionDescription("log-format", value: "FORMAT", "logfmt or json"),
        ],
        examples: [
            CommandExample("galleyd run --data /srv/galley", "Serve from a folder.")
        ]
    )

    private static let status = CommandDescription(
        "status",
        "say what the hub holds, and whether it runs",
        options: [json]
    )
}
