import SQLite

/// The statements that each entry of a run needs, compiled once for a connection.
final class LogStatements {
    let insertEntry: Statement
    let insertPosition: Statement
    let insertUnplaced: Statement
    let deleteUnplaced: Statement
    let insertDependency: Statement

    init(_ database: borrowing Database) throws(DatabaseError) {
        insertEntry = try database.statement(
            """
            INSERT INTO entry (id, chain, seq, lamport, membership, signature, size, header, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        insertPosition = try database.statement(
            "INSERT INTO hub_log (position, entry, accumulator) VALUES (?, ?, ?)"
        )
        insertUnplaced = try database.statement("INSERT INTO unplaced (entry) VALUES (?)")
        deleteUnplaced = try database.statement("DELETE FROM unplaced WHERE entry = ?")
        insertDependency = try database.statement(
            "INSERT OR IGNORE INTO dependency (chain, id, entry) VALUES (?, ?, ?)"
        )
    }
}

extension Replica {
    /// The statements of this connection.
    func statements() throws(DatabaseError) -> LogStatements {
        if let logStatements { return logStatements }
        let made = try LogStatements(database)
        logStatements = made
        return made
    }
}
