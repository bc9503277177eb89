import ArticleMerge
import ArticleModel
import SQLite

extension PendingArticle.Source {
    /// Whether changes may be part of it that were in the log before.
    fileprivate var holdsMoreThanCounted: Bool {
        switch self {
        case .walk, .replay: true
        case .none, .stored, .seed, .state: false
        }
    }
}

extension Replica {
    /// Whether the article has a seed that counts.
    func hasArticle(_ id: ArticleID) throws -> Bool {
        try database.integer("SELECT 1 FROM article WHERE id = ?", .bytes(id.bytes)) != nil
    }

    /// Whether the table `change` has the change.
    func containsChange(_ id: ChangeID) throws -> Bool {
        try database.integer("SELECT 1 FROM change WHERE id = ? LIMIT 1", .bytes(id.bytes)) != nil
    }

    /// How many rows of the table `change` touch the article.
    func changeRowCount(of id: ArticleID) throws -> Int64 {
        try database.integer(
            "SELECT count(*) FROM change WHERE article = ?",
            .bytes(id.bytes)
        ) ?? 0
    }

    /// Writes all rows of an article.
    func store(_ article: PendingArticle, as id: ArticleID) throws {
        switch article.source {
        case .none:
            break
        case .stored:
            // Only a further carrier, or a change for a newer galley.
            try updateCounts(of: id, article)
        case .seed(_, let columns):
            try insertArticle(id, columns, article)
        case .state(let state):
            try store(state, as: id, article)
        case .walk(let walk):
            try store(walk.state, as: id, article)
            // Measured again, as it has grown.
            kept.walks.keep(walk)
        case .replay:
            guard let graph = try loadGraph(of: id) else { return }
            try store(ArticleState(replaying: graph), as: id, article)
        }
    }

    private func store(_ state: ArticleState, as id: ArticleID, _ article: PendingArticle) throws {
        let columns = ArticleColumns(state)
        let known = try database.integer("SELECT row FROM article WHERE id = ?", .bytes(id.bytes))
        if known != nil {
            try updateCounts(of: id, article)
        } else if article.source.holdsMoreThanCounted {
            // Its changes were there before the seed that counts, and were not counted.
            try insertArticle(id, columns, try countAll(of: id))
        } else {
            try insertArticle(id, columns, article)
        }
        guard
            let row = try database.integer(
                "SELECT row FROM article WHERE id = ?",
                .bytes(id.bytes)
            ),
            let changeCount = try database.integer(
                "SELECT changes FROM article WHERE row = ?",
                .integer(row)
            )
        else { return }
        try update(row, columns, state: changeCount == 1 ? nil : state)
        // A change that goes on from all others alters what is seen only where that is more than
        // what the changes merge to.
        if try article.source.holdsMoreThanCounted || hasView(row) { try unsettle(row) }
    }

    /// The merge of an article that is in the log: the warm one, or one made now, which reads all
    /// its changes.
    ///
    /// Nil where there is no article, or where it holds more than a walk can number.
    func walk(of id: ArticleID) throws -> ArticleWalk? {
        if let warm = kept.walks.walk(of: id) { return warm }
        guard let graph = try loadGraph(of: id), let walk = ArticleWalk(graph) else { return nil }
        kept.walks.keep(walk)
        return walk
    }

    /// What ``ArticleDerivation`` would have counted had there been an article all the time.
    private func countAll(of id: ArticleID) throws -> PendingArticle {
        var article = PendingArticle(source: .replay)
        let rows = try database.statement(
            "SELECT entry, part, id, fault FROM change WHERE article = ? ORDER BY entry, part",
            .bytes(id.bytes)
        )
        var seen: Set<ChangeID> = []
        while try rows.step() {
            guard let change = ChangeID(rows.bytes(2)) else { throw damagedLog("a change") }
            if seen.insert(change).inserted { article.newChangeCount += 1 }
            switch ChangeFault(column: rows.integer(ifAny: 3)) {
            case .needsNewer: article.needsNewer = true
            case .faulty: break
            case nil:
                let entry = try logEntry(atRow: rows.integer(0))
                let last = LastChange(change, of: entry)
                article.last = max(article.last ?? last, last)
            }
        }
        return article
    }

    private func insertArticle(
        _ id: ArticleID,
        _ columns: ArticleColumns,
        _ article: PendingArticle
    ) throws {
        guard let last = article.last else { throw damagedLog("the seed of article \(id)") }
        try database.run(
            """
            INSERT INTO article (id, title, date, excerpt, scalars, changes, notes, open_notes,
                conflicts, deleted, newer, last_lamport, last_change, last_time, last_device)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .bytes(id.bytes),
            .utf8(columns.title),
            .text(columns.date),
            .utf8(columns.excerpt),
            .integer(columns.scalarCount),
            .integer(article.newChangeCount),
            .integer(columns.noteCount),
            .integer(columns.openNoteCount),
            .integer(columns.conflictCount),
            .integer(columns.isDeleted ? 1 : 0),
            .integer(article.needsNewer ? 1 : 0),
            .integer(Int64(clamping: last.lamport)),
            .bytes(last.change.bytes),
            .integer(last.timeMilliseconds),
            .bytes(last.device.bytes)
        )
        try database.run(
            "INSERT OR IGNORE INTO unindexed (article) VALUES (?)",
            .integer(database.lastInsertedRow)
        )
    }

    private func updateCounts(of id: ArticleID, _ article: PendingArticle) throws {
        try database.run(
            "UPDATE article SET changes = changes + ?, newer = max(newer, ?) WHERE id = ?",
            .integer(article.newChangeCount),
            .integer(article.needsNewer ? 1 : 0),
            .bytes(id.bytes)
        )
        guard let last = article.last else { return }
        try database.run(
            """
            UPDATE article
            SET last_lamport = ?1, last_change = ?2, last_time = ?3, last_device = ?4
            WHERE id = ?5 AND (last_lamport, last_change, last_time, last_device) < (?1, ?2, ?3, ?4)
            """,
            .integer(Int64(clamping: last.lamport)),
            .bytes(last.change.bytes),
            .integer(last.timeMilliseconds),
            .bytes(last.device.bytes),
            .bytes(id.bytes)
        )
    }

    /// Writes what follows from the state; nil for an article that is its seed alone, which has
    /// neither tags nor notes and whose state is the seed in the log.
    private func update(_ row: Int64, _ columns: ArticleColumns, state: ArticleState?) throws {
        try database.run(
            """
            UPDATE article SET title = ?, date = ?, excerpt = ?, scalars = ?, notes = ?,
                open_notes = ?, conflicts = ?, deleted = ? WHERE row = ?
            """,
            .utf8(columns.title),
            .text(columns.date),
            .utf8(columns.excerpt),
            .integer(columns.scalarCount),
            .integer(columns.noteCount),
            .integer(columns.openNoteCount),
            .integer(columns.conflictCount),
            .integer(columns.isDeleted ? 1 : 0),
            .integer(row)
        )
        try database.run("INSERT OR IGNORE INTO unindexed (article) VALUES (?)", .integer(row))
        guard let state else { return }
        try database.run(
            "INSERT OR REPLACE INTO article_state (article, state) VALUES (?, ?)",
            .integer(row),
            .bytes(state.encoded())
        )
        try database.run("DELETE FROM tag WHERE article = ?", .integer(row))
        for tag in state.tags.tags {
            try database.run(
                "INSERT INTO tag (article, tag) VALUES (?, ?)",
                .integer(row),
                .utf8(tag.utf8)
            )
        }
        try database.run("DELETE FROM note WHERE article = ?", .integer(row))
        for note in state.notes.notes where !note.isDeleted {
            for id in [note.id] + note.replies.filter({ !$0.isDeleted }).map(\.id) {
                try database.run(
                    "INSERT INTO note (change, number, article) VALUES (?, ?, ?)",
                    .bytes(id.change.bytes),
                    .integer(Int(id.index)),
                    .integer(row)
                )
            }
        }
    }
}
