import ArticleMerge
import ArticleModel
import Membership
import SQLite

/// An entry of the log with all that is derived from it.
struct LogEntry {
    /// Its number in order of arrival.
    let row: Int64
    let id: ChangeSetID
    let header: ChangeSetHeader
    let device: DeviceKey
    /// Who the device belongs to.
    let author: UserID
    /// Nil where it is absent.
    let body: [UInt8]?
}

extension Replica {
    /// Notes what a header says of its chain and of what it depends on.
    ///
    /// Gives whether the entry, which is in `row`, forks its chain. Done as the entry is stored:
    /// later entries are checked by it.
    @discardableResult
    func link(_ header: ChangeSetHeader, _ id: ChangeSetID, by device: DeviceKey, row: Int64) throws
        -> Bool
    {
        let forks: Bool
        if try goesOn(header) {
            forks = false
            kept.keepTip(id, of: header.chain)
        } else {
            forks = try linkChain(header, by: device, row: row)
            kept.keepTip(nil, of: header.chain)
        }
        try linkDependencies(header, row: row)
        return forks
    }

    /// Notes the same of an entry that has been in the log for long, with all after it.
    func linkAgain(_ entry: LogEntry) throws {
        try linkChain(entry.header, by: entry.device, row: entry.row)
        try linkDependencies(entry.header, row: entry.row)
    }

    private func linkDependencies(_ header: ChangeSetHeader, row: Int64) throws {
        for dependency in header.dependencies {
            try statements().insertDependency.run(
                .bytes(header.chain.bytes),
                .bytes(dependency.bytes),
                .integer(row)
            )
        }
    }

    @discardableResult
    private func linkChain(_ header: ChangeSetHeader, by device: DeviceKey, row: Int64) throws
        -> Bool
    {
        let chain = Value.bytes(header.chain.bytes)
        if header.opening != nil {
            try database.run(
                "INSERT OR IGNORE INTO chain (id, device, forked) VALUES (?, ?, 0)",
                chain,
                .bytes(device.bytes)
            )
        }
        let other = try database.integer(
            "SELECT 1 FROM entry WHERE chain = ? AND seq = ? AND row < ?",
            chain,
            .integer(Int64(clamping: header.sequence)),
            .integer(row)
        )
        guard other != nil else { return false }
        let known = try forkSequence(of: header.chain)
        guard known.map({ header.sequence < $0 }) ?? true else { return false }
        try database.run(
            "UPDATE chain SET forked = ? WHERE id = ?",
            .integer(Int64(clamping: header.sequence) + 1),
            chain
        )
        return known == nil
    }

    /// Derives from an entry, whose body was read already or is now, what changes it makes, and leaves
    /// the articles to `articles`, which does each once for many entries.
    func derive(
        _ entry: LogEntry,
        parts: [ChangePart]? = nil,
        into articles: inout ArticleDerivation
    ) throws {
        let read =
            parts
            ?? ChangePart.parts(of: entry.id, entry.header, entry.body, library, codecs)
        for var part in read {
            if case .edit(let parents, _) = part.content {
                part.fault = try fault(ofParents: parents, article: part.article, in: entry)
            }
            let isFirst = try part.isSeed && changeRowCount(of: part.article) == 0
            let isNew = try isFirst || !containsChange(part.id)
            try database.run(
                "INSERT INTO change (id, entry, part, article, fault) VALUES (?, ?, ?, ?, ?)",
                .bytes(part.id.bytes),
                .integer(entry.row),
                .integer(part.index),
                .bytes(part.article.bytes),
                .integer(ifAny: part.fault?.column)
            )
            try deriveClosings(of: part)
            try articles.add(part, of: entry, isNew: isNew, isFirst: isFirst, in: self)
        }
    }

    private func deriveClosings(of part: ChangePart) throws {
        guard case .edit(_, let operations) = part.content else { return }
        for case .close(let field, let keys) in operations {
            for key in keys {
                let bytes = ArticleConflict.idBytes(of: .text(field, key), in: part.article)
                let id: ConflictID = ConflictRecord.id(ofBytes: bytes)
                try database.run(
                    "INSERT OR IGNORE INTO closing (conflict, change) VALUES (?, ?)",
                    .bytes(id.bytes),
                    .bytes(part.id.bytes)
                )
            }
        }
    }
}

// MARK: - The causal past

extension Replica {
    /// What is wrong with a change that goes on from `parents`; nil for nothing.
    ///
    /// All that an entry depends on is in the log before it, so a parent that is not found, or not
    /// among what the entry depends on, is a fault for ever.
    private func fault(
        ofParents parents: [ChangeID],
        article: ArticleID,
        in entry: LogEntry
    ) throws -> ChangeFault? {
        var needsNewer = false
        for parent in parents {
            let rows = try database.statement(
                """
                SELECT change.article, change.fault, entry.id, entry.row, entry.chain, entry.seq
                FROM change JOIN entry ON entry.row = change.entry WHERE change.id = ?
                """,
                .bytes(parent.bytes)
            )
            var isCovered = false
            while !isCovered, try rows.step() {
                guard rows.bytes(0) == article.bytes, rows.integer(3) < entry.row,
                    let id = ChangeSetID(rows.bytes(2)), let chain = ChainID(rows.bytes(4))
                else { continue }
                let sequence = UInt64(clamping: rows.integer(5))
                isCovered = try isInCausalPast(id, chain, sequence, of: entry.header)
                if isCovered, ChangeFault(column: rows.integer(ifAny: 1)) == .needsNewer {
                    needsNewer = true
                }
            }
            guard isCovered else {
                // It may be what an entry did that only a newer galley can read.
                if try dependsOnUnread(article, entry) { return .needsNewer }
                return .faulty(.outsideCausalPast)
            }
        }
        return needsNewer ? .needsNewer : nil
    }

    /// Whether `other` is an earlier entry of the branch of the entry of `header`, or named as a
    /// dependency by that entry or such an earlier one.
    func isInCausalPast(
        _ other: ChangeSetID,
        _ chain: ChainID,
        _ sequence: UInt64,
        of header: ChangeSetHeader
    ) throws -> Bool {
        if header.previous == other || header.dependencies.contains(other) { return true }
        // Below its first fork a chain has one entry of each number, which all branches go on from.
        let fork = try forkSequence(of: header.chain)
        if chain == header.chain, sequence < header.sequence {
            guard let fork, sequence >= fork else { return true }
            if try branch(of: header, downTo: sequence, contains: { $0 == other }) { return true }
        }
        let namers = try database.statement(
            """
            SELECT entry.id, entry.seq FROM dependency
            JOIN entry ON entry.row = dependency.entry
            WHERE dependency.chain = ? AND dependency.id = ? AND entry.seq < ?
            """,
            .bytes(header.chain.bytes),
            .bytes(other.bytes),
            .integer(Int64(clamping: header.sequence))
        )
        var found: Set<ChangeSetID> = []
        var lowest = UInt64.max
        while try namers.step() {
            let sequence = UInt64(clamping: namers.integer(1))
            guard let fork, sequence >= fork else { return true }
            if let id = ChangeSetID(namers.bytes(0)) { found.insert(id) }
            lowest = min(lowest, sequence)
        }
        guard !found.isEmpty else { return false }
        return try branch(of: header, downTo: lowest) { found.contains($0) }
    }

    /// The lowest sequence number that several entries of the chain have; nil where it did not
    /// fork.
    func forkSequence(of chain: ChainID) throws -> UInt64? {
        let forked = try database.integer(
            "SELECT forked FROM chain WHERE id = ?",
            .bytes(chain.bytes)
        )
        guard let forked, forked > 0 else { return nil }
        return UInt64(clamping: forked - 1)
    }

    /// Whether several entries of the chain have one sequence number.
    func isForked(_ chain: ChainID) throws -> Bool { try forkSequence(of: chain) != nil }

    /// Whether an entry before that of `header` on its branch, from `sequence` on, is what is
    /// looked for; O(branch).
    private func branch(
        of header: ChangeSetHeader,
        downTo sequence: UInt64,
        contains isWanted: (ChangeSetID) -> Bool
    ) throws -> Bool {
        var previous = header.previous
        var place = header.sequence
        while let id = previous, place > sequence {
            if isWanted(id) { return true }
            previous = try self.header(of: id)?.previous
            place -= 1
        }
        return false
    }

    /// Whether an entry that cannot be read here touched the article and is in the causal past of
    /// another.
    private func dependsOnUnread(_ article: ArticleID, _ entry: LogEntry) throws -> Bool {
        let rows = try database.statement(
            """
            SELECT entry.id, entry.chain, entry.seq FROM change
            JOIN entry ON entry.row = change.entry
            WHERE change.article = ? AND change.entry < ? AND change.fault = ?
            """,
            .bytes(article.bytes),
            .integer(entry.row),
            .integer(ChangeFault.needsNewer.column)
        )
        while try rows.step() {
            guard let id = ChangeSetID(rows.bytes(0)), let chain = ChainID(rows.bytes(1)) else {
                throw damagedLog("an entry")
            }
            let sequence = UInt64(clamping: rows.integer(2))
            if try isInCausalPast(id, chain, sequence, of: entry.header) { return true }
        }
        return false
    }

    /// The header of the entry `id`; nil where it is not in the log.
    func header(of id: ChangeSetID) throws -> ChangeSetHeader? {
        let row = try database.statement(
            "SELECT header FROM entry WHERE id = ?",
            .bytes(id.bytes)
        )
        guard try row.step() else { return nil }
        return try readHeader(row.bytes(0)).header
    }

    /// Reads what the log holds of an entry, whose id is known perhaps, which saves a digest.
    func readHeader(_ bytes: [UInt8], knownID: ChangeSetID? = nil) throws -> SignedChangeSet {
        do { return try SignedChangeSet(decoding: bytes, knownID: knownID) } catch {
            throw damagedLog("an entry", cause: error)
        }
    }
}
