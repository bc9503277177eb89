import ArticleModel
import SQLite

extension Replica {
    /// Copies the replica into a new file at `path`, as it is at one moment, and says what it holds.
    ///
    /// Other processes may go on reading and writing. The copy is not yet durable.
    public func copy(to path: String) throws(ReplicaError) -> ReplicaFacts {
        try readLog {
            let facts = try currentFacts()
            let target = try Database(path: path, mode: .create)
            // Whoever wants the copy to outlast a crash writes it elsewhere, or synchronises it.
            try target.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
            try database.copy(into: target)
            return facts
        }
    }

    /// Never signs on the chain again that was signed on so far: the next change opens another.
    ///
    /// For a replica that was restored from a backup or copied: entries of the chain that it lacks
    /// may be with others.
    public func leaveChain() throws(ReplicaError) {
        try write { try database.removeMeta(.chain) }
    }

    /// The entries of this replica that `other`, a copy of the same library, lacks.
    public func countEntries(missingIn other: Replica) throws(ReplicaError) -> Int {
        try readLog {
            let rows = try database.statement("SELECT id FROM entry ORDER BY id")
            var count = 0
            while try rows.step() {
                guard let id = ChangeSetID(rows.bytes(0)) else { throw damagedLog("an entry") }
                if try !other.containsEntry(id) { count += 1 }
            }
            return count
        }
    }
}
