public import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// The ends of all branches of all chains: with them, everything before them is here.
    ///
    /// One look into the index a chain; of chains that forked also their headers from the fork on.
    public func frontier() throws(ReplicaError) -> [ChainPosition] {
        try readLog {
            let rows = try database.statement(
                """
                SELECT chain.id, chain.forked, entry.seq, entry.id FROM chain
                JOIN entry ON entry.row = (
                    SELECT row FROM entry AS last WHERE last.chain = chain.id
                    ORDER BY last.seq DESC LIMIT 1
                )
                """
            )
            var ends: [ChainPosition] = []
            var forked: [ChainID] = []
            while try rows.step() {
                guard let chain = ChainID(rows.bytes(0)), let id = ChangeSetID(rows.bytes(3)) else {
                    throw damagedLog("a chain")
                }
                if rows.integer(1) > 0 {
                    forked.append(chain)
                } else {
                    let sequence = UInt64(clamping: rows.integer(2))
                    ends.append(ChainPosition(chain: chain, sequence: sequence, id: id))
                }
            }
            for chain in forked { ends += try branchEnds(ofForked: chain) }
            return ends
        }
    }

    /// The ends of the branches of a chain that forked, one sequence number after the other.
    private func branchEnds(ofForked chain: ChainID) throws -> [ChainPosition] {
        guard let fork = try firstFork(of: chain) else { return [] }
        let rows = try database.statement(
            "SELECT seq, id, header FROM entry WHERE chain = ? AND seq >= ? ORDER BY seq, id",
            .bytes(chain.bytes),
            .integer(Int64(clamping: fork))
        )
        var ends: [ChainPosition] = []
        /// The entries of the number before, and of this one.
        var before: [ChainPosition] = []
        var current: [ChainPosition] = []
        var named: Set<ChangeSetID> = []
        while try rows.step() {
            guard let id = ChangeSetID(rows.bytes(1)) else { throw damagedLog("an entry") }
            let sequence = UInt64(clamping: rows.integer(0))
            if let last = current.last, last.sequence != sequence {
                ends += before.filter { !named.contains($0.id) }
                before = current
                current = []
                named = []
            }
            current.append(ChainPosition(chain: chain, sequence: sequence, id: id))
            if let previous = try readHeader(rows.bytes(2)).header.previous {
                named.insert(previous)
            }
        }
        return ends + before.filter { !named.contains($0.id) } + current
    }

    /// The lowest number that two entries of a chain have; nil where it did not fork.
    func firstFork(of chain: ChainID) throws -> UInt64? {
        guard try isForked(chain) else { return nil }
        return try database.integer(
            """
            SELECT seq FROM entry WHERE chain = ? GROUP BY seq HAVING count(*) > 1
            ORDER BY seq LIMIT 1
            """,
            .bytes(chain.bytes)
        ).map { UInt64(clamping: $0) }
    }
}

// MARK: - Asking for what follows

extension Replica {
    /// Entries of a chain by which another replica finds where this one's copy of it ends.
    ///
    /// The ends of its branches, those 1, 2, 4, 8 … before them, and the first, in order; none of a
    /// chain that is not known.
    public func locators(ofChain chain: ChainID) throws(ReplicaError) -> [ChainPosition] {
        try readLog {
            var sequences: Set<UInt64> = []
            for head in try heads(of: chain) {
                sequences.insert(head.sequence)
                var distance: UInt64 = 1
                while distance < head.sequence {
                    sequences.insert(head.sequence - distance)
                    distance *= 2
                }
                sequences.insert(0)
            }
            var result: [ChainPosition] = []
            for sequence in sequences.sorted() {
                let rows = try database.statement(
                    "SELECT id FROM entry WHERE chain = ? AND seq = ? ORDER BY id",
                    .bytes(chain.bytes),
                    .integer(Int64(clamping: sequence))
                )
                while try rows.step() {
                    guard let id = ChangeSetID(rows.bytes(0)) else { throw damagedLog("an entry") }
                    result.append(ChainPosition(chain: chain, sequence: sequence, id: id))
                }
            }
            return result
        }
    }

    /// What to send of a chain to somebody who wants the entry `head` and has `known` of the
    /// chain's entries; nil where the entry is not here.
    ///
    /// On a chain that forked the span may hold entries of other branches.
    public func span(
        to head: ChainPosition,
        known: Set<ChangeSetID>
    ) throws(ReplicaError) -> ChainSpan? {
        try readLog {
            guard try containsEntry(head.id) else { return nil }
            var after: UInt64?
            // Where the chain did not fork every entry below is on the one branch there is.
            let fork = try firstFork(of: head.chain)
            var next: ChangeSetID? = head.id
            while let id = next {
                guard let place = try place(of: id) else { break }
                if fork.map({ place.sequence < $0 }) ?? true || known.contains(id) {
                    after = try highest(of: known, upTo: place.sequence, on: head.chain)
                    break
                }
                next = try previous(of: id)
            }
            return ChainSpan(chain: head.chain, after: after, through: head.sequence)
        }
    }

    private func highest(
        of known: Set<ChangeSetID>,
        upTo sequence: UInt64,
        on chain: ChainID
    ) throws -> UInt64? {
        var result: UInt64?
        for id in known {
            guard let place = try place(of: id), place.chain == chain, place.sequence <= sequence
            else { continue }
            result = max(result ?? 0, place.sequence)
        }
        return result
    }

    private func previous(of id: ChangeSetID) throws -> ChangeSetID? {
        let row = try database.statement(
            "SELECT header FROM entry WHERE id = ?",
            .bytes(id.bytes)
        )
        guard try row.step() else { return nil }
        return try readHeader(row.bytes(0)).header.previous
    }
}

/// The entries of a chain after one sequence number, or from the first, up to another.
public struct ChainSpan: Hashable, Sendable {
    /// The chain.
    public let chain: ChainID
    /// The number they follow; nil from the first entry.
    public let after: UInt64?
    /// The number of the last.
    public let through: UInt64

    /// Names a part of a chain.
    public init(chain: ChainID, after: UInt64?, through: UInt64) {
        self.chain = chain
        self.after = after
        self.through = through
    }

    /// Whether an entry of the chain lies in it.
    public func contains(_ sequence: UInt64) -> Bool {
        sequence <= through && after.map { sequence > $0 } ?? true
    }

    /// The smallest span that holds both.
    public func joined(with other: ChainSpan) -> ChainSpan {
        let after: UInt64? =
            if let own = self.after, let theirs = other.after { min(own, theirs) } else { nil }
        return ChainSpan(chain: chain, after: after, through: max(through, other.through))
    }
}
