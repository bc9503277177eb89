import ArticleModel
public import Membership
import SQLite

/// The entries of a replica that somebody else lacks, as of one moment.
///
/// To be used where it was given alone: it reads within a transaction.
public struct OutgoingEntries {
    /// The last entries here of what the other has.
    public let base: [ChainPosition]
    /// The last entries of every chain here.
    public let heads: [ChainPosition]
    fileprivate let replica: Replica
    /// The rows of the entries, ascending, which is a causal order.
    fileprivate let rows: [Int64]

    /// The number of the entries.
    public var count: Int { rows.count }

    /// Reads the entries in causal order, a batch at a time, each of about `sizeMax` bytes.
    public func forEachBatch(
        sizeMax: Int = 1024 * 1024,
        _ body: ([StoredEntry]) throws -> Void
    ) throws {
        var batch: [StoredEntry] = []
        var size = 0
        for row in rows {
            let entry = try replica.storedEntry(atRow: row)
            if !batch.isEmpty, size + entry.size > sizeMax {
                try body(batch)
                batch.removeAll(keepingCapacity: true)
                size = 0
            }
            batch.append(entry)
            size += entry.size
        }
        if !batch.isEmpty { try body(batch) }
    }
}

extension Replica {
    /// Does `body` with the entries that whoever has `known`, and all before them, lacks.
    ///
    /// Costs time in proportion to the chains and to what is lacked, and 8 bytes of memory an entry.
    public func withEntries<Result>(
        beyond known: [ChainPosition],
        _ body: (OutgoingEntries) throws -> Result
    ) throws(ReplicaError) -> Result {
        try readLog {
            var finder = OutgoingFinder(self, known)
            try finder.run()
            return try body(
                OutgoingEntries(
                    base: finder.base,
                    heads: finder.heads,
                    replica: self,
                    rows: finder.rows.sorted()
                )
            )
        }
    }
}

/// Finds the entries beyond those that somebody has, chain by chain.
private struct OutgoingFinder {
    private(set) var base: [ChainPosition] = []
    private(set) var heads: [ChainPosition] = []
    private(set) var rows: [Int64] = []
    private let replica: Replica
    private let known: [ChainID: [ChainPosition]]

    init(_ replica: Replica, _ known: [ChainPosition]) {
        self.replica = replica
        self.known = Dictionary(grouping: known, by: \.chain)
    }

    mutating func run() throws {
        let chains = try replica.database.statement("SELECT id, forked FROM chain ORDER BY id")
        while try chains.step() {
            guard let chain = ChainID(chains.bytes(0)) else { throw replica.damagedLog("a chain") }
            if chains.integer(1) == 0 { try addLinear(chain) } else { try addForked(chain) }
        }
    }

    private mutating func addLinear(_ chain: ChainID) throws {
        guard let head = try replica.heads(of: chain).first else { return }
        heads.append(ChainPosition(chain: chain, sequence: head.sequence, id: head.id))
        let there = known[chain] ?? []
        var held: EntryPlace?
        for position in there {
            guard let place = try replica.place(of: position.id) else { continue }
            if place.sequence >= held?.sequence ?? 0 { held = place }
        }
        if held == nil, there.count == 1, let ahead = there.first, ahead.sequence > head.sequence {
            // They are ahead on a chain of which no fork is known: they have all that is here.
            held = head
        }
        if let held {
            base.append(ChainPosition(chain: chain, sequence: held.sequence, id: held.id))
        }
        let lacked = try replica.database.statement(
            "SELECT row FROM entry WHERE chain = ? AND seq > ?",
            .bytes(chain.bytes),
            .integer(held.map { Int64(clamping: $0.sequence) } ?? -1)
        )
        while try lacked.step() { rows.append(lacked.integer(0)) }
    }

    /// On a chain with branches, what comes before an entry cannot be told by numbers.
    private mutating func addForked(_ chain: ChainID) throws {
        let found = try replica.database.statement(
            "SELECT row, header FROM entry WHERE chain = ? ORDER BY seq",
            .bytes(chain.bytes)
        )
        var entries: [(row: Int64, position: ChainPosition, previous: ChangeSetID?)] = []
        while try found.step() {
            let signed = try replica.readHeader(found.bytes(1))
            let position = ChainPosition(
                chain: chain,
                sequence: signed.header.sequence,
                id: signed.id
            )
            entries.append((found.integer(0), position, signed.header.previous))
        }
        let followed = Set(entries.compactMap(\.previous))
        heads += entries.lazy.filter { !followed.contains($0.position.id) }.map(\.position)
        var held = Set((known[chain] ?? []).map(\.id))
        var heldAndFollowed: Set<ChangeSetID> = []
        for entry in entries.reversed() where held.contains(entry.position.id) {
            guard let previous = entry.previous else { continue }
            held.insert(previous)
            heldAndFollowed.insert(previous)
        }
        for entry in entries {
            let id = entry.position.id
            if !held.contains(id) {
                rows.append(entry.row)
            } else if !heldAndFollowed.contains(id) {
                base.append(entry.position)
            }
        }
    }
}
