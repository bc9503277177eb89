import ArticleFormats
import ArticleModel
import Membership
import ReplicaStore
import Sockets
import SyncEngine
import SyncProtocol

/// `galley doctor --peer`: repairs the log by what the hub or a machine that listens has.
struct RepairCall {
    private let library: OpenLibrary
    /// The machine; nil for the hub.
    private let place: HostPort?

    init(_ library: OpenLibrary, at place: HostPort?) {
        self.library = library
        self.place = place
    }

    func run() throws -> ExitCode {
        // Before anybody is called, who would have to wait for it.
        let damage = try library.replica.inspectLog()
        let (connection, peer, name) = try connect()
        defer { connection.close() }
        let repair = LogRepair(
            library.replica,
            damage,
            from: peer,
            salt: library.client.random(16)
        )
        let session = try connection.run(repair.engine)
        let report = try repair.mend()
        tell(repair, session, report, name)
        return report.isWhole && repair.leftOutCount == 0 ? .done : .integrity
    }

    private func connect() throws -> (TLSClientConnection, DeviceKey, name: String) {
        guard let place else {
            let remote = try library.remote()
            let connection = try HubConnection(
                try remote.place(),
                hub: remote.hub,
                key: library.key()
            )
            return (connection.connection, remote.hub, "hub \(remote.address)")
        }
        let (connection, peer) = try library.call(place)
        return (connection, peer, "\(library.name(of: peer)) (\(place))")
    }

    private func tell(
        _ repair: LogRepair,
        _ session: PeerReport,
        _ report: MendReport,
        _ name: String
    ) {
        let output = library.client.output
        let damage = repair.damage
        guard output.isText else {
            let summary = session.summary
            output.json([
                "schema": "galley.repair/1", "peer": .string(name),
                "entries": .integer(Int64(damage.entryCount)),
                "damaged": .integer(Int64(damage.damaged.count)),
                "unsound": .integer(Int64(damage.unsound.count)),
                "replaced": .strings(report.replaced.map(\.description)),
                "signed": .strings(report.signed.map(\.description)),
                "stored": .strings(report.stored.map(\.description)),
                "refused": .array(
                    report.refused.map {
                        ["entry": .string($0.id.description), "message": .string($0.message)]
                    }
                ),
                "left": .array(
                    report.left.map {
                        [
                            "entry": .optional($0.id?.description),
                            "message": .string($0.message),
                        ]
                    }
                ),
                "waiting": .integer(Int64(report.waitingCount + repair.leftOutCount)),
                "bytes": .integer(
                    Int64(clamping: summary.sentByteCount + summary.receivedByteCount)
                ),
                "sound": .bool(report.isWhole && repair.leftOutCount == 0),
            ])
            return
        }
        list("mended", report.replaced, output)
        list("signature mended", report.signed, output)
        list("was missing, stored", report.stored, output)
        for (id, message) in report.refused {
            output.warning("Entry \(id.handle.prefix(8)) of \(name) was not taken: \(message)")
        }
        for row in report.left {
            let entry = row.id.map { "entry \($0.handle.prefix(8))" } ?? "an entry"
            output.print("still damaged: \(entry): \(row.message)")
        }
        let count = counted(damage.entryCount, "change set")
        if report.hasMended {
            let mended = report.replaced.count + report.signed.count
            output.print(
                "\(name): compared \(count), mended \(mended), stored \(report.stored.count) that"
                    + " were missing\(report.left.isEmpty ? "; derived everything anew." : ".")"
            )
        } else if report.isWhole {
            output.print("\(name): compared \(count): nothing is damaged, nothing is missing.")
        }
        if report.isHubLogCut {
            output.hint("galley sync gets the hub's order of what was missing again")
        }
        if repair.leftOutCount > 0 {
            output.hint("galley doctor --peer once more gets the rest")
        } else if !report.left.isEmpty {
            output.hint("\(name) lacks these too; galley doctor --peer HOST:PORT asks another one")
        }
    }

    private func list(_ what: String, _ ids: [ChangeSetID], _ output: Output) {
        for id in ids.prefix(Self.listedMax) {
            output.print("\(what): entry \(id.handle.prefix(8))")
        }
        if ids.count > Self.listedMax {
            output.print("\(what): \(ids.count - Self.listedMax) more; --json names all")
        }
    }

    private static let listedMax = 20
}
