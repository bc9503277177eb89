public import ArticleMerge
public import ArticleModel
import Membership
import SQLite

extension Replica {
    /// An article with its texts as people see them; nil where there is none.
    ///
    /// Positions of changes count the merged texts: see ``analysis(ofArticle:)``.
    public func article(_ id: ArticleID) throws(ReplicaError) -> ArticleState? {
        try read { try loadShownState(of: id) }
    }

    /// All changes of an article, for its history; nil where there is none.
    public func graph(of id: ArticleID) throws(ReplicaError) -> EventGraph? {
        try read { try loadGraph(of: id) }
    }

    /// The articles that have annotations, the last changed first.
    public func articlesWithNotes() throws(ReplicaError) -> [ArticleSummary] {
        try read {
            try summaries(
                """
                SELECT \(summaryColumns) FROM article WHERE notes > 0
                ORDER BY last_time DESC, id
                """,
                []
            )
        }
    }
}

// MARK: - Notes by handle

/// An annotation or reply that was named by the beginning of its handle.
public struct NoteReference: Hashable, Sendable {
    /// The annotation or reply.
    public let id: AnnotationID
    /// The article it belongs to.
    public let article: ArticleID
}

extension Replica {
    /// The annotations and replies that `text` names, at most `limit`: the beginning of the handle
    /// of the change that made it and, for all but its first, `.` and a number from 1 on.
    public func notes(
        handlePrefix text: String,
        limit: Int = 20
    ) throws(ReplicaError) -> [NoteReference] {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let letters = parts.first, let range = HandlePrefix(String(letters)) else {
            return []
        }
        let number = parts.count > 1 ? Int64(parts[1]) : nil
        guard parts.count == 1 || number != nil else { return [] }
        return try read {
            // Changes have 32 bytes, of which a handle shows 16.
            let rows = try database.statement(
                """
                SELECT change, number, id FROM note JOIN article ON row = note.article
                WHERE change BETWEEN ?1 AND ?2 AND (?3 IS NULL OR number = ?3)
                ORDER BY change, number LIMIT ?4
                """,
                .bytes(range.lower),
                .bytes(range.upper + [UInt8](repeating: 0xFF, count: 16)),
                .integer(ifAny: number),
                .integer(limit)
            )
            var result: [NoteReference] = []
            while try rows.step() {
                guard let change = ChangeID(rows.bytes(0)), let article = ArticleID(rows.bytes(2)),
                    let index = UInt32(exactly: rows.integer(1))
                else { throw damagedLog("a note") }
                let id = AnnotationID(change: change, index: index)
                result.append(NoteReference(id: id, article: article))
            }
            return result
        }
    }

    /// The shortest text, of four letters at least, by which ``notes(handlePrefix:limit:)`` finds
    /// this annotation or reply alone.
    public func shortHandle(of note: AnnotationID) throws(ReplicaError) -> String {
        try read {
            let change = Value.bytes(note.change.bytes)
            func neighbour(_ sql: String) throws -> ChangeID? {
                let row = try database.statement(sql, change)
                return try row.step() ? ChangeID(row.bytes(0)) : nil
            }
            let before = try neighbour(
                "SELECT change FROM note WHERE change < ? ORDER BY change DESC LIMIT 1"
            )
            let after = try neighbour(
                "SELECT change FROM note WHERE change > ? ORDER BY change LIMIT 1"
            )
            let letters = uniquePrefix(
                of: note.change.prefix16(as: ArticleID.self),
                between: before?.prefix16(as: ArticleID.self),
                and: after?.prefix16(as: ArticleID.self)
            )
            let count = try database.integer("SELECT count(*) FROM note WHERE change = ?", change)
            return count == 1 ? letters : "\(letters).\(note.index)"
        }
    }
}

// MARK: - History

/// A change of an article with what its entry says of it.
public struct ChangeRecord: Sendable {
    /// The change.
    public let change: Change
    /// The entry that carries it.
    public let entry: ChangeSetID
    /// The entry's position in the hub's log; nil where it has none yet.
    public let position: UInt64?
    /// What is wrong with it; nil where it has an effect.
    public let fault: Fault?
}

extension Replica {
    /// The changes of an article that could be read, in order of arrival; empty where there is none.
    public func history(of id: ArticleID) throws(ReplicaError) -> [ChangeRecord] {
        try read {
            guard let state = try loadState(of: id) else { return [] }
            let rows = try database.statement(
                """
                SELECT change.entry, change.part, change.fault, entry.id, hub_log.position
                FROM change JOIN entry ON entry.row = change.entry
                LEFT JOIN hub_log ON hub_log.entry = change.entry
                WHERE change.article = ? ORDER BY change.entry, change.part
                """,
                .bytes(id.bytes)
            )
            var result: [ChangeRecord] = []
            while try rows.step() {
                guard let entry = ChangeSetID(rows.bytes(3)) else { throw damagedLog("an entry") }
                guard rows.isNull(2) else { continue }
                let change = try loadChange(entry: rows.integer(0), part: Int(rows.integer(1)))
                result.append(
                    ChangeRecord(
                        change: change,
                        entry: entry,
                        position: rows.integer(ifAny: 4).map { UInt64(clamping: $0) },
                        fault: state.faults.first { $0.change == change.id }?.fault
                    )
                )
            }
            return result
        }
    }
}
