import ArticleModel
import SQLite

extension Replica {
    /// For each article the shortest prefix of its handle that names no other one.
    ///
    /// At least four letters, so that a handle noted down stays good while a library grows. For many
    /// articles all ids are read once, for few the neighbours of each.
    func shortHandles(of articles: [ArticleID]) throws -> [String] {
        if articles.count <= 32 {
            return try articles.map { article in
                let id = Value.bytes(article.bytes)
                let before = try articleID(
                    "SELECT id FROM article WHERE id < ? ORDER BY id DESC LIMIT 1",
                    id
                )
                let after = try articleID(
                    "SELECT id FROM article WHERE id > ? ORDER BY id LIMIT 1",
                    id
                )
                return uniquePrefix(of: article, between: before, and: after)
            }
        }
        var neighbours: [ArticleID: (before: ArticleID?, after: ArticleID?)] = [:]
        let rows = try database.statement("SELECT id FROM article ORDER BY id")
        var previous: ArticleID?
        while try rows.step() {
            guard let id = ArticleID(rows.bytes(0)) else { continue }
            neighbours[id] = (previous, nil)
            if let previous { neighbours[previous]?.after = id }
            previous = id
        }
        return articles.map { article in
            let around = neighbours[article]
            return uniquePrefix(of: article, between: around?.before, and: around?.after)
        }
    }

    private func articleID(_ sql: String, _ id: Value) throws -> ArticleID? {
        let row = try database.statement(sql, id)
        return try row.step() ? ArticleID(row.bytes(0)) : nil
    }
}

private let handleLengthMin = 4

/// The shortest prefix of an identifier's handle that neither neighbour in order of id shares, of
/// four letters at least.
func uniquePrefix(
    of article: ArticleID,
    between before: ArticleID?,
    and after: ArticleID?
) -> String {
    let common = max(
        commonBitCount(article, before),
        commonBitCount(article, after)
    )
    return String(article.handle.prefix(max(handleLengthMin, common / 5 + 1)))
}

private func commonBitCount(_ left: ArticleID, _ right: ArticleID?) -> Int {
    guard let right else { return 0 }
    for index in 0..<ArticleID.byteCount where left[index] != right[index] {
        return index * 8 + (left[index] ^ right[index]).leadingZeroBitCount
    }
    return ArticleID.byteCount * 8
}
