public import ArticleModel
import SQLite

/// What entries that wait are waiting for.
public struct MissingPieces: Hashable, Sendable {
    /// Entries that are neither in the log nor waiting themselves, by id; the first of them.
    public let entries: [ChangeSetID]
    /// How many there are of them.
    public let entryCount: Int
    /// The last membership record that is waited for; nil for none.
    public let record: UInt64?
}

extension Replica {
    /// What has to come for the entries that wait; at most `limit` entries are named.
    public func missing(limit: Int = 100) throws(ReplicaError) -> MissingPieces {
        try readLog {
            let what = "FROM waiting WHERE missing NOT IN (SELECT id FROM parked)"
            let rows = try database.statement(
                """
                SELECT DISTINCT missing \(what) AND length(missing) = 32 ORDER BY missing LIMIT ?
                """,
                .integer(limit)
            )
            var entries: [ChangeSetID] = []
            while try rows.step() {
                guard let id = ChangeSetID(rows.bytes(0)) else { throw damagedLog("an entry") }
                entries.append(id)
            }
            let record = try database.statement(
                "SELECT max(missing) \(what) AND length(missing) = 8"
            )
            let bytes = try record.step() ? record.bytes(ifAny: 0) : nil
            return MissingPieces(
                entries: entries,
                entryCount: Int(
                    try database.integer(
                        "SELECT count(DISTINCT missing) \(what) AND length(missing) = 32"
                    ) ?? 0
                ),
                record: bytes.map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
            )
        }
    }
}
