public import ArticleModel
import Membership
import SQLite

extension Replica {
    /// The headings of all changes in the library, the last first: by the author's clock, but none
    /// before what it depends on.
    ///
    /// Reads the header of every entry, no body.
    public func headings(_ filter: ChangeFilter = .init()) throws(ReplicaError) -> [ChangeHeading] {
        try read {
            let rows = try database.statement(
                """
                SELECT \(headingColumns) FROM entry LEFT JOIN change ON change.entry = entry.row
                LEFT JOIN hub_log ON hub_log.entry = entry.row ORDER BY entry.row, change.part
                """
            )
            var order: [ChangeSetID: Int64] = [:]
            var seen: Set<ChangeID> = []
            var last: (row: Int64, entry: HeadingEntry)?
            var result: [ChangeHeading] = []
            while try rows.step() {
                let row = rows.integer(0)
                let entry: HeadingEntry
                if let last, last.row == row {
                    entry = last.entry
                } else {
                    entry = try headingEntry(rows, order: order)
                    order[entry.id] = entry.orderMilliseconds
                    last = (row, entry)
                }
                guard let heading = try heading(rows, entry), filter.admits(heading),
                    !heading.isSeed || seen.insert(heading.change).inserted
                else { continue }
                result.append(heading)
            }
            return result.sorted(by: ChangeHeading.isLater)
        }
    }

    /// The headings of the changes of an article, in order of arrival; a seed once.
    public func headings(of article: ArticleID) throws(ReplicaError) -> [ChangeHeading] {
        try read {
            let rows = try database.statement(
                """
                SELECT \(headingColumns) FROM change JOIN entry ON entry.row = change.entry
                LEFT JOIN hub_log ON hub_log.entry = entry.row
                WHERE change.article = ? ORDER BY change.entry, change.part
                """,
                .bytes(article.bytes)
            )
            var seen: Set<ChangeID> = []
            var result: [ChangeHeading] = []
            while try rows.step() {
                let entry = try headingEntry(rows, order: [:])
                if let heading = try heading(rows, entry), seen.insert(heading.change).inserted {
                    result.append(heading)
                }
            }
            return result
        }
    }

    /// The headings of the changes of entries numbered above `row`, in order of arrival.
    public func headings(afterRow row: Int64) throws(ReplicaError) -> [ChangeHeading] {
        try read {
            let rows = try database.statement(
                """
                SELECT \(headingColumns) FROM change JOIN entry ON entry.row = change.entry
                LEFT JOIN hub_log ON hub_log.entry = entry.row
                WHERE change.entry > ? ORDER BY change.entry, change.part
                """,
                .integer(row)
            )
            var result: [ChangeHeading] = []
            while try rows.step() {
                let entry = try headingEntry(rows, order: [:])
                if let heading = try heading(rows, entry) { result.append(heading) }
            }
            return result
        }
    }

    /// The number of the entry that came last; 0 where there is none.
    public func lastEntryRow() throws(ReplicaError) -> Int64 { try readLog { try lastRow() } }

    /// The headings of changes by their ids; those that are not here are left out.
    public func headings(
        ofChanges changes: some Sequence<ChangeID>
    ) throws(ReplicaError) -> [ChangeID: ChangeHeading] {
        try read {
            var result: [ChangeID: ChangeHeading] = [:]
            for change in changes {
                let rows = try database.statement(
                    """
                    SELECT \(headingColumns) FROM change JOIN entry ON entry.row = change.entry
                    LEFT JOIN hub_log ON hub_log.entry = entry.row
                    WHERE change.id = ? ORDER BY change.entry LIMIT 1
                    """,
                    .bytes(change.bytes)
                )
                guard try rows.step() else { continue }
                result[change] = try heading(rows, headingEntry(rows, order: [:]))
            }
            return result
        }
    }

    /// What the rows of one entry have in common.
    private struct HeadingEntry {
        let id: ChangeSetID
        let header: ChangeSetHeader
        let device: DeviceKey
        let author: UserID
        let orderMilliseconds: Int64
    }

    private func headingEntry(
        _ row: borrowing Statement,
        order: [ChangeSetID: Int64]
    ) throws -> HeadingEntry {
        guard let id = ChangeSetID(row.bytes(1)) else { throw damagedLog("an entry") }
        let header: ChangeSetHeader
        do {
            header = try SignedChangeSet(decoding: row.bytes(2), knownID: id).header
        } catch {
            throw damagedLog("an entry", cause: error)
        }
        guard let device = try device(of: header), let author = try membershipLog().user(of: device)
        else { throw damagedLog("the author of entry \(id)") }
        var time = header.timeMilliseconds
        if let previous = header.previous { time = max(time, order[previous] ?? time) }
        for dependency in header.dependencies { time = max(time, order[dependency] ?? time) }
        return HeadingEntry(
            id: id,
            header: header,
            device: device,
            author: author,
            orderMilliseconds: time
        )
    }

    private func heading(_ row: borrowing Statement, _ entry: HeadingEntry) throws -> ChangeHeading?
    {
        guard !row.isNull(5) else { return nil }
        guard let change = ChangeID(row.bytes(5)), let article = ArticleID(row.bytes(7)) else {
            throw damagedLog("a change")
        }
        return ChangeHeading(
            change: change,
            article: article,
            entry: entry.id,
            row: row.integer(0),
            part: Int(row.integer(6)),
            author: entry.author,
            device: entry.device,
            timeMilliseconds: entry.header.timeMilliseconds,
            sequence: entry.header.sequence,
            lamport: entry.header.lamport,
            position: row.integer(ifAny: 4).map { UInt64(clamping: $0) },
            isUnreadable: !row.isNull(8),
            isSignatureChecked: row.integer(3) == SignatureStatus.verified.rawValue,
            orderMilliseconds: entry.orderMilliseconds
        )
    }
}

private let headingColumns = """
    entry.row, entry.id, entry.header, entry.signature, hub_log.position,
    change.id, change.part, change.article, change.fault
    """

extension ChangeHeading {
    /// Whether it is listed before `other`, in a list that begins with the last.
    public static func isLater(_ heading: Self, than other: Self) -> Bool {
        if heading.orderMilliseconds != other.orderMilliseconds {
            return heading.orderMilliseconds > other.orderMilliseconds
        }
        if heading.lamport != other.lamport { return heading.lamport > other.lamport }
        if heading.entry != other.entry { return heading.entry > other.entry }
        return heading.part > other.part
    }
}

// MARK: - Changes by handle

extension Replica {
    /// The changes, with their articles, that `text`, the beginning of a handle, names; at most
    /// `limit`.
    public func changes(
        handlePrefix text: String,
        limit: Int = 20
    ) throws(ReplicaError) -> [ChangeHeading] {
        guard let range = HandlePrefix(text) else { return [] }
        return try read {
            // Changes have 32 bytes, of which a handle shows 16. A seed has a row for each carrier.
            let rows = try database.statement(
                """
                SELECT DISTINCT id FROM change WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3
                """,
                .bytes(range.lower),
                .bytes(range.upper + [UInt8](repeating: 0xFF, count: 16)),
                .integer(limit)
            )
            var ids: [ChangeID] = []
            while try rows.step() {
                guard let id = ChangeID(rows.bytes(0)) else { throw damagedLog("a change") }
                ids.append(id)
            }
            let found = try headings(ofChanges: ids)
            return ids.compactMap { found[$0] }
        }
    }

    /// For each change the shortest text, of four letters at least, by which
    /// ``changes(handlePrefix:limit:)`` finds it alone, in the order asked for.
    public func shortHandles(ofChanges changes: [ChangeID]) throws(ReplicaError) -> [String] {
        try read {
            if changes.count <= 64 {
                return try changes.map { change in
                    let id = Value.bytes(change.bytes)
                    return shortHandle(
                        of: change,
                        between: try changeID(
                            "SELECT id FROM change WHERE id < ? ORDER BY id DESC LIMIT 1",
                            id
                        ),
                        and: try changeID(
                            "SELECT id FROM change WHERE id > ? ORDER BY id LIMIT 1",
                            id
                        )
                    )
                }
            }
            var neighbours: [ChangeID: (before: ChangeID?, after: ChangeID?)] = [:]
            let rows = try database.statement("SELECT DISTINCT id FROM change ORDER BY id")
            var previous: ChangeID?
            while try rows.step() {
                guard let id = ChangeID(rows.bytes(0)) else { continue }
                neighbours[id] = (previous, nil)
                if let previous { neighbours[previous]?.after = id }
                previous = id
            }
            return changes.map { change in
                let around = neighbours[change]
                return shortHandle(of: change, between: around?.before, and: around?.after)
            }
        }
    }

    private func shortHandle(
        of change: ChangeID,
        between before: ChangeID?,
        and after: ChangeID?
    ) -> String {
        uniquePrefix(
            of: change.prefix16(as: ArticleID.self),
            between: before?.prefix16(as: ArticleID.self),
            and: after?.prefix16(as: ArticleID.self)
        )
    }

    private func changeID(_ sql: String, _ id: Value) throws -> ChangeID? {
        let row = try database.statement(sql, id)
        return try row.step() ? ChangeID(row.bytes(0)) : nil
    }
}
