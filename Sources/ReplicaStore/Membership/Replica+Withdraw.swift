public import ArticleModel
import Membership
import SQLite

extension Replica {
    /// Takes back the last membership record, which nobody else has seen: a hub refused to keep
    /// the library.
    ///
    /// Refused where the record is not the last, came with a receipt, or is named by an entry.
    public func withdrawLastMembership(_ id: MemberRecordID) throws(ReplicaError) {
        try write {
            let log = try membershipLog()
            guard log.head.id == id, log.entries.last?.receipt == nil, log.head.sequence > 0 else {
                throw ReplicaError(
                    .membership,
                    "Membership record \(id.handle.prefix(8)) cannot be taken back: it is not the "
                        + "last, or others may know it."
                )
            }
            let sequence = Int64(clamping: log.head.sequence)
            let namedBy = try database.integer(
                "SELECT count(*) FROM entry WHERE membership >= ?",
                .integer(sequence)
            )
            guard namedBy == 0 else {
                throw ReplicaError(
                    .membership,
                    "Membership record \(id.handle.prefix(8)) cannot be taken back: signed change "
                        + "sets name it."
                )
            }
            try database.run("DELETE FROM member WHERE seq = ?", .integer(sequence))
            kept.membership = nil
        }
    }
}
