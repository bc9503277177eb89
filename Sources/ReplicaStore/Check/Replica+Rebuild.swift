import ArticleMerge
import SQLite

extension Replica {
    /// Clears all that is derived from the log and derives it again.
    public func rebuild() throws(ReplicaError) {
        try write { try deriveAgain() }
    }

    func deriveAgain() throws {
        for table in Schema.derivedTables {
            try database.run("DELETE FROM \(table)")
        }
        // Its rows would be taken out one by one.
        try database.execute("DROP TABLE search")
        try database.execute(Schema.search)
        kept.devices = [:]
        // They know of changes that are not derived yet.
        kept.walks.removeAll()
        try markDerived(to: 0, isLast: false)
        while try deriveBatch(withChains: true) > 0 {}
    }
}

extension Schema {
    /// The tables of `derived`, those that refer to others first.
    static let derivedTables = [
        "unindexed", "unsettled", "article_view", "conflict", "review", "closing", "note", "tag",
        "article_state", "article", "change", "dependency", "chain",
    ]
}
