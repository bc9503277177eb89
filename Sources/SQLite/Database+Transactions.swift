extension Database {
    /// When a transaction takes the lock for writing.
    public enum TransactionKind: Sendable {
        /// With its first statement that writes: for reading several rows as of one moment.
        case deferred
        /// At once, so that nothing it reads can be overtaken by another writer.
        case immediate
    }

    /// Opens a transaction.
    public func begin(_ kind: TransactionKind) throws(DatabaseError) {
        switch kind {
        case .deferred: try run("BEGIN")
        case .immediate: try run("BEGIN IMMEDIATE")
        }
    }

    /// Ends the open transaction and keeps what it did.
    ///
    /// Durable when this returns, if the database is set up so. After an error the transaction is
    /// still open and has to be rolled back.
    public func commit() throws(DatabaseError) { try run("COMMIT") }

    /// Ends the open transaction and takes back what it did; nothing where none is open.
    ///
    /// Some failures (a full disk) have rolled back by themselves.
    public func rollBack() {
        guard isInTransaction else { return }
        // Fails only where there is no transaction; then there is nothing to take back.
        try? run("ROLLBACK")
    }

    /// Does `body` in a transaction: all of it is kept, or nothing where it throws.
    public func transaction<Result: ~Copyable>(
        _ kind: TransactionKind = .immediate,
        _ body: () throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try begin(kind)
        do throws(DatabaseError) {
            let result = try body()
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }
}
