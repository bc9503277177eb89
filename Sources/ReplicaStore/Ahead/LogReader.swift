import ArticleModel
import Compression
import Dispatch
import Membership
import SQLite

/// An entry as it was read from the log, before anything else was looked up for it.
struct ReadEntry: Sendable {
    /// Its number in order of arrival.
    let row: Int64
    let signed: SignedChangeSet
    /// Nil where it is absent.
    let body: [UInt8]?
    /// What it does to articles, as far as its body tells.
    let parts: [ChangePart]
}

/// Reads one entry of the log after the other, and has the bodies of the next ones unpacked, decoded
/// and hashed by another core meanwhile.
struct LogReader: ~Copyable {
    /// The rows it reads: after one number, at most so many.
    static let query = """
        SELECT row, id, header, size, body FROM entry WHERE row > ? ORDER BY row LIMIT ?
        """

    /// What is handed out at a time: some milliseconds' work.
    private static let chunkCountMax = 64
    private static let chunkSizeMax: Int64 = 256 * 1_024
    /// How many chunks are read beyond the one at hand; bounds memory.
    private static let aheadCount = 2

    private let rows: Statement
    private let decoder: EntryDecoder
    private let queue: DispatchQueue
    private var chunks: [Ahead<[Result<ReadEntry, ReplicaError>]>] = []
    private var current: ArraySlice<Result<ReadEntry, ReplicaError>> = []
    private var isAtEnd = false

    /// Reads what `rows`, which are those of ``query``, give of the log of `replica`.
    init(_ rows: consuming Statement, _ replica: Replica) {
        self.rows = rows
        decoder = EntryDecoder(replica)
        queue = replica.queue
    }

    /// The next entry; nil after the last.
    mutating func next() throws -> ReadEntry? {
        if current.isEmpty {
            let isFirst = chunks.isEmpty
            while !isAtEnd, chunks.count <= Self.aheadCount {
                guard let chunk = try readChunk() else { break }
                // The first is asked for at once.
                if !isFirst || !chunks.isEmpty { chunk.begin(on: queue) }
                chunks.append(chunk)
            }
            guard !chunks.isEmpty else { return nil }
            current = chunks.removeFirst().value()[...]
        }
        return try current.popFirst()?.get()
    }

    /// Reads the rows of the next chunk, of which there is at least one; nil where there is none.
    private mutating func readChunk() throws -> Ahead<[Result<ReadEntry, ReplicaError>]>? {
        var stored: [EntryRow] = []
        var size: Int64 = 0
        while stored.count < Self.chunkCountMax, size < Self.chunkSizeMax {
            guard try rows.step() else {
                isAtEnd = true
                break
            }
            let entry = EntryRow(rows)
            size += entry.size
            stored.append(entry)
        }
        guard !stored.isEmpty else { return nil }
        return Ahead { [decoder, stored] in decoder.read(stored) }
    }
}

/// The columns of an entry's row.
private struct EntryRow: Sendable {
    let row: Int64
    let id: [UInt8]
    let header: [UInt8]
    let size: Int64
    let body: [UInt8]?

    init(_ row: borrowing Statement) {
        self.row = row.integer(0)
        id = row.bytes(1)
        header = row.bytes(2)
        size = row.integer(3)
        body = row.bytes(ifAny: 4)
    }
}

/// Makes entries of their rows, with nothing but these.
private struct EntryDecoder: Sendable {
    private let library: LibraryID
    private let codecs: BodyCodecs
    private let path: String

    init(_ replica: Replica) {
        library = replica.library
        codecs = replica.codecs
        path = replica.path
    }

    func read(_ stored: [EntryRow]) -> [Result<ReadEntry, ReplicaError>] {
        var decompressor = Decompressor()
        var entries: [Result<ReadEntry, ReplicaError>] = []
        entries.reserveCapacity(stored.count)
        for entry in stored {
            entries.append(
                Result { () throws(ReplicaError) in try read(entry, with: &decompressor) }
            )
        }
        return entries
    }

    private func read(
        _ stored: EntryRow,
        with decompressor: inout Decompressor
    ) throws(ReplicaError) -> ReadEntry {
        guard let id = ChangeSetID(stored.id) else { throw .damagedLog(path, "an entry") }
        let signed: SignedChangeSet
        do { signed = try SignedChangeSet(decoding: stored.header, knownID: id) } catch {
            throw .damagedLog(path, "an entry", cause: error)
        }
        let body: [UInt8]?
        do {
            body = try Replica.unpacked(stored.body, size: stored.size, with: &decompressor)
        } catch {
            throw .damagedLog(path, "a body", cause: error)
        }
        return ReadEntry(
            row: stored.row,
            signed: signed,
            body: body,
            parts: ChangePart.parts(of: id, signed.header, body, library, codecs)
        )
    }
}
