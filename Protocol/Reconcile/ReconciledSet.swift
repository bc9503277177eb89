/// A set of items in the order of their keys, as far as comparing it with another one needs it.
///
/// A store answers from its index; nothing has to be in memory as a whole.
public protocol ReconciledSet {
    /// What the hashes of this session begin with; the same on both sides.
    var salt: [UInt8] { get }

    /// How many items lie in a range.
    func count(in range: KeyRange) throws -> Int

    /// Gives the items of a range, in order.
    func forEach(in range: KeyRange, _ body: (RangeItem) throws -> Void) throws

    /// What stands for the items of a range.
    func sum(of range: KeyRange) throws -> RangeSum

    /// Cuts a range into `partCount` parts with about equally many items, of which there are at
    /// least so many; gives each with its sum.
    func split(_ range: KeyRange, into partCount: Int) throws -> [(range: KeyRange, sum: RangeSum)]
}

extension ReconciledSet {
    /// What stands for the items of a range, found by going through them.
    public func sum(of range: KeyRange) throws -> RangeSum {
        var sum = RangeSum()
        try forEach(in: range) { sum.add($0, salt: salt) }
        return sum
    }

    /// Cuts a range by going through its items once.
    public func split(
        _ range: KeyRange,
        into partCount: Int
    ) throws -> [(range: KeyRange, sum: RangeSum)] {
        let total = try count(in: range)
        var parts: [(range: KeyRange, sum: RangeSum)] = []
        var lower = range.lower
        var sum = RangeSum()
        var last: [UInt8] = []
        var index = 0
        try forEach(in: range) { item in
            let end = total * (parts.count + 1) / partCount
            if index == end, parts.count + 1 < partCount {
                let bound = KeyRange.bound(between: last, and: item.key)
                parts.append((KeyRange(lower: lower, upper: bound), sum))
                lower = bound
                sum = RangeSum()
            }
            sum.add(item, salt: salt)
            last = item.key
            index += 1
        }
        parts.append((KeyRange(lower: lower, upper: range.upper), sum))
        return parts
    }
}

/// Items held in memory: the ends of branches, of which there are few.
public struct SortedItems: ReconciledSet, Sendable {
    /// What the hashes of this session begin with.
    public let salt: [UInt8]
    /// The items, ascending.
    public let items: [RangeItem]
    /// The sums of the first items, from none to all of them.
    private let sums: [RangeSum]

    /// Sorts items, of which no two are the same.
    public init(_ items: [RangeItem], salt: [UInt8]) {
        self.salt = salt
        self.items = items.sorted()
        var sums = [RangeSum()]
        sums.reserveCapacity(items.count + 1)
        var sum = RangeSum()
        for item in self.items {
            sum.add(item, salt: salt)
            sums.append(sum)
        }
        self.sums = sums
    }

    /// How many items lie in a range.
    public func count(in range: KeyRange) -> Int { indices(of: range).count }

    /// Gives the items of a range, in order.
    public func forEach(in range: KeyRange, _ body: (RangeItem) throws -> Void) rethrows {
        for index in indices(of: range) { try body(items[index]) }
    }

    /// What stands for the items of a range.
    public func sum(of range: KeyRange) -> RangeSum { sum(of: indices(of: range)) }

    /// Cuts a range into parts with about equally many items.
    public func split(
        _ range: KeyRange,
        into partCount: Int
    ) -> [(range: KeyRange, sum: RangeSum)] {
        let all = indices(of: range)
        var parts: [(range: KeyRange, sum: RangeSum)] = []
        var lower = range.lower
        var start = all.lowerBound
        for part in 1...partCount {
            let end = all.lowerBound + all.count * part / partCount
            let isLast = part == partCount
            guard isLast || end > start else { continue }
            let upper =
                isLast
                ? range.upper : KeyRange.bound(between: items[end - 1].key, and: items[end].key)
            parts.append((KeyRange(lower: lower, upper: upper), sum(of: start..<end)))
            lower = upper
            start = end
        }
        return parts
    }

    private func sum(of indices: Range<Int>) -> RangeSum {
        sums[indices.upperBound].without(sums[indices.lowerBound])
    }

    private func indices(of range: KeyRange) -> Range<Int> {
        let start = firstIndex(notBefore: range.lower)
        let end = range.upper.isEmpty ? items.count : firstIndex(notBefore: range.upper)
        return start..<max(start, end)
    }

    private func firstIndex(notBefore bound: [UInt8]) -> Int {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if items[middle].key.lexicographicallyPrecedes(bound) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
