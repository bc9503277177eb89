import ArticleModel
import Membership
import SQLite

/// Finds rows for entries that are missing in the middle of a log.
///
/// Each has to stand behind what it follows from and before what follows from it. As it once did, a
/// free row is there for each; rows are given in ascending order, each to the entry that has to come
/// before the earliest row of all that may stand there, which finds a place for all if there is one.
struct PlaceFinder {
    private let replica: Replica
    private let entries: [SignedChangeSet]
    private var rows: [ChangeSetID: Int64]
    /// The first row that each has to stand before; none for those that may stand at the end.
    private var deadlines: [ChangeSetID: Int64] = [:]

    /// `entries` are in causal order; those in `placed` have their rows already.
    init(
        _ replica: Replica,
        _ entries: [SignedChangeSet],
        placed: [ChangeSetID: Int64]
    ) throws {
        self.replica = replica
        self.entries = entries
        rows = placed
        let missing = Set(entries.map(\.id))
        let all = try replica.database.statement("SELECT row, header FROM entry ORDER BY row")
        while try all.step() {
            let header = try replica.readHeader(all.bytes(1)).header
            for parent in header.parents where missing.contains(parent) {
                deadlines[parent] = min(deadlines[parent] ?? .max, all.integer(0))
            }
        }
        for entry in entries.reversed() {
            guard let deadline = rows[entry.id] ?? deadlines[entry.id] else { continue }
            for parent in entry.header.parents where missing.contains(parent) {
                deadlines[parent] = min(deadlines[parent] ?? .max, deadline)
            }
        }
    }

    /// The row of each entry; those for which there is none are left out.
    mutating func run() throws -> [ChangeSetID: Int64] {
        var inside = entries.filter { rows[$0.id] == nil && deadlines[$0.id] != nil }
        let taken = Set(rows.values)
        var last: Int64 = 0
        let all = try replica.database.statement("SELECT row FROM entry ORDER BY row")
        while !inside.isEmpty, try all.step() {
            let row = all.integer(0)
            if row > last + 1 { try fill(from: last + 1, upTo: row, but: taken, &inside) }
            last = row
        }
        var end = try lastRow() + 1
        let lost = Set(inside.map(\.id))
        for entry in entries where rows[entry.id] == nil && !lost.contains(entry.id) {
            rows[entry.id] = end
            end += 1
        }
        return rows
    }

    /// Gives the rows of a gap to those that may stand there.
    private mutating func fill(
        from first: Int64,
        upTo end: Int64,
        but taken: Set<Int64>,
        _ inside: inout [SignedChangeSet]
    ) throws {
        var row = first
        while row < end {
            guard !taken.contains(row) else {
                row += 1
                continue
            }
            var best: Int?
            for index in inside.indices {
                let deadline = deadlines[inside[index].id] ?? .max
                guard row < deadline,
                    best.map({ deadline < deadlines[inside[$0].id] ?? .max }) ?? true,
                    try mayStand(inside[index], at: row)
                else { continue }
                best = index
            }
            // What may not stand at the first free row may stand at no other one of the gap.
            guard let best else {
                guard taken.contains(where: { $0 > row && $0 < end }) else { return }
                row += 1
                continue
            }
            rows[inside.remove(at: best).id] = row
            row += 1
        }
    }

    /// Whether all that an entry follows from stands before a row.
    private func mayStand(_ entry: SignedChangeSet, at row: Int64) throws -> Bool {
        for parent in entry.header.parents {
            if let known = rows[parent] {
                if known >= row { return false }
                continue
            }
            let known = try replica.database.integer(
                "SELECT row FROM entry WHERE id = ?",
                .bytes(parent.bytes)
            )
            guard let known, known < row else { return false }
        }
        return true
    }

    /// The last row that anything refers to: a new entry must not be taken for one that is gone.
    private func lastRow() throws -> Int64 {
        let last = try replica.database.integer(
            """
            SELECT max(coalesce((SELECT max(row) FROM entry), 0),
                coalesce((SELECT max(entry) FROM hub_log), 0),
                coalesce((SELECT max(entry) FROM unplaced), 0))
            """
        )
        return max(last ?? 0, rows.values.max() ?? 0)
    }
}

extension ChangeSetHeader {
    /// The entries it follows from at once.
    fileprivate var parents: [ChangeSetID] { (previous.map { [$0] } ?? []) + dependencies }
}
