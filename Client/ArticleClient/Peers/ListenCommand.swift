import ArticleFormats
import CommandArguments
import Diagnostics
import Glibc
import Sockets

/// `galley listen`.
enum ListenCommand: Command {
    static let description = CommandDescription(
        "listen",
        "let other machines of the library sync with this one directly",
        discussion: """
            Waits for galley sync HOST:PORT on another machine, without any hub between. Both prove \
            by their keys that they are devices of the library's members; nobody else is let in. \
            What came goes on to the hub with the next galley sync. Ends on Ctrl-C.
            """,
        arguments: [
            ArgumentDescription(
                "place",
                "HOST:PORT to listen at; every address at port \(usualPort) by itself",
                count: .optional
            )
        ],
        options: [OptionDescription(flag: "once", "end after one machine has synced")],
        examples: [
            CommandExample("galley listen", "any address of this machine"),
            CommandExample("galley listen 192.168.1.7:4481 --once", "one address, one sync"),
        ]
    )

    /// Beside the one of hubs, so that a machine can be both.
    private static let usualPort = HostPort.usualPort + 1

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let text = line.argument("place") ?? ":\(usualPort)"
        guard let place = HostPort(text) else {
            throw line.misuse("'\(text)' is no HOST:PORT to listen at.")
        }
        let library = try OpenLibrary(client)
        if !client.output.isText { client.output.form = .ndjson }
        let listener = try PeerListener(
            library,
            at: place,
            key: library.key(),
            isOnce: line.has("once"),
            signals: SignalWatch([SIGINT, SIGTERM, SIGHUP])
        )
        listener.run()
        return .done
    }
}
