import ArticleMerge
import ArticleModel
import CBOR
import Membership
import SQLite
import Signing

extension Replica {
    /// SHA-256 over the state of each article in order of id with its open conflicts, and the
    /// membership log's head.
    ///
    /// Equal on all replicas that hold the same entries and membership records: nothing local is in
    /// it. O(library).
    public func stateHash() throws(ReplicaError) -> [UInt8] {
        // Of no use where it lags behind.
        try derive()
        return try read { try computeStateHash() }
    }

    func computeStateHash() throws -> [UInt8] {
        var hash = SHA256()
        let rows = try database.statement(
            """
            SELECT id, state, EXISTS (
                SELECT 1 FROM conflict WHERE conflict.article = article.row
                UNION ALL SELECT 1 FROM unsettled WHERE unsettled.article = article.row)
            FROM article
            LEFT JOIN article_state ON article_state.article = article.row ORDER BY id
            """
        )
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(0)) else { throw damagedLog("an article") }
            if let state = rows.bytes(ifAny: 1) {
                hash.update(state)
            } else if let state = try loadState(of: id) {
                hash.update(state.encoded())
            } else {
                throw damagedLog("an article")
            }
            guard rows.integer(2) != 0 else { continue }
            // What was not worked out yet is worked out now, so that a hub never has to before
            // somebody asks.
            let conflicts = try conflictRecords(of: id)
            guard !conflicts.isEmpty else { continue }
            var writer = CBORWriter()
            writer.array(conflicts.count)
            for conflict in conflicts {
                writer.array(2)
                writer.bytes(conflict.id.bytes)
                writer.bytes(conflict.tokenHash)
            }
            hash.update(writer.bytes)
        }
        let head = try membershipLog().head
        var writer = CBORWriter()
        writer.array(2)
        writer.unsigned(head.sequence)
        writer.bytes(head.id.bytes)
        hash.update(writer.bytes)
        return hash.finalize()
    }
}
