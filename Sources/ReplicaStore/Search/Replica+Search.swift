import ArticleModel
import SQLite

/// An article in which something was found.
public struct SearchHit: Sendable {
    /// A piece of the place where it was found.
    public struct Piece: Hashable, Sendable {
        /// The words.
        public let text: String
        /// Whether they are what was searched for.
        public let isMatch: Bool
    }

    /// The article.
    public let article: ArticleSummary
    /// The best place, with a few words around.
    public let snippet: [Piece]
}

extension Replica {
    /// The articles in which all words of `query` are found, the best first.
    ///
    /// Whatever was typed is a query: see ``SearchQuery``. Indexes first what has changed since the
    /// last search; where another process is writing, searches what is indexed.
    public func search(
        _ query: String,
        deleted: ArticleFilter.Deleted = .excluded,
        limit: Int = 50
    ) throws(ReplicaError) -> [SearchHit] {
        guard let expression = SearchQuery(query).expression else { return [] }
        do {
            try indexForSearch()
        } catch  where error.code == .busy || error.code == .full || error.code == .readOnly {
            // An index that lags behind finds most; it is better than no answer.
        }
        return try read {
            let condition =
                switch deleted {
                case .excluded: "AND article.deleted = 0"
                case .only: "AND article.deleted = 1"
                case .included: ""
                }
            // Weights: a word in the title counts more than one in the body.
            let rows = try database.statement(
                """
                SELECT article.id, snippet(search, -1, char(2), char(3), '…', 16)
                FROM search JOIN article ON article.row = search.rowid
                WHERE search MATCH ? \(condition)
                ORDER BY bm25(search, 10, 4, 1, 2, 6), article.id LIMIT ?
                """,
                .text(expression),
                .integer(max(0, limit))
            )
            var hits: [SearchHit] = []
            while try rows.step() {
                guard let id = ArticleID(rows.bytes(0)), let article = try summary(of: id) else {
                    throw ReplicaError(
                        .damaged,
                        "The search index is damaged. Run `galley doctor`."
                    )
                }
                hits.append(SearchHit(article: article, snippet: pieces(ofMarked: rows.bytes(1))))
            }
            return hits
        }
    }

    /// How many articles have changed since they were last indexed for searching.
    public func unindexedCount() throws(ReplicaError) -> Int {
        try read { Int(try database.integer("SELECT count(*) FROM unindexed") ?? 0) }
    }

    /// Indexes for searching what has changed since the last time; gives the number of articles.
    @discardableResult
    public func indexForSearch() throws(ReplicaError) -> Int {
        var count = 0
        while try unindexedCount() > 0 {
            count += try write { try indexBatch() }
        }
        return count
    }

    /// A batch is small enough that a writer waiting for the lock is not kept long.
    private func indexBatch() throws -> Int {
        let rows = try database.statement(
            """
            SELECT unindexed.article, article.id FROM unindexed
            JOIN article ON article.row = unindexed.article LIMIT 2000
            """
        )
        var batch: [(row: Int64, id: ArticleID)] = []
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(1)) else { continue }
            batch.append((rows.integer(0), id))
        }
        for (row, id) in batch {
            try database.run("DELETE FROM search WHERE rowid = ?", .integer(row))
            try database.run("DELETE FROM unindexed WHERE article = ?", .integer(row))
            guard let state = try loadShownState(of: id) else { continue }
            let words = SearchWords(state)
            try database.run(
                """
                INSERT INTO search (rowid, title, summary, body, notes, tags)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                .integer(row),
                .utf8(words.title),
                .utf8(words.summary),
                .utf8(words.body),
                .utf8(words.notes),
                .utf8(words.tags)
            )
        }
        // Rows of articles that are gone, which only a damaged file has, must not loop for ever.
        if batch.isEmpty { try database.run("DELETE FROM unindexed") }
        return batch.count
    }
}

/// Splits a snippet at the marks U+0002 and U+0003 around what was found.
private func pieces(ofMarked bytes: [UInt8]) -> [SearchHit.Piece] {
    var pieces: [SearchHit.Piece] = []
    var isMatch = false
    var start = 0
    for index in 0...bytes.count
    where index == bytes.count || bytes[index] == 2 || bytes[index] == 3 {
        if start < index {
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            pieces.append(SearchHit.Piece(text: text, isMatch: isMatch))
        }
        start = index + 1
        isMatch = index < bytes.count && bytes[index] == 2
    }
    return pieces
}
