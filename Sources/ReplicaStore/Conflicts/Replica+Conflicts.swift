public import ArticleMerge
public import ArticleModel
import SQLite

extension Replica {
    /// The open conflicts of one article, or of all that are not deleted, in the order of articles
    /// and of their texts.
    public func conflicts(
        of article: ArticleID? = nil
    ) throws(ReplicaError) -> [ConflictRecord] {
        try readSettled {
            var records: [ConflictRecord] = []
            for id in try articles(withRowsIn: "conflict", article) {
                records += try conflictRecords(of: id)
            }
            return records
        }
    }

    /// The open conflicts whose handle begins with `prefix`, at most `limit`.
    public func conflicts(
        handlePrefix prefix: String,
        limit: Int = 20
    ) throws(ReplicaError) -> [ConflictRecord] {
        guard let range = HandlePrefix(prefix) else { return [] }
        return try readSettled {
            let articles = try articles(
                """
                SELECT DISTINCT article.id FROM conflict JOIN article ON row = conflict.article
                WHERE conflict.id BETWEEN ? AND ? LIMIT \(max(0, limit))
                """,
                [.bytes(range.lower), .bytes(range.upper)]
            )
            return try articles.flatMap { try conflictRecords(of: $0) }
                .filter {
                    !$0.id.bytes.lexicographicallyPrecedes(range.lower)
                        && !range.upper.lexicographicallyPrecedes($0.id.bytes)
                }
        }
    }

    /// The changes that settled a conflict whose handle begins with `prefix`, the last first.
    ///
    /// Of conflicts in texts; what settled several values of a field is not told from what else set
    /// it.
    public func closings(
        handlePrefix prefix: String
    ) throws(ReplicaError) -> [(article: ArticleID, change: ChangeID)] {
        guard let range = HandlePrefix(prefix) else { return [] }
        return try read {
            let rows = try database.statement(
                """
                SELECT change.article, change.id FROM closing
                JOIN change ON change.id = closing.change JOIN entry ON entry.row = change.entry
                WHERE closing.conflict BETWEEN ? AND ? AND change.fault IS NULL
                ORDER BY entry.lamport DESC, change.id
                """,
                .bytes(range.lower),
                .bytes(range.upper)
            )
            var result: [(article: ArticleID, change: ChangeID)] = []
            while try rows.step() {
                guard let article = ArticleID(rows.bytes(0)), let change = ChangeID(rows.bytes(1))
                else { throw damagedLog("a change") }
                result.append((article, change))
            }
            return result
        }
    }

    /// What was merged by itself, in one article or in all that are not deleted; what the user has
    /// accepted only where `accepted` are wanted too.
    public func reviews(
        of article: ArticleID? = nil,
        accepted: Bool = false
    ) throws(ReplicaError) -> [ReviewRecord] {
        try readSettled {
            let done = try acceptedReviews()
            var records: [ReviewRecord] = []
            for id in try articles(withRowsIn: "review", article) {
                for review in try loadView(of: id)?.reviews ?? [] {
                    var record = ReviewRecord(review, in: id)
                    record.isAccepted = done.contains(record.id)
                    guard accepted || !record.isAccepted else { continue }
                    record.shortHandle = try shortHandle(of: record.id, in: "review")
                    records.append(record)
                }
            }
            return records
        }
    }

    /// Remembers that the user has looked at merges and is content; a matter of this replica alone.
    public func accept(_ reviews: [ReviewID]) throws(ReplicaError) {
        try write {
            for id in reviews {
                try database.run(
                    "INSERT OR IGNORE INTO accepted (review) VALUES (?)",
                    .bytes(id.bytes)
                )
            }
        }
    }

    private func acceptedReviews() throws -> Set<ReviewID> {
        let rows = try database.statement("SELECT review FROM accepted")
        var result: Set<ReviewID> = []
        while try rows.step() {
            if let id = ReviewID(rows.bytes(0)) { result.insert(id) }
        }
        return result
    }

    func conflictRecords(of id: ArticleID) throws -> [ConflictRecord] {
        try (loadView(of: id)?.conflicts ?? []).map { conflict in
            var record = ConflictRecord(conflict, in: id)
            record.shortHandle = try shortHandle(of: record.id, in: "conflict")
            return record
        }
    }

    private func articles(withRowsIn table: String, _ one: ArticleID?) throws -> [ArticleID] {
        if let one { return [one] }
        // What could not be settled now is worked out for each that asks.
        return try articles(
            """
            SELECT id FROM article WHERE deleted = 0 AND (
                row IN (SELECT article FROM \(table)) OR row IN (SELECT article FROM unsettled))
            ORDER BY last_time DESC, id
            """,
            []
        )
    }

    private func articles(_ sql: String, _ values: [Value]) throws -> [ArticleID] {
        let rows = try database.statement(sql, binding: values)
        var result: [ArticleID] = []
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(0)) else { throw damagedLog("an article") }
            result.append(id)
        }
        return result
    }

    private func shortHandle<Tag>(of id: Identifier16<Tag>, in table: String) throws -> String {
        func neighbour(_ condition: String) throws -> ArticleID? {
            let row = try database.statement(
                "SELECT id FROM \(table) WHERE id \(condition) LIMIT 1",
                .bytes(id.bytes)
            )
            return try row.step() ? ArticleID(row.bytes(0)) : nil
        }
        guard let own = ArticleID(id.bytes) else { return id.handle }
        return uniquePrefix(
            of: own,
            between: try neighbour("< ? ORDER BY id DESC"),
            and: try neighbour("> ? ORDER BY id")
        )
    }
}

extension Replica {
    /// What people see of an article, what they have to choose, and what their edits of it are as
    /// changes; nil where there is no such article.
    public func analysis(ofArticle id: ArticleID) throws(ReplicaError) -> ArticleAnalysis? {
        try read { try analysis(of: id) }
    }

    /// Whether a version of an article is what its changes merge to, so that positions of changes
    /// count what people see.
    public func isPlain(_ id: ArticleID, at version: [ChangeID]) throws(ReplicaError) -> Bool {
        try read {
            guard let state = try loadState(of: id),
                let row = try database.integer(
                    "SELECT row FROM article WHERE id = ?",
                    .bytes(id.bytes)
                )
            else { return true }
            return try state.heads == version && !hasView(row)
        }
    }

    /// What the changes of an article merge to, which is not what people see where they have to
    /// choose; nil where there is no such article.
    public func mergedArticle(_ id: ArticleID) throws(ReplicaError) -> ArticleState? {
        try read { try loadState(of: id) }
    }
}
