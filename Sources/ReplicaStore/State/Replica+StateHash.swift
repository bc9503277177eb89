import ArticleMerge
import ArticleModel
import CBOR
import Membership
import SQLite
import Signing

extension Replica {
    /// SHA-256 over the state of each article in order of id, and the membership log's head.
    ///
    /// Equal on all replicas that hold the same entries and membership records: nothing local is in
    /// it. O(library).
    public func stateHash() throws(ReplicaError) -> [UInt8] {
        try read { try computeStateHash() }
    }

    func computeStateHash() throws -> [UInt8] {
        var hash = SHA256()
        let rows = try database.statement(
            """
            SELECT id, state FROM article
            LEFT JOIN article_state ON article_state.article = article.row ORDER BY id
            """
        )
        while try rows.step() {
            if let state = rows.bytes(ifAny: 1) {
                hash.update(state)
                continue
            }
            guard let id = ArticleID(rows.bytes(0)), let state = try loadState(of: id) else {
                throw damagedLog("an article")
            }
            hash.update(state.encoded())
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
