import ArticleMerge
import ArticleModel
import Membership
import SQLite

extension Replica {
    /// The entry numbered `row` with its body.
    func logEntry(atRow row: Int64) throws -> LogEntry {
        let statement = try database.statement(
            "SELECT header, size, body FROM entry WHERE row = ?",
            .integer(row)
        )
        guard try statement.step() else { throw damagedLog("entry \(row)") }
        return try logEntry(
            row: row,
            readHeader(statement.bytes(0)),
            body: unpacked(statement.bytes(ifAny: 2), size: statement.integer(1))
        )
    }

    /// An entry of the log that was read, with what the membership log says of its author.
    func logEntry(row: Int64, _ signed: SignedChangeSet, body: [UInt8]?) throws -> LogEntry {
        guard let device = try device(of: signed.header) else {
            throw damagedLog("the chain of entry \(signed.id)")
        }
        guard let author = try membershipLog().user(of: device) else {
            throw damagedLog("the author of entry \(signed.id)")
        }
        return LogEntry(
            row: row,
            id: signed.id,
            header: signed.header,
            device: device,
            author: author,
            body: body
        )
    }

    /// The device that signs the chain of an entry; nil where the chain's opening is not here.
    func device(of header: ChangeSetHeader) throws -> DeviceKey? {
        try header.opening?.device ?? device(ofChain: header.chain)
    }

    /// The device that signs a chain; nil where the chain's opening is not here.
    func device(ofChain chain: ChainID) throws -> DeviceKey? {
        if let known = kept.devices[chain] { return known }
        let row = try database.statement(
            "SELECT device FROM chain WHERE id = ?",
            .bytes(chain.bytes)
        )
        guard try row.step(), let device = DeviceKey(row.bytes(0)) else { return nil }
        kept.devices[chain] = device
        return device
    }
}

// MARK: - Articles

extension Replica {
    /// All changes of an article; nil where it has no seed that counts.
    ///
    /// In order of arrival but for the seed, which comes first: a carrier that counts may have come
    /// after one that does not, and after changes that go on from it.
    func loadGraph(of article: ArticleID) throws -> EventGraph? {
        let rows = try database.statement(
            "SELECT entry, part, id, fault FROM change WHERE article = ? ORDER BY entry, part",
            .bytes(article.bytes)
        )
        var found: [(entry: Int64, part: Int, id: ChangeID, fault: ChangeFault?)] = []
        while try rows.step() {
            guard let id = ChangeID(rows.bytes(2)) else { throw damagedLog("a change") }
            let fault = ChangeFault(column: rows.integer(ifAny: 3))
            found.append((rows.integer(0), Int(rows.integer(1)), id, fault))
        }
        let isSeed = { (id: ChangeID) in id.prefix16(as: ArticleID.self) == article }
        guard let seedRow = found.first(where: { isSeed($0.id) && $0.fault == nil }) else {
            return nil
        }
        var graph = try EventGraph(seed: try loadChange(entry: seedRow.entry, part: seedRow.part))
        for row in found where !isSeed(row.id) {
            switch row.fault {
            case .needsNewer: break
            case .faulty(let code):
                graph.insert(FaultyChange(change: row.id, fault: Fault(code)))
            case nil:
                try graph.insert(try loadChange(entry: row.entry, part: row.part))
            }
        }
        return graph
    }

    /// The change that part `part` of the entry numbered `row` makes, which was found readable.
    func loadChange(entry row: Int64, part index: Int) throws -> Change {
        readChangeCount += 1
        let entry = try logEntry(atRow: row)
        guard let bytes = entry.body, entry.header.touched.indices.contains(index) else {
            throw damagedLog("the body of entry \(entry.id)")
        }
        let body: ChangeSetBody?
        do {
            body = try codecs.decode(bytes, version: entry.header.body?.codecVersion ?? 0)
        } catch {
            throw damagedLog("the body of entry \(entry.id)", cause: error)
        }
        guard let body, body.changes.indices.contains(index) else {
            throw damagedLog("the body of entry \(entry.id)")
        }
        let content = body.changes[index]
        let touched = entry.header.touched[index]
        let id =
            switch content {
            case .seed(let seed): ChangeIdentity.seed(library: library, bytes: seed.encoded())
            case .edit: ChangeIdentity.id(of: entry.id, index: index)
            }
        let part = ChangePart(
            id: id,
            index: index,
            article: touched.article,
            permission: touched.permission,
            content: content,
            fault: nil
        )
        return Change(part, content, of: entry)
    }

    /// The state of an article as stored; nil where there is no such article.
    func loadState(of article: ArticleID) throws -> ArticleState? {
        let row = try database.statement(
            """
            SELECT state FROM article
            LEFT JOIN article_state ON article_state.article = article.row WHERE id = ?
            """,
            .bytes(article.bytes)
        )
        guard try row.step() else { return nil }
        if let bytes = row.bytes(ifAny: 0) { return try ArticleState(decoding: bytes) }
        guard let graph = try loadGraph(of: article) else {
            throw damagedLog("the seed of article \(article)")
        }
        return ArticleState(replaying: graph)
    }
}
