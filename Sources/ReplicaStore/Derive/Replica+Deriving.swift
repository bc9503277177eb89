import ArticleMerge
import ArticleModel
import Membership
import SQLite

// The log comes first: what is received is checked and stored, and articles are derived from it when
// somebody asks for them, once for all the changes that came since. A row of `meta` says up to which
// entry all is derived; it moves in the transaction that writes what was derived, so a crash costs a
// batch of work and nothing else.

extension Replica {
    /// Derives all that follows from entries that came since the last time; gives their number.
    ///
    /// Whoever asks for articles gets it done in any case; done before, nobody has to wait for it.
    @discardableResult
    public func derive() throws(ReplicaError) -> Int {
        var count = 0
        while try !isDerived() { count += try write { try deriveBatch() } }
        return count
    }

    /// Derives all that follows from the log, if it can.
    ///
    /// Where another process is writing, or nothing can be written, whoever asks sees the library
    /// as it was some entries ago.
    func deriveIfPossible() throws(ReplicaError) {
        do throws(ReplicaError) { try derive() } catch { try passOver(error) }
    }

    /// Throws a failure on, unless it only says that nothing can be written now.
    func passOver(_ error: ReplicaError) throws(ReplicaError) {
        switch error.code {
        case .busy, .full, .readOnly, .noPermission: break
        default: throw error
        }
    }

    /// Derives, within the transaction that writes, what follows from all entries of the log.
    func deriveRest() throws {
        while try deriveBatch() > 0 {}
    }

    /// Whether all is derived, as far as this connection can see.
    private func isDerived() throws(ReplicaError) -> Bool {
        try perform {
            try refresh()
            if kept.isDerived { return true }
            kept.isDerived = try lastRow() == derivedRow()
            return kept.isDerived
        }
    }

    /// The last entry of the log; 0 for none.
    func lastRow() throws -> Int64 {
        try database.integer("SELECT max(row) FROM entry") ?? 0
    }

    /// The last entry of those from which all is derived.
    private func derivedRow() throws -> Int64 { try database.meta(.derived)?.integer ?? 0 }

    /// Says that all is derived up to the entry in `row`, the last of the log where `isLast`.
    func markDerived(to row: Int64, isLast: Bool) throws {
        try database.setMeta(.derived, .integer(row))
        kept.isDerived = isLast
    }
}

// MARK: - Batches

extension Replica {
    /// What a batch takes together at most: a writer that waits for the lock is not kept long, and
    /// memory stays bounded.
    private enum BatchMax {
        static let articleCount = 1_024
        static let bodySize: Int64 = 32 * 1_024 * 1_024
    }

    /// Derives what follows from the next entries, each article once, and moves the mark.
    ///
    /// Also their chains, where `withChains`. Gives the number of entries.
    func deriveBatch(withChains: Bool = false) throws -> Int {
        if kept.isDerived { return 0 }
        let start = try derivedRow()
        var reader = LogReader(
            try database.statement(
                LogReader.query,
                .integer(start),
                .integer(deriveCountMax)
            ),
            self
        )
        var articles = ArticleDerivation()
        var done = start
        var count = 0
        var size: Int64 = 0
        while let read = try reader.next() {
            let entry = try logEntry(row: read.row, read.signed, body: read.body)
            if withChains { try linkAgain(entry) }
            try derive(entry, parts: read.parts, into: &articles)
            done = entry.row
            count += 1
            size += Int64(read.body?.count ?? 0)
            if articles.count >= BatchMax.articleCount || size >= BatchMax.bodySize { break }
        }
        guard count > 0 else {
            kept.isDerived = true
            return 0
        }
        try articles.finish(in: self)
        try markDerived(to: done, isLast: try lastRow() == done)
        return count
    }

    /// The entries from which nothing is derived yet.
    package func underivedCount() throws(ReplicaError) -> Int {
        try readLog {
            let count = try database.integer(
                "SELECT count(*) FROM entry WHERE row > ?",
                .integer(derivedRow())
            )
            return Int(count ?? 0)
        }
    }
}
