import SQLite

extension Replica {
    /// Does `move`, which gives the file at `path` another name, `newPath`, while no process has
    /// the replica open.
    ///
    /// An error, `busy`, where one has: it would go on with a file that nobody looks at any more.
    /// When `move` runs, all of the replica is in that one file.
    public static func setAside(
        _ path: String,
        to newPath: String,
        by move: () throws -> Void
    ) throws(ReplicaError) {
        do {
            do {
                let database = try Database(path: path, mode: .readWrite)
                try takeAlone(database)
                defer { database.rollBack() }
                try move()
            }
            try Database(path: newPath, mode: .readWrite).execute("PRAGMA journal_mode = WAL")
        } catch {
            throw ReplicaError(wrapping: error)
        }
    }

    private static func takeAlone(_ database: borrowing Database) throws {
        do throws(DatabaseError) {
            // Only the last one who has it open may leave write-ahead logging.
            try database.execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
        } catch {
            guard error.code == .busy else { throw error }
            throw ReplicaError(
                .busy,
                "Another process has \(database.path) open. Nothing was changed. Stop it, then try "
                    + "again.",
                cause: error
            )
        }
    }
}
