import CommandArguments
import Diagnostics
import Files
import Glibc
import Sockets
import SyncServer

/// `galleyd run`: serves until it is told to stop.
enum RunCommand {
    static func run(_ command: ParsedCommand) throws {
        let level = try command.choice(
            "log-level",
            among: LogLevel.allCases.map(\.name)
        ).flatMap { LogLevel(name: $0) }
        let format = try command.choice(
            "log-format",
            among: LogFormat.allCases.map(\.rawValue)
        ).flatMap { LogFormat(rawValue: $0) }
        OpenFileLimit.raise()
        var options = HubServer.Options()
        options.listen = try command.hostPort("listen")
        options.stopSignals = [SIGTERM, SIGINT, SIGHUP]
        let server = try HubServer(
            folder: try command.hubFolder(),
            options: options,
            log: Logger(
                level: level ?? .info,
                format: format ?? .logfmt,
                clock: SystemClock.milliseconds,
                sink: { Output.complain($0) }
            ),
            now: SystemClock.milliseconds,
            monotonic: SystemClock.monotonicMilliseconds
        )
        if let path = command.value("port-file") {
            try FileSystem.write(Array("\(server.address.port)\n".utf8), to: path)
        }
        // Whoever started it may not read this; the hub serves all the same.
        try? Output.print("listening on \(server.address)")
        server.run()
    }
}
