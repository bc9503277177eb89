internal import ArticleMerge
internal import ArticleModel

extension NaiveConflicts {
    func clusters(_ version: Version) -> [Cluster] {
        if let known = clustersOf[version] { return known }
        let settled = closed.filter { text.holds(version, $0.key) }
            .reduce(into: Set<[Int]>()) { $0.formUnion($1.value) }
        let open = pairs.filter { pair in
            !settled.contains(pair) && pair.allSatisfy { text.holds(version, hunks[$0].change) }
        }
        let known = hunks.indices.filter { text.holds(version, hunks[$0].change) }
        var parts = open.map { Set($0) }
        var isDone = parts.isEmpty
        while !isDone {
            isDone = true
            parts.sort { hull($0).lowerBound < hull($1).lowerBound }
            var joined: [Set<Int>] = []
            for part in parts {
                if let last = joined.last, hull(last).overlaps(hull(part)) {
                    joined[joined.count - 1].formUnion(part)
                    isDone = false
                } else {
                    joined.append(part)
                }
            }
            parts = joined
            for index in parts.indices {
                let range = hull(parts[index])
                for hunk in known where !parts[index].contains(hunk) {
                    guard isInside(hunks[hunk], range) || isBeside(hunks[hunk], range),
                        parts[index].contains(where: {
                            text.isConcurrent(hunks[hunk].change, hunks[$0].change)
                        })
                    else { continue }
                    parts[index].insert(hunk)
                    isDone = false
                }
            }
        }
        let result = parts.map { part in
            Cluster(
                members: part,
                pairs: open.filter { $0.allSatisfy(part.contains) },
                hull: hull(part)
            )
        }
        clustersOf[version] = result
        for cluster in result { choose(cluster) }
        return result
    }

    private func hull(_ members: Set<Int>) -> ClosedRange<Int> {
        let first = members.map { hunks[$0].first }.min() ?? 0
        return first...(members.map { hunks[$0].last }.max() ?? first)
    }

    func key(of cluster: Cluster) -> ConflictKey {
        let keys = cluster.members.map {
            ConflictKey(
                change: text.changes[hunks[$0].change].id,
                number: Int32(hunks[$0].number)
            )
        }
        return keys.min() ?? keys[0]
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (text.changes[one], text.changes[other])
        return first.lamport == second.lamport
            ? first.id < second.id : first.lamport < second.lamport
    }

    private func choose(_ cluster: Cluster) {
        let changes = Set(cluster.members.map { hunks[$0].change })
        let sides = changes.filter { side in
            !changes.contains { $0 != side && text.holds(text.known[$0], side) }
        }.sorted(by: precedes)
        cluster.sides = sides
        let inHull = pairs.filter { $0.allSatisfy { isInside(hunks[$0], cluster.hull) } }
        func clash(_ one: Int, _ other: Int) -> Bool {
            let (mine, its) = (text.known[one], text.known[other])
            return inHull.contains { pair in
                let (a, b) = (hunks[pair[0]].change, hunks[pair[1]].change)
                return text.holds(mine & ~its, a) && text.holds(its & ~mine, b)
                    || text.holds(mine & ~its, b) && text.holds(its & ~mine, a)
            }
        }
        var groups: [[Int]] = []
        for side in sides {
            if let place = groups.firstIndex(where: { !$0.contains { clash(side, $0) } }) {
                groups[place].append(side)
            } else {
                groups.append([side])
            }
        }
        if groups.count == 1 { groups = sides.map { [$0] } }
        let versions = groups.map { $0.reduce(Version(0)) { $0 | text.known[$1] } }
        let baseVersion = versions.reduce(Version.max, &)
        cluster.base = cut(baseVersion, cluster.hull)
        let base = text.words(cluster.base)
        let ends = versions.map { text.words(cut($0, cluster.hull)) }
        let own = versions.map { version in
            cluster.members.filter {
                text.holds(version, hunks[$0].change) && !text.holds(baseVersion, hunks[$0].change)
            }
        }
        let passed = own.map { members in
            Set(
                members.map {
                    let version = text.known[hunks[$0].change] | baseVersion
                    return text.words(cut(version, cluster.hull)).bytes
                }
            )
        }
        cluster.passed = Set(ends).union(
            passed.joined().map { String(decoding: $0, as: UTF8.self) }
        )
        cluster.seen = Set(versions.flatMap { cut($0, cluster.hull) })
        var isOver = groups.indices.map { one in
            groups.indices.contains { other in
                ends[one].bytes != ends[other].bytes && passed[other].contains(ends[one].bytes)
                    && !passed[one].contains(ends[other].bytes)
            }
        }
        if groups.indices.allSatisfy({ isOver[$0] || ends[$0].bytes == base.bytes }) {
            isOver = groups.map { _ in false }
        }
        var found: [Alternative] = []
        for (number, group) in groups.enumerated() {
            let hasClosing = own[number].contains { hunks[$0].number < 0 }
            let inner = clusters(versions[number]).filter {
                $0.isOpen && cluster.hull.contains($0.hull.lowerBound)
                    && cluster.hull.contains($0.hull.upperBound)
            }
            if ends[number].bytes == base.bytes, !hasClosing { continue }
            if isOver[number], !hasClosing, inner.isEmpty { continue }
            let places = cut(versions[number], cluster.hull)
            let first = own[number].map { hunks[$0].change }.min(by: precedes)
            found.append(
                Alternative(
                    places: places,
                    text: ends[number],
                    sides: Set(group),
                    isNested: false,
                    first: first
                )
            )
            for nested in inner {
                cluster.seen.formUnion(nested.seen)
                for other in nested.alternatives.dropFirst() {
                    let put =
                        places.filter { $0 < nested.hull.lowerBound } + other.places
                        + places.filter { $0 > nested.hull.upperBound }
                    found.append(
                        Alternative(
                            places: put,
                            text: text.words(put),
                            sides: other.sides.union(group),
                            isNested: true,
                            first: first
                        )
                    )
                }
            }
        }
        cluster.alternatives = inOrder(found)
    }

    private func inOrder(_ found: [Alternative]) -> [Alternative] {
        let sorted = found.enumerated().sorted { one, other in
            let (first, second) = (one.element, other.element)
            if first.isNested != second.isNested { return !first.isNested }
            let blanks = [first, second].map { $0.text.unicodeScalars.allSatisfy(Self.isSpace) }
            if blanks[0] != blanks[1] { return !blanks[0] }
            if let a = first.first, let b = second.first, a != b { return precedes(a, b) }
            return one.offset < other.offset
        }.map(\.element)
        var result: [Alternative] = []
        for alternative in sorted {
            if let place = result.firstIndex(where: { $0.text.bytes == alternative.text.bytes }) {
                result[place].sides.formUnion(alternative.sides)
            } else {
                result.append(alternative)
            }
        }
        return result
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
