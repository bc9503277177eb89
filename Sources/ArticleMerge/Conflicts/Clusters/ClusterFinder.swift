internal import ArticleModel

/// Finds the clusters of any version of a text.
final class ClusterFinder {
    let graph: TextGraph
    let lineage: Lineage
    let order: MergedOrder
    let finder: HunkFinder
    /// The hunks of all changes that something is concurrent with, then the closings.
    var table = HunkTable()
    /// By change: its hunks, empty where nothing is concurrent with it; and its closings.
    private(set) var hunksOf: [Range<Int32>]
    var closingsOf: [Int32: Range<Int32>] = [:]
    private let index: ReachIndex
    var closings: [Int32] = []
    var pairs: TouchingPairs
    /// By change: the pairs not settled that it knows, itself included.
    var openPairs: [[Int32]]
    /// By change: the clusters of what it knows, itself included, where they were asked for.
    var clustersOf: [[Cluster]?]
    private var clustersOfVersion: [Version: [Cluster]] = [:]

    init(_ graph: TextGraph, _ lineage: Lineage) {
        self.graph = graph
        self.lineage = lineage
        order = MergedOrder(graph, lineage)
        finder = HunkFinder(graph, lineage, order)
        hunksOf = [Range<Int32>](repeating: 0..<0, count: graph.count)
        for change in 0..<graph.count
        where lineage.isContested(change: change) && !graph.changes[change].isVoid {
            let start = Int32(table.count)
            finder.find(of: Int32(change), in: &table)
            hunksOf[change] = start..<Int32(table.count)
        }
        index = ReachIndex(table)
        pairs = TouchingPairs(table, index, lineage)
        openPairs = []
        clustersOf = [[Cluster]?](repeating: nil, count: graph.count)
        if pairs.count > 0 { settle() }
    }

    /// Whether any version has a cluster.
    var isEmpty: Bool { pairs.count == 0 }

    /// The clusters of a version, in the order of the text.
    func clusters(at stand: Stand) -> [Cluster] {
        guard !isEmpty else { return [] }
        switch stand {
        case .head(let head): return clusters(knownTo: Int(head))
        case .set(let version):
            if let known = clustersOfVersion[version] { return known }
            let contains = { version.contains($0, self.lineage) }
            var open: [Int32] = []
            for pair in 0..<Int32(pairs.count) where isOpen(pair, contains) { open.append(pair) }
            let result = clusters(of: open, contains)
            clustersOfVersion[version] = result
            return result
        }
    }

    private func isOpen(_ pair: Int32, _ contains: (Int32) -> Bool) -> Bool {
        let (first, second) = pairs.ends(of: pair)
        return contains(table[first].change) && contains(table[second].change)
            && !pairs.isSettled(pair, contains)
    }

    func clusters(knownTo change: Int) -> [Cluster] {
        if let known = clustersOf[change] { return known }
        let result = clusters(of: openPairs[change]) { self.lineage.isKnown($0, to: Int32(change)) }
        clustersOf[change] = result
        return result
    }

    /// Calls `body` with the hunks and closings that reach into a range.
    func forEachHunk(in range: PlaceRange, _ body: (Int32) -> Void) {
        index.forEach(in: range, body)
        for closing in closings where table[closing].extent.meets(range) { body(closing) }
    }
}

// Clusters of given pairs: components whose hulls grow until nothing more joins.
extension ClusterFinder {
    private struct Part {
        var hull: PlaceRange
        /// Ascending, each once.
        var members: [Int32]
        /// Whether it grew since hunks were last looked for.
        var isGrown = true
    }

    func clusters(of open: [Int32], _ contains: (Int32) -> Bool) -> [Cluster] {
        guard !open.isEmpty else { return [] }
        var parts = open.map { pair -> Part in
            let (first, second) = pairs.ends(of: pair)
            let (one, other) = (table[first].extent, table[second].extent)
            return Part(
                hull: PlaceRange(
                    first: min(one.first, other.first),
                    last: max(one.last, other.last)
                ),
                members: first < second ? [first, second] : [second, first]
            )
        }
        repeat {
            join(&parts)
            for index in parts.indices where parts[index].isGrown {
                parts[index].isGrown = false
                takeIn(&parts[index], contains)
            }
        } while parts.contains(where: \.isGrown)
        var pairsOf = [[Int32]](repeating: [], count: parts.count)
        for pair in open {
            let place = table[pairs.ends(of: pair).first].extent.first
            pairsOf[parts.sortedIndex { $0.hull.last < place }].append(pair)
        }
        return zip(parts, pairsOf).map { part, pairs in
            Cluster(
                hull: part.hull,
                members: part.members,
                pairs: pairs,
                key: key(of: part.members)
            )
        }
    }

    /// Makes one of parts whose hulls meet; sorts them by place.
    private func join(_ parts: inout [Part]) {
        parts.sort { $0.hull < $1.hull }
        var joined: [Part] = []
        joined.reserveCapacity(parts.count)
        for part in parts {
            guard let last = joined.last, part.hull.first <= last.hull.last else {
                joined.append(part)
                continue
            }
            let end = joined.count - 1
            joined[end].hull.last = max(last.hull.last, part.hull.last)
            joined[end].members += part.members
            joined[end].isGrown = true
        }
        for index in joined.indices where joined[index].isGrown {
            joined[index].members = Self.distinct(joined[index].members)
        }
        parts = joined
    }

    /// Adds the hunks that belong to a part for what they do in its hull.
    private func takeIn(_ part: inout Part, _ contains: (Int32) -> Bool) {
        let hull = part.hull
        var added: [Int32] = []
        forEachHunk(in: hull) { number in
            let hunk = table[number]
            guard table.isInside(hunk, hull) || table.isBeside(hunk, hull),
                contains(hunk.change), !part.members.containsSorted(number)
            else { return }
            let isConcurrent =
                part.members.contains { lineage.isConcurrent(table[$0].change, hunk.change) }
                || added.contains { lineage.isConcurrent(table[$0].change, hunk.change) }
            if isConcurrent { added.append(number) }
        }
        guard !added.isEmpty else { return }
        for number in added {
            part.hull.first = min(part.hull.first, table[number].extent.first)
            part.hull.last = max(part.hull.last, table[number].extent.last)
        }
        part.members = Self.distinct(part.members + added)
        part.isGrown = true
    }

    private static func distinct(_ members: [Int32]) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(members.count)
        for member in members.sorted() where result.last != member { result.append(member) }
        return result
    }

    private func key(of members: [Int32]) -> ConflictKey {
        var result: ConflictKey?
        for member in members {
            let hunk = table[member]
            let key = ConflictKey(
                change: graph.changes[Int(hunk.change)].id,
                number: hunk.number
            )
            result = result.map { min($0, key) } ?? key
        }
        guard let result else { fatalError("a cluster without hunks") }
        return result
    }
}

extension [Int32] {
    /// Whether a sorted list holds a number.
    fileprivate func containsSorted(_ number: Int32) -> Bool {
        let place = sortedIndex { $0 < number }
        return place < endIndex && self[place] == number
    }
}
