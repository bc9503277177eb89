import ArticleModel
import Foundation
import Membership
import ReplicaStore
import SQLite
import Signing
import SyncEngine
import SyncProtocol

/// How fast one client catches up with a hub: small change sets, checked and durable.
enum CatchUpBenchmark {
    static func run(count: Int, in folder: URL) throws {
        let changes = try SmallChanges(count: count)
        let size = changes.byteCount / count
        print(
            "\nCatching up with \(count) change sets of \(size) bytes on 8 chains, one client, one core"
        )
        let hub = try changes.makeReplica(folder.appending(path: "hub.db"))
        let peer = try DeviceKey(changes.key.publicKey)
        for start in stride(from: 0, to: count, by: 8_192) {
            let end = min(count, start + 8_192)
            _ = try hub.receiveAsHub(changes.incoming(start..<end), from: peer)
        }
        let link = LoopbackHub(hub, key: changes.hubKey, device: peer, keepsSent: true)
        let client = try changes.makeReplica(folder.appending(path: "client.db"))
        let whole = try Stopwatch.time {
            let sync = ClientSync(client, with: try DeviceKey(changes.hubKey.publicKey))
            let report = try sync.run(over: link)
            guard report.summary.receivedCount == UInt64(count) else {
                throw Command.Failure(description: "not all change sets came")
            }
        }
        let derived = try Stopwatch.time { try client.derive() }
        let verified = try verify(link.sent, of: changes)
        let digests = digest(changes)
        let signatures = try signatureRate(changes)
        let rows = try insertRows(changes, in: folder)
        var table = Table([
            "work", "a second", "a second of CPU", "time ÷ baseline", "baseline",
        ])
        func add(_ name: String, _ watch: Stopwatch, _ baseline: (String, Stopwatch)?) {
            table.add([
                name, decimal(Double(count) / watch.seconds, 0),
                decimal(Double(count) / watch.cpuSeconds, 0),
                baseline.map { decimal(watch.cpuSeconds / $0.1.cpuSeconds) } ?? "",
                baseline?.0 ?? "",
            ])
        }
        add(
            "read and verified: hashes, one signature a chain and run",
            verified,
            ("the digests", digests)
        )
        add("the same and durable in the log", whole.without(link.watch), ("the rows", rows))
        add("articles derived from it", derived, nil)
        add("baseline: the digests alone (3 SHA-256 each)", digests, nil)
        add("baseline: the rows alone, same tables and batches, SQLite", rows, nil)
        table.print()
        print(
            "  each signature on one core: \(decimal(signatures, 0)) a second;"
                + " on the wire \(decimal(Double(link.byteCountSent) / Double(count), 1)) bytes each"
        )
    }

    /// Reads recorded bytes of a hub and checks all a client checks, without a replica.
    private static func verify(_ sent: [[UInt8]], of changes: SmallChanges) throws -> Stopwatch {
        let key = changes.key.publicKey
        var count = 0
        let watch = try Stopwatch.time {
            var decoder = FrameDecoder()
            var cursor = Cursor(library: changes.log.library)
            for bytes in sent {
                decoder.append(bytes)
                while let frame = try decoder.next() {
                    guard frame.type == MessageType.run.rawValue else { continue }
                    let run = try RunDecoder.decode(frame.payload, library: changes.log.library)
                    var chains: [ChainID: [SignedChangeSet]] = [:]
                    for case .entry(let entry) in run.items {
                        cursor = cursor.advanced(by: entry.id)
                        chains[entry.header.chain, default: []].append(entry.changeSet)
                    }
                    guard run.end == cursor.mark else {
                        throw Command.Failure(description: "the accumulator is another")
                    }
                    for entries in chains.values {
                        count += try SignedChangeSet.verified(run: entries, by: key).count
                    }
                }
            }
        }
        guard count == changes.entries.count else {
            throw Command.Failure(description: "\(count) of \(changes.entries.count) verified")
        }
        return watch
    }

    private static func digest(_ changes: SmallChanges) -> Stopwatch {
        Stopwatch.time {
            var accumulator = [UInt8](repeating: 0, count: 64)
            for entry in changes.entries {
                _ = SHA256.hash(entry.verified.bytes)
                if let body = entry.body { _ = SHA256.hash(body) }
                accumulator[0] = SHA256.hash(accumulator)[0]
            }
        }
    }

    private static func signatureRate(_ changes: SmallChanges) throws -> Double {
        let sample = changes.entries.prefix(2_000)
        let key = changes.key.publicKey
        let watch = try Stopwatch.time {
            for entry in sample { _ = try entry.verified.signed.verified(by: key) }
        }
        return Double(sample.count) / watch.cpuSeconds
    }

    /// Writes the same columns into the same tables and indexes, a run a transaction.
    private static func insertRows(_ changes: SmallChanges, in folder: URL) throws -> Stopwatch {
        let database = try Database(path: folder.appending(path: "rows.db").path, mode: .create)
        try database.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;
            CREATE TABLE entry (row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
                chain BLOB NOT NULL, seq INTEGER NOT NULL, header BLOB NOT NULL, body BLOB);
            CREATE INDEX entry_chain ON entry (chain, seq);
            CREATE TABLE hub_log (position INTEGER PRIMARY KEY, entry INTEGER NOT NULL UNIQUE,
                accumulator BLOB NOT NULL);
            """
        )
        return try Stopwatch.time {
            for start in stride(from: 0, to: changes.entries.count, by: 1_024) {
                try database.transaction {
                    () throws(DatabaseError) in
                    for entry in changes.entries[start..<min(changes.entries.count, start + 1_024)]
                    {
                        let header = entry.verified.header
                        try database.run(
                            "INSERT INTO entry (id, chain, seq, header, body) VALUES (?, ?, ?, ?, ?)",
                            .bytes(entry.verified.id.bytes),
                            .bytes(header.chain.bytes),
                            .integer(Int64(clamping: header.sequence)),
                            .bytes(entry.verified.bytes),
                            .bytes(ifAny: entry.body)
                        )
                        try database.run(
                            "INSERT INTO hub_log (entry, accumulator) VALUES (?, ?)",
                            .integer(database.lastInsertedRow),
                            .bytes(entry.verified.id.bytes)
                        )
                    }
                }
            }
        }
    }
}
