/// Finds the sides of a cluster, which of them stand together, and the versions they stand for.
struct FrameMaker {
    /// In a cluster of more members sides are not put together.
    static let groupedMemberCountMax = 1_000

    private let finder: ClusterFinder

    init(_ finder: ClusterFinder) { self.finder = finder }

    func frame(of cluster: Cluster) -> Cluster.Frame {
        let lineage = finder.lineage
        let members = cluster.members.map { finder.table[$0] }
        let sides = lineage.latest(members.lazy.map(\.change))
            .sorted { finder.graph.comesFirst(Int($0), Int($1)) }
        let groups = groups(of: sides, in: cluster)
        let stands = groups.map { group in
            group.count == 1 ? Stand.head(group[0]) : .set(lineage.version(of: group))
        }
        let versions = stands.map { $0.version(lineage) }
        var base = versions[0]
        for version in versions.dropFirst() { base = base.intersection(with: version) }
        return Cluster.Frame(
            sides: sides,
            groups: groups.indices.map { number in
                group(of: groups[number], stands[number], versions[number], base, members)
            },
            base: .set(base)
        )
    }

    private func group(
        of sides: [Int32],
        _ stand: Stand,
        _ version: Version,
        _ base: Version,
        _ members: [Hunk]
    ) -> Cluster.Group {
        let lineage = finder.lineage
        var own: [Int32] = []
        var hasClosing = false
        for member in members
        where stand.contains(member.change, lineage) && !base.contains(member.change, lineage) {
            hasClosing = hasClosing || member.isClosing
            if !own.contains(member.change) { own.append(member.change) }
        }
        let passed = own.filter { sides != [$0] }.map { change -> Stand in
            let known = lineage.version(of: change)
            let version = known.union(with: base)
            return version == known ? .head(change) : .set(version)
        }
        return Cluster.Group(
            sides: sides,
            stand: stand,
            own: own,
            passed: passed,
            hasClosing: hasClosing
        )
    }

    /// Each side joins the first group where it clashes with none, or opens one.
    private func groups(of sides: [Int32], in cluster: Cluster) -> [[Int32]] {
        guard cluster.members.count <= Self.groupedMemberCountMax else { return sides.map { [$0] } }
        let clashes = clashes(among: sides, in: cluster.hull)
        var groups: [[Int]] = []
        for side in sides.indices {
            if let place = groups.firstIndex(where: { group in
                !group.contains { clashes[side].holds($0) }
            }) {
                groups[place].append(side)
            } else {
                groups.append([side])
            }
        }
        // Sides that all stand together are no reason to show what none of them saw.
        guard groups.count > 1 else { return sides.map { [$0] } }
        return groups.map { $0.map { sides[$0] } }
    }

    /// By side: those that touch it in a hull with something that the other does not know, settled
    /// or not.
    private func clashes(among sides: [Int32], in hull: PlaceRange) -> [SideSet] {
        let lineage = finder.lineage
        var hunks: [Int32] = []
        finder.forEachHunk(in: hull) { number in
            if finder.table.isInside(finder.table[number], hull) { hunks.append(number) }
        }
        let isIn = Set(hunks)
        var knowers: [Int32: SideSet] = [:]
        func sidesKnowing(_ change: Int32) -> SideSet {
            if let known = knowers[change] { return known }
            var result = SideSet(count: sides.count)
            for side in sides.indices where lineage.isKnown(change, to: sides[side]) {
                result.insert(side)
            }
            knowers[change] = result
            return result
        }
        var clashes = sides.map { _ in SideSet(count: sides.count) }
        for hunk in hunks {
            let change = finder.table[hunk].change
            let one = sidesKnowing(change)
            finder.pairs.forEach(of: hunk) { _, other in
                guard hunk < other, isIn.contains(other) else { return }
                let its = finder.table[other].change
                let two = sidesKnowing(its)
                let (onlyOne, onlyTwo) = (one.subtracting(two), two.subtracting(one))
                guard !onlyOne.isEmpty, !onlyTwo.isEmpty else { return }
                for side in sides.indices {
                    if onlyOne.holds(side) { clashes[side].formUnion(onlyTwo) }
                    if onlyTwo.holds(side) { clashes[side].formUnion(onlyOne) }
                }
            }
        }
        return clashes
    }
}

/// Some of a cluster's sides, by number.
private struct SideSet {
    private var words: [UInt64]

    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    func holds(_ side: Int) -> Bool { words[side / 64] >> UInt64(side % 64) & 1 == 1 }

    mutating func insert(_ side: Int) { words[side / 64] |= 1 << UInt64(side % 64) }

    mutating func formUnion(_ other: Self) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    func subtracting(_ other: Self) -> Self {
        var result = self
        for index in words.indices { result.words[index] &= ~other.words[index] }
        return result
    }
}
