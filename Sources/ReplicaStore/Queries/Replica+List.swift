public import ArticleModel
import SQLite

extension Replica {
    /// The articles that `filter` lets through, in its order.
    public func articles(
        _ filter: ArticleFilter = ArticleFilter()
    ) throws(ReplicaError) -> [ArticleSummary] {
        try read {
            var conditions: [String] = []
            var values: [Value] = []
            switch filter.deleted {
            case .excluded: conditions.append("deleted = 0")
            case .only: conditions.append("deleted = 1")
            case .included: break
            }
            if filter.needsAttention { conditions.append("conflicts + open_notes > 0") }
            if let tag = filter.tag {
                conditions.append("row IN (SELECT article FROM tag WHERE tag = ?)")
                values.append(.utf8(tag.utf8))
            }
            if let words = filter.titleWords {
                conditions.append("title LIKE ? ESCAPE '\\'")
                values.append(.text("%\(words.escapedForLike)%"))
            }
            var sql = "SELECT \(summaryColumns) FROM article"
            if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
            sql += " ORDER BY \(filter.order.columns), id"
            if let limit = filter.limit { sql += " LIMIT \(max(0, limit))" }
            return try summaries(sql, values)
        }
    }

    /// The articles whose handle begins with `prefix`, at most `limit`; see ``article(_:)``.
    public func articles(
        handlePrefix prefix: String,
        limit: Int = 20
    ) throws(ReplicaError) -> [ArticleSummary] {
        guard let range = HandlePrefix(prefix) else { return [] }
        return try read {
            try summaries(
                "SELECT \(summaryColumns) FROM article WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                [.bytes(range.lower), .bytes(range.upper), .integer(limit)]
            )
        }
    }

    /// The list's entry of one article; nil where there is none.
    public func summary(of article: ArticleID) throws(ReplicaError) -> ArticleSummary? {
        try read {
            try summaries(
                "SELECT \(summaryColumns) FROM article WHERE id = ?",
                [.bytes(article.bytes)]
            ).first
        }
    }

    /// Every tag in use, with the number of articles that have it and are not deleted.
    public func tags() throws(ReplicaError) -> [(tag: String, articleCount: Int)] {
        try read {
            let rows = try database.statement(
                """
                SELECT tag, count(*) FROM tag JOIN article ON row = tag.article
                WHERE deleted = 0 GROUP BY tag ORDER BY tag
                """
            )
            var result: [(tag: String, articleCount: Int)] = []
            while try rows.step() { result.append((rows.text(0), Int(rows.integer(1)))) }
            return result
        }
    }
}

let summaryColumns = """
    row, id, title, date, excerpt, scalars, changes, notes, open_notes, conflicts, deleted, newer, \
    last_time, last_device
    """

extension Replica {
    /// The summaries of the rows that `sql` selects by ``summaryColumns``.
    func summaries(_ sql: String, _ values: [Value]) throws -> [ArticleSummary] {
        let rows = try database.statement(sql, binding: values)
        var found: [(row: Int64, make: (String, [String]) -> ArticleSummary)] = []
        var ids: [ArticleID] = []
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(1)), let device = DeviceKey(rows.bytes(13)) else {
                throw ReplicaError(.damaged, "An article's row is damaged. Run `galley doctor`.")
            }
            let title = rows.text(2)
            let date = rows.text(3)
            let excerpt = rows.text(4)
            let numbers = (5...12).map { rows.integer($0) }
            ids.append(id)
            found.append(
                (
                    rows.integer(0),
                    { handle, tags in
                        ArticleSummary(
                            id: id,
                            shortHandle: handle,
                            title: title,
                            date: date,
                            excerpt: excerpt,
                            tags: tags,
                            scalarCount: Int(numbers[0]),
                            changeCount: Int(numbers[1]),
                            noteCount: Int(numbers[2]),
                            openNoteCount: Int(numbers[3]),
                            conflictCount: Int(numbers[4]),
                            isDeleted: numbers[5] != 0,
                            needsNewer: numbers[6] != 0,
                            lastTimeMilliseconds: numbers[7],
                            lastDevice: device
                        )
                    }
                )
            )
        }
        let handles = try shortHandles(of: ids)
        let tags = try tags(ofRows: found.map(\.row))
        return zip(found, handles).map { $0.make($1, tags[$0.row] ?? []) }
    }

    /// The tags of articles by their rows; for many it is quicker to read all tags once.
    private func tags(ofRows rows: [Int64]) throws -> [Int64: [String]] {
        var result: [Int64: [String]] = [:]
        if rows.count > 32 {
            let all = try database.statement("SELECT article, tag FROM tag ORDER BY article, tag")
            while try all.step() { result[all.integer(0), default: []].append(all.text(1)) }
            return result
        }
        for row in rows {
            let tags = try database.statement(
                "SELECT tag FROM tag WHERE article = ? ORDER BY tag",
                .integer(row)
            )
            while try tags.step() { result[row, default: []].append(tags.text(0)) }
        }
        return result
    }
}

extension ArticleFilter.Order {
    /// The columns to sort by.
    fileprivate var columns: String {
        switch self {
        case .changed: "last_time DESC"
        case .title: "title"
        case .date: "date DESC"
        case .changes: "changes DESC"
        }
    }
}

extension String {
    /// The text with the characters escaped that LIKE would take for a pattern.
    fileprivate var escapedForLike: String {
        var result = ""
        for scalar in unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { result.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
