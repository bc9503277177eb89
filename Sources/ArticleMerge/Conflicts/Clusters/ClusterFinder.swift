internal import ArticleModel

/// Finds the clusters of any version of a text.
final class ClusterFinder {
    let graph: TextGraph
    let lineage: Lineage
    let order: MergedOrder
    let finder: HunkFinder
    /// The hunks of all changes that something is concurrent with, then the closings.
    private(set) var table = HunkTable()
    /// By change: its hunks, empty where nothing is concurrent with it; and its closings.
    private var hunksOf: [Range<Int32>]
    private var closingsOf: [Int32: Range<Int32>] = [:]
    private let index: ReachIndex
    private var closings: [Int32] = []
    private(set) var pairs: TouchingPairs
    /// By change: the pairs not settled that it knows, itself included.
    private var openPairs: [[Int32]]
    /// By change: the clusters of what it knows, itself included, where they were asked for.
    private var clustersOf: [[Cluster]?]
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

    private func clusters(knownTo change: Int) -> [Cluster] {
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

// Settling: who closed what, change by change.
extension ClusterFinder {
    private func settle() {
        openPairs.reserveCapacity(graph.count)
        for change in 0..<graph.count {
            let parents = graph.parents[change]
            let open = parents.count == 1 ? openPairs[parents[0]] : mergedOpenPairs(parents)
            openPairs.append(open)
            guard !open.isEmpty, !graph.changes[change].isVoid else {
                if parents.count == 1 { clustersOf[change] = clustersOf[parents[0]] }
                continue
            }
            close(by: change, parents, open)
        }
    }

    /// The pairs not settled at the version that several changes make up.
    private func mergedOpenPairs(_ parents: [Int]) -> [Int32] {
        guard let first = parents.first else { return [] }
        let contains = { (change: Int32) in
            parents.contains { self.lineage.isKnown(change, to: Int32($0)) }
        }
        // Shared with the parent where nothing differs.
        var result = openPairs[first]
        if result.contains(where: { pairs.isSettled($0, contains) }) {
            result.removeAll { pairs.isSettled($0, contains) }
        }
        for count in 1..<parents.count {
            let before = Array(parents[..<count])
            let isBefore = { (change: Int32) in
                before.contains { self.lineage.isKnown(change, to: Int32($0)) }
            }
            for change in graph.difference(from: before, to: [parents[count]]).advance {
                let own = [hunksOf[change], closingsOf[Int32(change)] ?? 0..<0]
                for hunk in own.joined() {
                    pairs.forEach(of: hunk) { pair, other in
                        let its = table[other].change
                        // Of two that come with this parent, the pair is met twice.
                        let isFirst = isBefore(its) || hunk < other
                        if isFirst, contains(its), !pairs.isSettled(pair, contains) {
                            result.append(pair)
                        }
                    }
                }
            }
        }
        return result
    }

    private func close(by change: Int, _ parents: [Int], _ open: [Int32]) {
        let keys = graph.changes[change].closes
        let own = hunksOf[change]
        let altered =
            lineage.isContested(change: change)
            ? [] : finder.alteredSpans(of: Int32(change)).map { order.spans[Int($0)] }
        guard !keys.isEmpty || !own.isEmpty || !altered.isEmpty else {
            if parents.count == 1 { clustersOf[change] = clustersOf[parents[0]] }
            return
        }
        let known =
            parents.count == 1
            ? clusters(knownTo: parents[0])
            : clusters(of: open) { known in
                parents.contains { self.lineage.isKnown(known, to: Int32($0)) }
            }
        var standing: [Cluster] = []
        var closed: [Cluster] = []
        for cluster in known {
            let isClosed =
                keys.contains(cluster.key) || own.contains { table.alters(table[$0], cluster.hull) }
                || altered.contains { $0.place <= cluster.hull.last && $0.end > cluster.hull.first }
            if isClosed { closed.append(cluster) } else { standing.append(cluster) }
        }
        clustersOf[change] = standing
        guard !closed.isEmpty else { return }
        for cluster in closed {
            for pair in cluster.pairs { pairs.settle(pair, by: Int32(change)) }
        }
        openPairs[change] = open.filter { !pairs.isSettled($0) { $0 == Int32(change) } }
        guard lineage.isContested(change: change) else { return }
        let start = Int32(table.count)
        for cluster in closed {
            addClosing(of: cluster, by: change, number: table.count - Int(start))
        }
        closingsOf[Int32(change)] = start..<Int32(table.count)
    }

    /// A closing counts as one more hunk of its change.
    private func addClosing(of cluster: Cluster, by change: Int, number: Int) {
        var extent = cluster.hull
        for own in hunksOf[change] {
            let hunk = table[own]
            guard hunk.left <= cluster.hull.last, hunk.right >= cluster.hull.first else { continue }
            extent.first = min(extent.first, hunk.core.first)
            extent.last = max(extent.last, hunk.core.last)
        }
        let closing = Hunk(
            change: Int32(change),
            number: Int32(-1 - number),
            extent: extent,
            left: extent.first,
            right: extent.last,
            core: extent,
            words: 0..<0,
            altered: 0..<0,
            forms: [],
            takes: false
        )
        let closingNumber = Int32(table.count)
        table.hunks.append(closing)
        pairs.addHunk()
        forEachHunk(in: extent) { other in
            if lineage.isConcurrent(table[other].change, Int32(change)),
                table.touch(table[other], closing)
            {
                pairs.add(other, closingNumber)
            }
        }
        closings.append(closingNumber)
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

    private func clusters(of open: [Int32], _ contains: (Int32) -> Bool) -> [Cluster] {
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
