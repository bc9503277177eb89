import ArticleFormats
import Diagnostics
import Glibc
import ReplicaStore
import Sockets
import SyncEngine

/// `galley sync --watch`: stays connected to the hubs of libraries until it is told to end.
struct Watcher {
    private let client: Client
    private let isForAll: Bool
    /// How often other processes' work is looked for, and how long anything else may wait.
    private static let turnMilliseconds = 200
    /// Time for what is under way when it is told to end.
    private static let finishMilliseconds: Int64 = 3_000

    init(_ client: Client, isForAll: Bool) {
        self.client = client
        self.isForAll = isForAll
    }

    func run() throws -> ExitCode {
        // Before anything blocks: a signal that comes early is not lost.
        let signals = try SignalWatch([SIGINT, SIGTERM, SIGHUP])
        // Each event is a document of its own.
        if !client.output.isText { client.output.form = .ndjson }
        var failures: [ClientError] = []
        let libraries = try self.libraries(&failures)
        let hubs = try HubGroup.groups(of: libraries).map { try WatchedHub($0, client) }
        let watched = hubs.flatMap(\.libraries)
        let start = SystemClock.bootMilliseconds()
        let wasToldToEnd = try watch(hubs, signals)
        failures += hubs.flatMap(\.failures)
        if wasToldToEnd || !watched.isEmpty {
            tellEnd(watched, milliseconds: SystemClock.bootMilliseconds() - start)
        }
        guard let first = failures.first else { return .done }
        return wasToldToEnd ? .partly : first.exit
    }

    private func libraries(_ failures: inout [ClientError]) throws -> [LibraryAtHub] {
        guard isForAll else { return [try LibraryAtHub(OpenLibrary(client))] }
        var errors: [ClientError] = []
        let libraries = try client.librariesAtHubs { path, error in
            let error = ClientError(error)
            client.output.warning("galley: \(path): \(error.message)")
            errors.append(error)
        }
        failures += errors
        if libraries.isEmpty, errors.isEmpty {
            throw ClientError(
                .notFound,
                "remote.missing",
                "No library of this machine has a hub.",
                hint: "galley remote add HOST:PORT --key KEY --claim CODE"
            )
        }
        return libraries
    }

    /// Watches until a signal comes or there is nothing left to watch; whether a signal came.
    private func watch(_ hubs: [WatchedHub], _ signals: SignalWatch) throws -> Bool {
        var sleep = SleepWatch()
        var deadline: Int64?
        while true {
            let now = SystemClock.monotonicMilliseconds()
            let boot = SystemClock.bootMilliseconds()
            if sleep.hasSlept(monotonicMilliseconds: now, bootMilliseconds: boot) {
                for hub in hubs { hub.reconnect(now: now) }
            }
            for hub in hubs {
                try hub.lookForChanges(now: now)
                hub.step(now: now)
            }
            client.output.flush()
            if hubs.allSatisfy(\.isOver) { return deadline != nil }
            if let deadline, now >= deadline { break }
            let signal = TLSClientConnection.wait(
                for: hubs.compactMap(\.connection),
                signals: signals,
                milliseconds: Self.turnMilliseconds
            )
            guard signal != nil || client.output.isAbandoned else { continue }
            // Asked twice, it leaves at once.
            if deadline != nil { break }
            deadline = now + Self.finishMilliseconds
            for hub in hubs { hub.finish(now: now) }
        }
        for hub in hubs { hub.leave() }
        return true
    }

    private func tellEnd(_ libraries: [WatchedLibrary], milliseconds: Int64) {
        for library in libraries {
            library.event(
                "summary",
                [
                    .init("sent", .integer(Int64(library.sentCount))),
                    .init("received", .integer(Int64(library.receivedCount))),
                    .init("milliseconds", .integer(milliseconds)),
                ]
            )
        }
        guard client.output.isText else { return }
        let sent = libraries.reduce(0) { $0 + $1.sentCount }
        let received = libraries.reduce(0) { $0 + $1.receivedCount }
        let minutes = milliseconds / 60_000
        let span = minutes > 0 ? "\(minutes) min" : "\(milliseconds / 1000) s"
        client.output.print(
            "Watched for \(span): sent \(counted(sent, "change set")), received \(received)."
        )
    }
}
