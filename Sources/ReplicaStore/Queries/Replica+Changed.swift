import SQLite

extension Replica {
    /// A number that is another one after another connection, of this process or another, has
    /// written to the file; cheap enough to ask for some times a second.
    public func otherWrites() throws(ReplicaError) -> Int64 {
        try perform { try database.integer("PRAGMA data_version") ?? 0 }
    }
}
