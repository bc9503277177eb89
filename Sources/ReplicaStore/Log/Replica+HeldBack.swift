public import ArticleModel
import Membership
import SQLite

/// An entry that a hub did not take, and will not if it is sent again.
public struct RefusedEntry: Hashable, Sendable {
    /// The entry.
    public let entry: ChangeSetID
    /// Its chain.
    public let chain: ChainID
    /// Its place there.
    public let sequence: UInt64
    /// The hub.
    public let hub: DeviceKey
    /// The code the hub gave.
    public let code: UInt64
    /// The hub's words.
    public let text: String
}

extension Replica {
    /// Notes that `hub` did not take what has no position at `sequence` of a chain: neither that nor
    /// what follows from it is sent again.
    ///
    /// Where it is the chain this replica signs on, the next signature opens another.
    public func noteRefusal(
        ofChain chain: ChainID,
        at sequence: UInt64,
        by hub: DeviceKey,
        code: UInt64,
        text: String
    ) throws(ReplicaError) {
        try write {
            let rows = try database.statement(
                """
                SELECT row FROM entry JOIN unplaced ON unplaced.entry = row
                WHERE chain = ? AND seq = ?
                """,
                .bytes(chain.bytes),
                .integer(Int64(clamping: sequence))
            )
            var found: [Int64] = []
            while try rows.step() { found.append(rows.integer(0)) }
            for row in found {
                try database.run(
                    """
                    INSERT OR REPLACE INTO refused (entry, hub, code, text) VALUES (?, ?, ?, ?)
                    """,
                    .integer(row),
                    .bytes(hub.bytes),
                    .integer(Int64(clamping: code)),
                    .text(text)
                )
            }
            guard !found.isEmpty else { return }
            if try database.meta(.chain)?.bytes == chain.bytes {
                try database.removeMeta(.chain)
            }
        }
    }

    /// The entries that hubs did not take, in order of arrival.
    public func refusedEntries() throws(ReplicaError) -> [RefusedEntry] {
        try readLog {
            let rows = try database.statement(
                """
                SELECT id, chain, seq, hub, code, text FROM refused
                JOIN entry ON row = refused.entry JOIN unplaced ON unplaced.entry = row
                ORDER BY row
                """
            )
            var result: [RefusedEntry] = []
            while try rows.step() {
                guard let id = ChangeSetID(rows.bytes(0)), let chain = ChainID(rows.bytes(1)),
                    let hub = DeviceKey(rows.bytes(3))
                else { throw damagedLog("an entry") }
                result.append(
                    RefusedEntry(
                        entry: id,
                        chain: chain,
                        sequence: UInt64(clamping: rows.integer(2)),
                        hub: hub,
                        code: UInt64(clamping: rows.integer(4)),
                        text: rows.text(5)
                    )
                )
            }
            return result
        }
    }

    /// Forgets what hubs did not take, so that all of it is sent once more.
    public func forgetRefusals() throws(ReplicaError) {
        try write { try database.run("DELETE FROM refused") }
    }

    /// How many entries are not sent to a hub: those it did not take, those whose signature does
    /// not hold, and all that go on from such or depend on them.
    public func heldBack() throws(ReplicaError) -> Int {
        try readLog { try heldBackEntries().count }
    }

    /// See ``heldBack()``; O(entries without a position) where there is any.
    func heldBackEntries() throws -> Set<ChangeSetID> {
        let first = try database.integer(
            """
            SELECT min(entry) FROM unplaced WHERE entry IN (SELECT entry FROM unsound)
                OR entry IN (SELECT entry FROM refused)
            """
        )
        guard let first else { return [] }
        let rows = try database.statement(
            """
            SELECT header, unplaced.entry IN (SELECT entry FROM unsound)
                OR unplaced.entry IN (SELECT entry FROM refused)
            FROM unplaced JOIN entry ON row = unplaced.entry
            WHERE unplaced.entry >= ? ORDER BY unplaced.entry
            """,
            .integer(first)
        )
        var held: Set<ChangeSetID> = []
        while try rows.step() {
            let signed = try readHeader(rows.bytes(0))
            if rows.integer(1) == 1 || signed.header.names(anyOf: held) { held.insert(signed.id) }
        }
        return held
    }

    /// The last entries before those of `heads` that are held back.
    func lastSent(of heads: [EntryPlace]) throws -> [EntryPlace] {
        let held = try heldBackEntries()
        guard !held.isEmpty else { return heads }
        var found: [ChangeSetID: EntryPlace] = [:]
        for head in heads {
            var place: EntryPlace? = head
            while let last = place, held.contains(last.id) {
                place = try header(of: last.id)?.previous.flatMap { try self.place(of: $0) }
            }
            if let place { found[place.id] = place }
        }
        return found.values.sorted { ($0.sequence, $0.id) < ($1.sequence, $1.id) }
    }
}
