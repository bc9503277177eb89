import ArticleModel
import Compression
import Membership
import SQLite

/// How it is known that an entry is its author's.
enum SignatureStatus: Int64 {
    /// Its own signature was checked.
    case verified = 0
    /// That of a later entry on its branch was, which holds its hash.
    case provenByLater = 1
}

/// What the checks of later entries need to know of an entry.
struct EntryPlace {
    /// Its number in order of arrival.
    let row: Int64
    let id: ChangeSetID
    let device: DeviceKey
    let chain: ChainID
    let sequence: UInt64
    let lamport: UInt64
    /// The membership record it refers to.
    let membership: UInt64
}

extension Replica {
    /// What the log says of the entry `id`; nil where it is not there.
    func place(of id: ChangeSetID) throws -> EntryPlace? {
        if let known = kept.lastPlaces[id] { return known }
        let row = try database.statement(
            "SELECT row, chain, seq, lamport, membership FROM entry WHERE id = ?",
            .bytes(id.bytes)
        )
        guard try row.step() else { return nil }
        guard let chain = ChainID(row.bytes(1)), let device = try device(ofChain: chain) else {
            throw damagedLog("an entry")
        }
        return EntryPlace(
            row: row.integer(0),
            id: id,
            device: device,
            chain: chain,
            sequence: UInt64(clamping: row.integer(2)),
            lamport: UInt64(clamping: row.integer(3)),
            membership: UInt64(clamping: row.integer(4))
        )
    }

    /// Whether the entry `id` is in the log.
    func containsEntry(_ id: ChangeSetID) throws -> Bool {
        if kept.lastPlaces[id] != nil { return true }
        return
            try database.integer("SELECT 1 FROM entry WHERE id = ?", .bytes(id.bytes)) != nil
    }

    /// Writes an entry of `device` that passed every check to the end of the log; gives its number.
    func appendToLog(
        _ signed: SignedChangeSet,
        by device: DeviceKey,
        body: [UInt8]?,
        status: SignatureStatus
    ) throws -> Int64 {
        let header = signed.header
        try statements().insertEntry.run(
            .bytes(signed.id.bytes),
            .bytes(header.chain.bytes),
            .integer(Int64(clamping: header.sequence)),
            .integer(Int64(clamping: header.lamport)),
            .integer(Int64(clamping: header.membership.sequence)),
            .integer(status.rawValue),
            .integer(body?.count ?? 0),
            .bytes(signed.bytes),
            .bytes(ifAny: body.map(packed))
        )
        let row = database.lastInsertedRow
        kept.isDerived = false
        kept.keep(
            EntryPlace(
                row: row,
                id: signed.id,
                device: device,
                chain: header.chain,
                sequence: header.sequence,
                lamport: header.lamport,
                membership: header.membership.sequence
            )
        )
        return row
    }

    /// The bytes as they are stored: compressed where that is shorter.
    func packed(_ body: [UInt8]) -> [UInt8] {
        // What little could be saved is not worth the time, nor are pages less full for it.
        guard body.count >= 256 else { return body }
        let compressed = compressor.compress(body)
        return compressed.count < body.count ? compressed : body
    }

    /// The body of a row's columns `size` and `body`.
    func unpacked(_ stored: [UInt8]?, size: Int64) throws -> [UInt8]? {
        do { return try Self.unpacked(stored, size: size, with: &decompressor) } catch {
            throw damagedLog("a body", cause: error)
        }
    }

    /// The same, wherever there is a decompressor.
    static func unpacked(
        _ stored: [UInt8]?,
        size: Int64,
        with decompressor: inout Decompressor
    ) throws(CompressionError) -> [UInt8]? {
        guard let stored, stored.count != size else { return stored }
        return try decompressor.decompress(
            stored[...],
            expecting: Int(size),
            limit: Limits.bodySizeMax
        )
    }

    /// The failure of finding nonsense in the log.
    func damagedLog(_ what: String, cause: (any Error)? = nil) -> ReplicaError {
        .damagedLog(path, what, cause: cause)
    }
}

extension ReplicaError {
    /// The failure of finding nonsense in the log of the replica at `path`.
    static func damagedLog(
        _ path: String,
        _ what: String,
        cause: (any Error)? = nil
    ) -> ReplicaError {
        ReplicaError(
            .damaged,
            "The log of \(path) is damaged: \(what) cannot be read. Run `galley doctor`.",
            cause: cause
        )
    }
}
