public import ArticleModel
import SQLite

extension Replica {
    /// The articles that `filter` lets through, in its order.
    public func articles(
        _ filter: ArticleFilter = ArticleFilter()
    ) throws(ReplicaError) -> [ArticleSummary] {
        try readSettled {
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
        var numbers: [Int64] = []
        var result: [ArticleSummary] = []
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(1)), let device = DeviceKey(rows.bytes(13)) else {
                throw ReplicaError(.damaged, "An article's row is damaged. Run `galley doctor`.")
            }
            numbers.append(rows.integer(0))
            result.append(
                ArticleSummary(
                    id: id,
                    title: rows.text(2),
                    date: rows.text(3),
                    excerpt: rows.text(4),
                    scalarCount: Int(rows.integer(5)),
                    changeCount: Int(rows.integer(6)),
                    noteCount: Int(rows.integer(7)),
                    openNoteCount: Int(rows.integer(8)),
                    conflictCount: Int(rows.integer(9)),
                    isDeleted: rows.integer(10) != 0,
                    needsNewer: rows.integer(11) != 0,
                    lastTimeMilliseconds: rows.integer(12),
                    lastDevice: device
                )
            )
        }
        let handles = try shortHandles(of: result.map(\.id))
        let tags = try tags(ofRows: numbers)
        for index in result.indices {
            result[index].shortHandle = handles[index]
            result[index].tags = tags[numbers[index]] ?? []
        }
        return result
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
