public import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// How many entries have no position in the hub's log, as far as known here, and may get one.
    public func unplacedCount() throws(ReplicaError) -> Int {
        try readLog {
            let count = Int(try database.integer("SELECT count(*) FROM unplaced") ?? 0)
            return count - (try heldBackEntries().count)
        }
    }

    /// The last entries of a chain: one, or as many as it has branches; none where it is unknown.
    public func heads(ofChain chain: ChainID) throws(ReplicaError) -> [ChainPosition] {
        try readLog {
            try heads(of: chain).map {
                ChainPosition(chain: chain, sequence: $0.sequence, id: $0.id)
            }
        }
    }

    /// The entries at `sequence` of a chain: none, one, or several where it forked.
    public func entryIDs(
        ofChain chain: ChainID,
        at sequence: UInt64
    ) throws(ReplicaError) -> [ChangeSetID] {
        try readLog { try ids(of: chain, at: sequence) }
    }

    /// The positions of entries in the hub's log, in the order asked for; nil for those without.
    public func positions(of ids: [ChangeSetID]) throws(ReplicaError) -> [UInt64?] {
        try readLog {
            try ids.map { id in
                try database.integer(
                    """
                    SELECT position FROM hub_log JOIN entry ON entry.row = hub_log.entry
                    WHERE entry.id = ?
                    """,
                    .bytes(id.bytes)
                ).map { UInt64(clamping: $0) }
            }
        }
    }
}
