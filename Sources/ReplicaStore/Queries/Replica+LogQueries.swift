public import ArticleModel
public import Membership
import SQLite

/// An entry of the log with its body.
public struct StoredEntry: Sendable {
    /// Its number in order of arrival, from 1; local to this replica.
    public let row: Int64
    /// The header with its signature.
    public let signed: SignedChangeSet
    /// The body, in its codec's form; nil where the entry has none.
    public let body: [UInt8]?
    /// Its position in the hub's log; nil where it has none yet.
    public let position: UInt64?
    /// Whether its own signature was checked here and holds, and not only that of a later entry.
    public let isSignatureChecked: Bool

    /// The bytes that count towards a size limit.
    var size: Int { signed.bytes.count + (body?.count ?? 0) }
}

extension Replica {
    /// The entries after `position` in the hub's log, in its order, until `sizeMax` bytes or
    /// `countMax` entries are reached; one at least, unless there is none.
    public func entries(
        afterPosition position: UInt64,
        sizeMax: Int = 1024 * 1024,
        countMax: Int = 1024
    ) throws(ReplicaError) -> [StoredEntry] {
        try readLog {
            try storedEntries(
                """
                SELECT \(storedEntryColumns) FROM hub_log JOIN entry ON entry.row = hub_log.entry
                WHERE position > ? ORDER BY position LIMIT ?
                """,
                [.integer(Int64(clamping: position)), .integer(countMax)],
                sizeMax: sizeMax
            )
        }
    }

    /// The entries to send to a hub that are numbered above `row`, in causal order, until `sizeMax`
    /// bytes or `countMax` entries are reached; one at least, unless there is none.
    ///
    /// These are the ones without a position, but for those ``heldBack()`` counts; the signature of
    /// each was checked.
    public func unplacedEntries(
        afterRow row: Int64 = 0,
        sizeMax: Int = 1024 * 1024,
        countMax: Int = 1024
    ) throws(ReplicaError) -> [StoredEntry] {
        var row = row
        while true {
            let batch = try readLog {
                try storedEntries(
                    """
                    SELECT \(storedEntryColumns) FROM unplaced
                    JOIN entry ON entry.row = unplaced.entry
                    LEFT JOIN hub_log ON hub_log.entry = entry.row
                    WHERE unplaced.entry > ? ORDER BY unplaced.entry LIMIT ?
                    """,
                    [.integer(row), .integer(countMax)],
                    sizeMax: sizeMax
                )
            }
            guard let last = batch.last else { return [] }
            try checkSignatures(of: batch)
            let held = try readLog { try heldBackEntries() }
            let sendable = held.isEmpty ? batch : batch.filter { !held.contains($0.signed.id) }
            guard sendable.isEmpty else { return sendable }
            row = last.row
        }
    }

    /// All entries numbered above `row`, in causal order, until `sizeMax` bytes or `countMax`
    /// entries are reached; one at least, unless there is none.
    public func entries(
        afterRow row: Int64 = 0,
        sizeMax: Int = 1024 * 1024,
        countMax: Int = 1024
    ) throws(ReplicaError) -> [StoredEntry] {
        try readLog {
            try storedEntries(
                """
                SELECT \(storedEntryColumns) FROM entry
                LEFT JOIN hub_log ON hub_log.entry = entry.row
                WHERE entry.row > ? ORDER BY entry.row LIMIT ?
                """,
                [.integer(row), .integer(countMax)],
                sizeMax: sizeMax
            )
        }
    }

    /// The entry `id`; nil where it is not here.
    public func entry(_ id: ChangeSetID) throws(ReplicaError) -> StoredEntry? {
        try readLog {
            try storedEntries(
                """
                SELECT \(storedEntryColumns) FROM entry
                LEFT JOIN hub_log ON hub_log.entry = entry.row WHERE entry.id = ?
                """,
                [.bytes(id.bytes)],
                sizeMax: .max
            ).first
        }
    }

    /// Whether the entry `id` is in the log.
    public func contains(_ id: ChangeSetID) throws(ReplicaError) -> Bool {
        try readLog { try containsEntry(id) }
    }

    /// The last entry of the chain this replica signs on; nil before the first.
    public func ownHead() throws(ReplicaError) -> ChainPosition? {
        try readLog {
            guard let chain = ChainID(try database.meta(.chain)?.bytes ?? []),
                let head = try heads(of: chain).first
            else { return nil }
            return ChainPosition(chain: chain, sequence: head.sequence, id: head.id)
        }
    }

    /// Every chain with the device that signs it and its last entries: several where it forked.
    public func chains() throws(ReplicaError) -> [(device: DeviceKey, heads: [ChainPosition])] {
        try readLog {
            let rows = try database.statement("SELECT id, device FROM chain ORDER BY id")
            var result: [(device: DeviceKey, heads: [ChainPosition])] = []
            while try rows.step() {
                guard let chain = ChainID(rows.bytes(0)), let device = DeviceKey(rows.bytes(1))
                else { throw damagedLog("a chain") }
                let heads = try heads(of: chain).map {
                    ChainPosition(chain: chain, sequence: $0.sequence, id: $0.id)
                }
                result.append((device, heads))
            }
            return result
        }
    }

    /// The entry numbered `row`.
    func storedEntry(atRow row: Int64) throws -> StoredEntry {
        let entries = try storedEntries(
            """
            SELECT \(storedEntryColumns) FROM entry
            LEFT JOIN hub_log ON hub_log.entry = entry.row WHERE entry.row = ?
            """,
            [.integer(row)],
            sizeMax: .max
        )
        guard let entry = entries.first else { throw damagedLog("entry \(row)") }
        return entry
    }

    private func storedEntries(
        _ sql: String,
        _ values: [Value],
        sizeMax: Int
    ) throws -> [StoredEntry] {
        let signatures = try checkedSignatures()
        let rows = try database.statement(sql, binding: values)
        var result: [StoredEntry] = []
        var size = 0
        while try rows.step() {
            let entry = try storedEntry(rows, signatures)
            size += entry.size
            if !result.isEmpty, size > sizeMax { break }
            result.append(entry)
        }
        return result
    }

    private func storedEntry(
        _ row: borrowing Statement,
        _ signatures: CheckedSignatures
    ) throws -> StoredEntry {
        guard let id = ChangeSetID(row.bytes(1)) else { throw damagedLog("an entry") }
        do {
            return StoredEntry(
                row: row.integer(0),
                signed: try SignedChangeSet(decoding: row.bytes(2), knownID: id),
                body: try unpacked(row.bytes(ifAny: 4), size: row.integer(3)),
                position: row.integer(ifAny: 5).map { UInt64(clamping: $0) },
                isSignatureChecked: row.integer(6) == SignatureStatus.verified.rawValue
                    || signatures.contain(row.integer(0))
            )
        } catch let error as MembershipError {
            throw damagedLog("an entry", cause: error)
        }
    }
}

private let storedEntryColumns = """
    entry.row, entry.id, entry.header, entry.size, entry.body, hub_log.position, entry.signature
    """
