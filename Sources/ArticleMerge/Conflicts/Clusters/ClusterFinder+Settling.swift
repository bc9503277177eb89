internal import ArticleModel

// Settling: who closed what, change by change.
extension ClusterFinder {
    func settle() {
        openPairs.reserveCapacity(graph.count)
        for change in 0..<graph.count {
            let parents = graph.parents[change]
            let start = start(of: parents)
            openPairs.append(start.open)
            guard !start.open.isEmpty, !graph.changes[change].isVoid else {
                if parents.count == 1 { clustersOf[change] = clustersOf[parents[0]] }
                continue
            }
            close(by: change, parents, start)
        }
    }

    /// The version of a change's parents.
    private struct Start {
        /// The pairs not settled there.
        var open: [Int32]
        /// The changes in it that the first parent does not know.
        var news: [Int] = []
        /// Whether these are the pairs that the first parent leaves open.
        var isAsBefore = true
    }

    private func start(of parents: [Int]) -> Start {
        guard let first = parents.first else { return Start(open: []) }
        var start = Start(open: openPairs[first])
        guard parents.count > 1 else { return start }
        let contains = { (change: Int32) in
            parents.contains { self.lineage.isKnown(change, to: Int32($0)) }
        }
        // Shared with the parent where nothing differs.
        if start.open.contains(where: { pairs.isSettled($0, contains) }) {
            start.open.removeAll { pairs.isSettled($0, contains) }
            start.isAsBefore = false
        }
        for count in 1..<parents.count {
            let before = Array(parents[..<count])
            let isBefore = { (change: Int32) in
                before.contains { self.lineage.isKnown(change, to: Int32($0)) }
            }
            for change in graph.difference(from: before, to: [parents[count]]).advance {
                start.news.append(change)
                for hunk in members(of: change) {
                    pairs.forEach(of: hunk) { pair, other in
                        let its = table[other].change
                        // Of two that come with this parent, the pair is met twice.
                        let isFirst = isBefore(its) || hunk < other
                        if isFirst, contains(its), !pairs.isSettled(pair, contains) {
                            start.open.append(pair)
                            start.isAsBefore = false
                        }
                    }
                }
            }
        }
        return start
    }

    /// The hunks and closings of a change.
    private func members(of change: Int) -> [Int32] {
        Array(hunksOf[change]) + Array(closingsOf[Int32(change)] ?? 0..<0)
    }

    /// The clusters of the version of a change's parents: those of the first parent, unless what
    /// comes with the others alters them.
    private func clusters(of parents: [Int], _ start: Start) -> [Cluster] {
        if start.isAsBefore, let first = parents.first {
            let before = clusters(knownTo: first)
            let isJoined = start.news.contains { change in
                members(of: change).contains { joins($0, before) }
            }
            if !isJoined { return before }
        }
        return clusters(of: start.open) { known in
            parents.contains { self.lineage.isKnown(known, to: Int32($0)) }
        }
    }

    /// Whether a hunk or closing belongs to one of some clusters for what it does in its hull.
    private func joins(_ number: Int32, _ clusters: [Cluster]) -> Bool {
        let hunk = table[number]
        let reach = hunk.reach
        var index = clusters.sortedIndex { $0.hull.last < reach.first }
        while index < clusters.count, clusters[index].hull.first <= reach.last {
            let cluster = clusters[index]
            let isNear =
                table.isInside(hunk, cluster.hull) || table.isBeside(hunk, cluster.hull)
            if isNear,
                cluster.members.contains(where: {
                    lineage.isConcurrent(table[$0].change, hunk.change)
                })
            {
                return true
            }
            index += 1
        }
        return false
    }

    private func close(by change: Int, _ parents: [Int], _ start: Start) {
        let keys = graph.changes[change].closes
        let own = hunksOf[change]
        let altered =
            lineage.isContested(change: change)
            ? [] : finder.alteredSpans(of: Int32(change)).map { order.spans[Int($0)] }
        guard !keys.isEmpty || !own.isEmpty || !altered.isEmpty else {
            if parents.count == 1 { clustersOf[change] = clustersOf[parents[0]] }
            return
        }
        let known = clusters(of: parents, start)
        clustersOf[change] = known
        var standing: [Cluster] = []
        var closed: [Cluster] = []
        for cluster in known {
            let isClosed =
                keys.contains(cluster.key) || own.contains { table.alters(table[$0], cluster.hull) }
                || altered.contains { $0.place <= cluster.hull.last && $0.end > cluster.hull.first }
            if isClosed { closed.append(cluster) } else { standing.append(cluster) }
        }
        guard !closed.isEmpty else { return }
        clustersOf[change] = standing
        for cluster in closed {
            for pair in cluster.pairs { pairs.settle(pair, by: Int32(change)) }
        }
        openPairs[change] = start.open.filter { !pairs.isSettled($0) { $0 == Int32(change) } }
        guard lineage.isContested(change: change) else { return }
        let first = Int32(table.count)
        for cluster in closed {
            addClosing(of: cluster, by: change, number: table.count - Int(first))
        }
        closingsOf[Int32(change)] = first..<Int32(table.count)
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
