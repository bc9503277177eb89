import ArticleMerge
import ArticleModel
import SQLite

// What people see of articles with concurrent edits is worked out when somebody asks, once for all
// changes that came since: a hub that only passes on what it gets never does it.

extension Replica {
    /// Says that what people see of the article in row `row` has to be worked out again.
    func unsettle(_ row: Int64) throws {
        try database.run("INSERT OR IGNORE INTO unsettled (article) VALUES (?)", .integer(row))
        // Its words may be others than they were.
        try database.run("INSERT OR IGNORE INTO unindexed (article) VALUES (?)", .integer(row))
    }

    /// Whether more than the merged article is to be seen, or may be.
    func hasView(_ row: Int64) throws -> Bool {
        try database.integer(
            """
            SELECT 1 FROM article_view WHERE article = ?1
            UNION ALL SELECT 1 FROM unsettled WHERE article = ?1 LIMIT 1
            """,
            .integer(row)
        ) != nil
    }

    /// Does `body`, which only reads, with what people see of all articles worked out before.
    ///
    /// Where another process is writing, or nothing can be written, it is left for later: whoever
    /// reads an article gets it worked out in any case.
    func readSettled<Result: ~Copyable>(
        _ body: () throws -> Result
    ) throws(ReplicaError) -> Result {
        if !database.isInTransaction {
            do throws(ReplicaError) { try settle() } catch { try passOver(error) }
        }
        return try read(body)
    }

    /// Works out what people see of all articles whose changes came since the last time.
    @discardableResult
    public func settle() throws(ReplicaError) -> Int {
        try derive()
        var count = 0
        while try perform({ try database.integer("SELECT 1 FROM unsettled LIMIT 1") }) != nil {
            count += try write { try settleBatch(limit: 200) }
        }
        return count
    }

    /// A batch is small enough that a writer waiting for the lock is not kept long.
    @discardableResult
    func settleBatch(limit: Int) throws -> Int {
        let rows = try database.statement(
            """
            SELECT unsettled.article, article.id FROM unsettled
            JOIN article ON article.row = unsettled.article LIMIT \(limit)
            """
        )
        var batch: [(row: Int64, id: ArticleID)] = []
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(1)) else { throw damagedLog("an article") }
            batch.append((rows.integer(0), id))
        }
        for (row, id) in batch {
            try database.run("DELETE FROM unsettled WHERE article = ?", .integer(row))
            try store(try analysis(of: id)?.view, of: id, row)
        }
        if batch.isEmpty { try database.run("DELETE FROM unsettled") }
        return batch.count
    }

    /// The analysis of an article as it stands; nil where there is none.
    func analysis(of id: ArticleID) throws -> ArticleAnalysis? {
        guard let state = try loadState(of: id) else { return nil }
        let warm = kept.walks.walk(of: id)?.graph
        guard let graph = try warm ?? loadGraph(of: id) else { return nil }
        return ArticleAnalysis(graph, merged: state)
    }

    private func store(_ view: ArticleView?, of id: ArticleID, _ row: Int64) throws {
        for table in ["article_view", "conflict", "review"] {
            try database.run("DELETE FROM \(table) WHERE article = ?", .integer(row))
        }
        guard let view, let merged = try loadState(of: id) else { return }
        let columns = ArticleColumns(merged.showing(view), view)
        try database.run(
            "UPDATE article SET excerpt = ?, scalars = ?, conflicts = ? WHERE row = ?",
            .utf8(columns.excerpt),
            .integer(columns.scalarCount),
            .integer(columns.conflictCount),
            .integer(row)
        )
        guard !view.isPlain else { return }
        try database.run(
            "INSERT INTO article_view (article, view) VALUES (?, ?)",
            .integer(row),
            .bytes(view.encoded(of: id))
        )
        for conflict in view.conflicts {
            try database.run(
                "INSERT OR REPLACE INTO conflict (id, article) VALUES (?, ?)",
                .bytes(ConflictRecord(conflict, in: id).id.bytes),
                .integer(row)
            )
        }
        for review in view.reviews {
            try database.run(
                "INSERT OR REPLACE INTO review (id, article) VALUES (?, ?)",
                .bytes(ReviewRecord(review, in: id).id.bytes),
                .integer(row)
            )
        }
    }

    /// What people see of an article, as stored or worked out now; nil where that is what its
    /// changes merge to.
    func loadView(of id: ArticleID) throws -> ArticleView? {
        let rows = try database.statement(
            """
            SELECT view, EXISTS (SELECT 1 FROM unsettled WHERE unsettled.article = article.row)
            FROM article LEFT JOIN article_view ON article_view.article = article.row
            WHERE article.id = ?
            """,
            .bytes(id.bytes)
        )
        guard try rows.step() else { return nil }
        if rows.integer(1) != 0 { return try analysis(of: id)?.view }
        return try rows.bytes(ifAny: 0).map { try ArticleView(decoding: $0) }
    }

    /// An article with its texts as people see them; nil where there is none.
    func loadShownState(of id: ArticleID) throws -> ArticleState? {
        guard let state = try loadState(of: id) else { return nil }
        guard let view = try loadView(of: id) else { return state }
        return state.showing(view)
    }
}
