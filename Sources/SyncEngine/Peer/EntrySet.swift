import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// Every sound entry of a replica's log as a thing to compare, as of one moment.
///
/// Reads the log's index once, and keeps of it the sums up to each thousandth entry or so: whatever is
/// asked then takes a look at a few thousand entries at most, however many there are.
final class EntrySet: ReconciledSet {
    let salt: [UInt8]
    private let replica: Replica
    /// Entries that cannot be relied upon any more; to compare, they are not there.
    private let damaged: Set<ChangeSetID>
    /// What arrives later is no part of the set.
    private let lastRow: Int64
    /// Every so many items: the key of one, and the sum of those before it.
    private var marks: [(key: [UInt8], before: RangeSum)] = []
    private var total = RangeSum()

    private static let markDistance: UInt64 = 1_024

    init(_ replica: Replica, salt: [UInt8], leavingOut damaged: Set<ChangeSetID> = []) throws {
        self.replica = replica
        self.salt = salt
        self.damaged = damaged
        lastRow = try replica.lastArrivedRow()
        try forEach(in: .whole) { item in
            if total.count.isMultiple(of: Self.markDistance) { marks.append((item.key, total)) }
            total.add(item, salt: salt)
        }
    }

    func count(in range: KeyRange) throws -> Int { Int(clamping: try sum(of: range).count) }

    func sum(of range: KeyRange) throws -> RangeSum {
        let lower = try sum(before: range.lower)
        let upper = range.upper.isEmpty ? total : try sum(before: range.upper)
        return upper.without(lower)
    }

    func split(
        _ range: KeyRange,
        into partCount: Int
    ) throws -> [(range: KeyRange, sum: RangeSum)] {
        let start = try sum(before: range.lower)
        let count = try sum(of: range).count
        var parts: [(range: KeyRange, sum: RangeSum)] = []
        var lower = range.lower
        var done = start
        for part in 1..<max(1, partCount) {
            let index = start.count + count * UInt64(part) / UInt64(partCount)
            guard index > done.count, let (bound, sum) = try bound(atItem: index) else { continue }
            parts.append((KeyRange(lower: lower, upper: bound), sum.without(done)))
            lower = bound
            done = sum
        }
        let end = range.upper.isEmpty ? total : try sum(before: range.upper)
        parts.append((KeyRange(lower: lower, upper: range.upper), end.without(done)))
        return parts
    }

    func forEach(in range: KeyRange, _ body: (RangeItem) throws -> Void) throws {
        try replica.forEachEntry(
            from: range.lower.place,
            to: range.upper.place,
            arrivedUpTo: lastRow
        ) { entry in
            guard !damaged.contains(entry.id) else { return }
            let item = RangeItem(
                chain: entry.chain,
                sequence: entry.sequence,
                id: entry.id,
                level: .entries
            )
            guard range.contains(item.key) else { return }
            try body(item)
        }
    }

    /// What stands for the items before a bound.
    private func sum(before bound: [UInt8]) throws -> RangeSum {
        // The last mark before the bound.
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].key.lexicographicallyPrecedes(bound) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low > 0 else { return RangeSum() }
        var sum = marks[low - 1].before
        try forEach(in: KeyRange(lower: marks[low - 1].key, upper: bound)) {
            sum.add($0, salt: salt)
        }
        return sum
    }

    /// The bound before the item that so many others precede, and what stands for those; nil where
    /// there is no such item.
    private func bound(atItem index: UInt64) throws -> (bound: [UInt8], sum: RangeSum)? {
        let number = Int(clamping: (max(index, 1) - 1) / Self.markDistance)
        guard marks.indices.contains(number) else { return nil }
        // From the item before it, so up to the mark after that at the most.
        let end = marks.indices.contains(number + 2) ? marks[number + 2].key : []
        var sum = marks[number].before
        var last: [UInt8] = []
        var found: [UInt8]?
        try forEach(in: KeyRange(lower: marks[number].key, upper: end)) { item in
            guard found == nil else { return }
            if sum.count == index {
                found = KeyRange.bound(between: last, and: item.key)
            } else {
                sum.add(item, salt: salt)
                last = item.key
            }
        }
        return found.map { ($0, sum) }
    }
}

extension [UInt8] {
    /// The chain and the number that a bound begins with: no entry before them lies behind it.
    fileprivate var place: (chain: [UInt8], sequence: UInt64) {
        let padded = self + [UInt8](repeating: 0, count: Swift.max(0, 24 - count))
        var sequence: UInt64 = 0
        for byte in padded[16..<24] { sequence = sequence << 8 | UInt64(byte) }
        return (isEmpty ? [] : Array(padded[..<16]), sequence)
    }
}
