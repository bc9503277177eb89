import ArticleModel
import SQLite

/// A replica in numbers.
public struct ReplicaStatus: Hashable, Sendable {
    /// Articles that are not deleted.
    public let articleCount: Int
    /// Articles that are.
    public let deletedCount: Int
    /// Choices that wait for people.
    public let conflictCount: Int
    /// Automatic merges that nobody here has looked at.
    public let reviewCount: Int
    /// Annotations that nobody has resolved or hidden.
    public let openNoteCount: Int
    /// Entries of the log.
    public let entryCount: Int
    /// Entries the hub has not given a position, as far as known here.
    public let unplacedCount: Int
    /// Those of them that change articles: what people mean by work the hub does not have.
    public let pendingCount: Int
    /// Entries that are not sent: a hub did not take them or what they go on from, or a signature
    /// does not hold.
    public let heldBackCount: Int
    /// Entries whose own signature does not hold, though a later one proves them.
    public let unsoundCount: Int
    /// Entries that wait for others.
    public let parkedCount: Int
    /// Their bytes.
    public let parkedByteCount: Int
    /// Chains that forked.
    public let forkCount: Int
    /// Articles that a newer galley wrote to what this one does not understand.
    public let newerArticleCount: Int
    /// Changes of that kind, those to articles that are not known here included.
    public let newerChangeCount: Int
    /// Changes without effect, as found from their change sets alone; `verify` finds all.
    public let faultCount: Int
    /// Articles that have changed since they were indexed for searching.
    public let unindexedCount: Int
    /// How far the hub's log goes, as known here.
    public let hubHead: LogHead
}

extension Replica {
    /// Entries that change articles and that the hub has not given a position, as far as known here.
    ///
    /// O(such entries), however large the library.
    public func pendingCount() throws(ReplicaError) -> Int {
        try readSettled { try countPending() }
    }

    private func countPending() throws -> Int {
        let count = try database.integer(
            """
            SELECT count(*) FROM unplaced
            WHERE EXISTS (SELECT 1 FROM change WHERE change.entry = unplaced.entry)
            """
        )
        return Int(count ?? 0)
    }

    /// Counts what the replica holds.
    public func status() throws(ReplicaError) -> ReplicaStatus {
        try readSettled {
            func count(_ sql: String) throws -> Int { Int(try database.integer(sql) ?? 0) }
            return ReplicaStatus(
                articleCount: try count("SELECT count(*) FROM article WHERE deleted = 0"),
                deletedCount: try count("SELECT count(*) FROM article WHERE deleted = 1"),
                conflictCount: try count("SELECT sum(conflicts) FROM article WHERE deleted = 0"),
                reviewCount: try count(
                    """
                    SELECT count(*) FROM review JOIN article ON row = review.article
                    WHERE deleted = 0 AND review.id NOT IN (SELECT review FROM accepted)
                    """
                ),
                openNoteCount: try count("SELECT sum(open_notes) FROM article WHERE deleted = 0"),
                entryCount: try count("SELECT max(row) FROM entry"),
                unplacedCount: try count("SELECT count(*) FROM unplaced"),
                pendingCount: try countPending(),
                heldBackCount: try heldBackEntries().count,
                unsoundCount: try count("SELECT count(*) FROM unsound"),
                parkedCount: try count("SELECT count(*) FROM parked"),
                parkedByteCount: try count("SELECT sum(size) FROM parked"),
                forkCount: try count("SELECT count(*) FROM chain WHERE forked > 0"),
                newerArticleCount: try count("SELECT count(*) FROM article WHERE newer = 1"),
                newerChangeCount: try count(
                    "SELECT count(*) FROM change WHERE fault = \(ChangeFault.needsNewer.column)"
                ),
                faultCount: try count(
                    """
                    SELECT count(*) FROM change
                    WHERE fault IS NOT NULL AND fault <> \(ChangeFault.needsNewer.column)
                    """
                ),
                unindexedCount: try count("SELECT count(*) FROM unindexed"),
                hubHead: try storedHead()
            )
        }
    }
}
