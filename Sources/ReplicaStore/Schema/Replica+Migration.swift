import SQLite

extension Replica {
    /// Brings a file of an earlier version up to this one, after a copy was made of it.
    ///
    /// What was said is kept as it is; what follows from it is derived anew.
    func migrate() throws(ReplicaError) {
        try perform {
            let copy = path + ".before-\(Schema.version)"
            let quoted = copy.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "''")
            do throws(DatabaseError) {
                try database.execute("VACUUM INTO '\(quoted)'")
            } catch {
                // One is there already, from an attempt that did not end.
                guard error.message.contains("exists") else { throw error }
            }
            try database.begin(.immediate)
            do {
                // Another process may have been quicker.
                if try database.isOldVersion() { try bringUp() }
                try database.commit()
            } catch {
                database.rollBack()
                kept = KeptValues()
                throw error
            }
        }
    }

    /// Makes what later versions brought, within the transaction that writes.
    private func bringUp() throws {
        let version = try database.integer("PRAGMA user_version") ?? 0
        try database.execute("PRAGMA user_version = \(Schema.version)")
        // What waits was acknowledged to nobody, so it comes again.
        try database.execute("DROP TABLE parked; DROP TABLE waiting; \(Schema.parking)")
        try database.execute(Schema.held)
        if version < 2 {
            try database.execute(Schema.accepted)
            try database.execute(Schema.views)
        }
        // Where a chain forked is known as of version 4.
        try deriveAgain()
    }
}
