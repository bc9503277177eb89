/// A set of changes closed under parents: whole segments, and beginnings of others.
struct Version: Hashable {
    struct Beginning: Hashable {
        let segment: Int32
        /// How many of its changes, at least one and not all.
        let count: Int32
    }

    /// The set of segments that are there as a whole.
    let whole: [UInt64]
    /// Those that are there in part, ascending.
    let begun: [Beginning]

    @inline(__always)
    func contains(_ change: Int32, _ lineage: Lineage) -> Bool {
        let segment = lineage.segments[Int(change)]
        if whole[Int(segment) >> 6] >> UInt64(segment & 63) & 1 == 1 { return true }
        for part in begun where part.segment == segment {
            return lineage.places[Int(change)] < part.count
        }
        return false
    }

    func isPart(of other: Self) -> Bool { union(with: other) == other }

    func union(with other: Self) -> Self {
        var whole = whole
        for index in whole.indices { whole[index] |= other.whole[index] }
        return Self(whole, begun + other.begun, least: false)
    }

    func intersection(with other: Self) -> Self {
        var both = whole
        for index in both.indices { both[index] &= other.whole[index] }
        var parts: [Beginning] = []
        for part in begun {
            if other.holds(part.segment) {
                parts.append(part)
            } else if let its = other.begun.first(where: { $0.segment == part.segment }) {
                parts.append(part.count < its.count ? part : its)
            }
        }
        for part in other.begun where holds(part.segment) { parts.append(part) }
        return Self(both, parts, least: true)
    }

    private func holds(_ segment: Int32) -> Bool {
        whole[Int(segment) >> 6] >> UInt64(segment & 63) & 1 == 1
    }

    /// Drops parts of whole segments, and of two parts of one the shorter (or the longer).
    private init(_ whole: [UInt64], _ parts: [Beginning], least: Bool) {
        self.whole = whole
        guard !parts.isEmpty else {
            begun = []
            return
        }
        var kept: [Beginning] = []
        for part in parts.sorted(by: { ($0.segment, $0.count) < ($1.segment, $1.count) })
        where whole[Int(part.segment) >> 6] >> UInt64(part.segment & 63) & 1 == 0 {
            if kept.last?.segment != part.segment {
                kept.append(part)
            } else if !least {
                kept[kept.count - 1] = part
            }
        }
        begun = kept
    }

    init(whole: [UInt64], begun: [Beginning]) {
        self.whole = whole
        self.begun = begun
    }
}

extension Lineage {
    /// A change with its ancestors.
    func version(of change: Int32) -> Version {
        let segment = segments[Int(change)]
        var whole = Array(ancestors(ofSegment: segment))
        let count = places[Int(change)] + 1
        guard count == changes[Int(segment)].count else {
            return Version(whole: whole, begun: [.init(segment: segment, count: count)])
        }
        whole[Int(segment) >> 6] |= 1 << UInt64(segment & 63)
        return Version(whole: whole, begun: [])
    }

    /// Changes with their ancestors.
    func version(of heads: some Collection<Int32>) -> Version {
        var result = Version(whole: [UInt64](repeating: 0, count: wordCount), begun: [])
        for head in heads { result = result.union(with: version(of: head)) }
        return result
    }

    /// Those of `changes` that are no ancestors of others of them, ascending.
    func latest(_ changes: some Sequence<Int32>) -> [Int32] {
        var last: [(segment: Int32, change: Int32)] = []
        for change in changes {
            let segment = segments[Int(change)]
            if let index = last.firstIndex(where: { $0.segment == segment }) {
                if places[Int(last[index].change)] < places[Int(change)] {
                    last[index].change = change
                }
            } else {
                last.append((segment, change))
            }
        }
        let ends = last.map(\.change)
        return ends.filter { end in
            !ends.contains { $0 != end && isKnown(end, to: $0) }
        }.sorted()
    }
}
