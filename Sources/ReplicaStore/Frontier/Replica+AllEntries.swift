public import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// Gives the entries of the log in the order of chain, sequence number and id, from one place to
    /// another, both included; no chain at all is the first or the last one.
    ///
    /// Read from the index, whatever became of the entries' bytes; those that arrived after the one
    /// numbered `lastRow` are left out. Nothing may be written meanwhile.
    public func forEachEntry(
        from first: (chain: [UInt8], sequence: UInt64) = ([], 0),
        to last: (chain: [UInt8], sequence: UInt64) = ([], 0),
        arrivedUpTo lastRow: Int64 = .max,
        _ body: (ChainPosition) throws -> Void
    ) throws(ReplicaError) {
        try readLog {
            let hasEnd = !last.chain.isEmpty
            let rows = try database.statement(
                """
                SELECT chain, seq, id FROM entry
                WHERE (chain, seq) >= (?, ?) AND row <= ? \(hasEnd ? "AND (chain, seq) <= (?, ?)" : "")
                ORDER BY chain, seq, id
                """,
                binding: [
                    .bytes(first.chain), .integer(Int64(clamping: first.sequence)),
                    .integer(lastRow),
                ]
                    + (hasEnd
                        ? [.bytes(last.chain), .integer(Int64(clamping: last.sequence))] : [])
            )
            while try rows.step() {
                guard let chain = ChainID(rows.bytes(0)), let id = ChangeSetID(rows.bytes(2)) else {
                    continue
                }
                let sequence = UInt64(clamping: rows.integer(1))
                try body(ChainPosition(chain: chain, sequence: sequence, id: id))
            }
        }
    }

    /// The number of the entry that arrived last; 0 before the first.
    public func lastArrivedRow() throws(ReplicaError) -> Int64 {
        try readLog { try database.integer("SELECT max(row) FROM entry") ?? 0 }
    }

    /// Whether there are so many entries without a position on other chains than `chain`.
    public func hasUnplacedOfOthers(
        than chain: ChainID?,
        atLeast count: Int
    ) throws(ReplicaError) -> Bool {
        try readLog {
            let found = try database.integer(
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM unplaced JOIN entry ON entry.row = unplaced.entry
                    WHERE entry.chain <> ? LIMIT ?
                )
                """,
                .bytes(chain?.bytes ?? []),
                .integer(count)
            )
            return (found ?? 0) >= Int64(count)
        }
    }
}
