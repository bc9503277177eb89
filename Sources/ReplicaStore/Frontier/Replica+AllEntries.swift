import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// Gives the entries of the log in the order of chain, sequence number and id, from one place to
    /// another, both included; no chain at all is the first or the last one.
    ///
    /// Read from the index, whatever became of the entries' bytes. Nothing may be written meanwhile.
    public func forEachEntry(
        from first: (chain: [UInt8], sequence: UInt64) = ([], 0),
        to last: (chain: [UInt8], sequence: UInt64) = ([], 0),
        _ body: (ChainPosition) throws -> Void
    ) throws(ReplicaError) {
        try readLog {
            let hasEnd = !last.chain.isEmpty
            let rows = try database.statement(
                """
                SELECT chain, seq, id FROM entry
                WHERE (chain, seq) >= (?, ?) \(hasEnd ? "AND (chain, seq) <= (?, ?)" : "")
                ORDER BY chain, seq, id
                """,
                binding: [.bytes(first.chain), .integer(Int64(clamping: first.sequence))]
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
}
