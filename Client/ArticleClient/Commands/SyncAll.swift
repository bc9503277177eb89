import ArticleFormats
import ArticleModel
import ReplicaStore
import Sockets
import SyncEngine
import SyncProtocol

/// `galley sync --all`: every library of this machine, over one connection a hub.
struct SyncAll {
    private let client: Client
    private var documents: [JSONValue] = []
    private var doneCount = 0
    private var faultCount = 0
    private var failures: [ClientError] = []

    init(_ client: Client) { self.client = client }

    mutating func run() throws -> ExitCode {
        var unopened: [(String, any Error)] = []
        let libraries = try client.librariesAtHubs { unopened.append(($0, $1)) }
        for (path, error) in unopened { fail(path, error) }
        for group in try HubGroup.groups(of: libraries) { try sync(group) }
        if !client.output.isText {
            client.output.json(["schema": "galley.syncs/1", "libraries": .array(documents)])
        } else if libraries.isEmpty, unopened.isEmpty {
            client.output.message("No library of this machine has a hub.")
        }
        guard let first = failures.first else { return faultCount == 0 ? .done : .partly }
        return doneCount == 0 ? first.exit : .partly
    }

    private mutating func sync(_ group: HubGroup) throws {
        let start = client.now()
        var news = try group.libraries.map { try SyncNews(before: $0.library) }
        let connection: HubConnection
        do {
            for library in group.libraries {
                try library.replica.secureOwnChain(
                    as: client.signer(with: library.key, in: library.replica.library)
                )
            }
            connection = try HubConnection(group.address, hub: group.hub, key: group.key)
        } catch {
            for library in group.libraries { fail(library.name, error) }
            return
        }
        let outcomes = ClientSync.run(
            group.libraries.map { ($0.replica, .sync) },
            with: group.hub,
            over: connection
        )
        connection.close()
        // So that nobody has to wait for it who looks at articles next.
        for library in group.libraries { try library.replica.derive() }
        let milliseconds = max(0, client.now() - start)
        for (index, library) in group.libraries.enumerated() {
            do {
                guard let outcome = outcomes[library.replica.library] else { continue }
                let report = try outcome.get()
                try news[index].look()
                tell(library, report, milliseconds: milliseconds, news: news[index])
            } catch {
                fail(library.name, error)
            }
        }
    }

    private mutating func tell(
        _ library: LibraryAtHub,
        _ report: ClientSync.Report,
        milliseconds: Int64,
        news: SyncNews
    ) {
        doneCount += 1
        faultCount += report.faults.count
        let summary = report.summary
        let outcome = SyncOutcome(
            report: report,
            byteCount: Int(clamping: summary.sentByteCount + summary.receivedByteCount),
            milliseconds: milliseconds
        )
        do {
            let after = try SyncCommand.report(
                outcome,
                of: library.replica,
                with: library.remote,
                client,
                news: news,
                name: library.name
            )
            let document = SyncCommand.json(
                outcome,
                after,
                library.remote,
                news: news
            )
            documents.append([
                "library": .string(library.replica.library.description),
                "name": .string(library.name), "path": .string(library.replica.path),
                "sync": document,
            ])
        } catch {
            fail(library.name, error)
        }
    }

    private mutating func fail(_ name: String, _ error: any Error) {
        let error = ClientError(error)
        failures.append(error)
        client.output.warning("galley: \(name): \(error.message)")
        documents.append([
            "name": .string(name), "code": .integer(Int64(error.exit.rawValue)),
            "kind": .string(error.kind), "message": .string(error.message),
        ])
    }
}
