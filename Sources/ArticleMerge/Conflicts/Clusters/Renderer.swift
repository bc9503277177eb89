internal import ArticleModel

/// Says what is shown: the text of a version with the first alternative in the place of each of its
/// clusters.
struct Renderer {
    /// How many alternatives a conflict has at most; the others are in the history alone.
    static let alternativeCountMax = 64

    let finder: ClusterFinder
    private let isVoid: [Bool]
    private let hasVoid: Bool

    init(_ finder: ClusterFinder) {
        self.finder = finder
        isVoid = finder.graph.changes.map(\.isVoid)
        hasVoid = isVoid.contains(true)
    }

    /// The places of the characters in the text of a version, void changes left out.
    func rawPlaces(at stand: Stand, in range: PlaceRange) -> [PlaceRange] {
        switch stand {
        case .head(let head) where !hasVoid:
            return alivePlaces(in: range) { finder.lineage.isKnown($0, to: head) }
        case .head(let head):
            return alivePlaces(in: range) {
                !isVoid[Int($0)] && finder.lineage.isKnown($0, to: head)
            }
        case .set(let version):
            return alivePlaces(in: range) {
                !isVoid[Int($0)] && version.contains($0, finder.lineage)
            }
        }
    }

    /// The same, void changes included: what the positions of a change count.
    func countedPlaces(at stand: Stand, in range: PlaceRange) -> [PlaceRange] {
        guard hasVoid else { return rawPlaces(at: stand, in: range) }
        return alivePlaces(in: range) { stand.contains($0, finder.lineage) }
    }

    @inline(__always)
    private func alivePlaces(
        in range: PlaceRange,
        _ contains: (Int32) -> Bool
    ) -> [PlaceRange] {
        let order = finder.order
        var result: [PlaceRange] = []
        var number = order.span(at: range.first)
        while number < order.spans.count {
            let span = order.spans[number]
            guard span.place <= range.last else { break }
            number += 1
            guard order.isAlive(span, contains) else { continue }
            result.append(
                first: max(span.place, range.first),
                last: min(span.end - 1, range.last)
            )
        }
        return result
    }

    /// The places of what is shown at a version within a range.
    func shownPlaces(at stand: Stand, in range: PlaceRange) -> [PlaceRange] {
        let clusters = clusters(at: stand, in: range)
        guard !clusters.isEmpty else { return rawPlaces(at: stand, in: range) }
        var result: [PlaceRange] = []
        var next = range.first
        for cluster in clusters {
            prepare(cluster)
            if next < cluster.hull.first {
                let gap = PlaceRange(first: next, last: cluster.hull.first - 1)
                for places in rawPlaces(at: stand, in: gap) { result.append(places) }
            }
            for places in cluster.outcome?.shown.places ?? [] where places.meets(range) {
                result.append(
                    first: max(places.first, range.first),
                    last: min(places.last, range.last)
                )
            }
            next = cluster.hull.last + 1
        }
        if next <= range.last {
            let rest = PlaceRange(first: next, last: range.last)
            for places in rawPlaces(at: stand, in: rest) { result.append(places) }
        }
        return result
    }

    private func passage(at stand: Stand, in range: PlaceRange) -> Passage {
        passage(of: shownPlaces(at: stand, in: range))
    }

    func passage(of places: [PlaceRange]) -> Passage {
        Passage(places: places, utf8: utf8(of: places))
    }

    /// The words of the characters at some places.
    func utf8(of places: [PlaceRange]) -> [UInt8] {
        let order = finder.order
        var result: [UInt8] = []
        var number = places.first.map { order.span(at: $0.first) } ?? 0
        for range in places {
            var next = range.first
            while next <= range.last {
                while order.spans[number].end <= next { number += 1 }
                let span = order.spans[number]
                let last = min(span.end - 1, range.last)
                let first = span.first + UInt32(next - span.place)
                result += order.characters.utf8(first, count: UInt32(last - next + 1))
                next = last + 1
            }
        }
        return result
    }

    /// The clusters of a version whose hulls meet a range.
    private func clusters(at stand: Stand, in range: PlaceRange) -> ArraySlice<Cluster> {
        let all = finder.clusters(at: stand)
        guard !all.isEmpty else { return [] }
        let start = all.sortedIndex { $0.hull.last < range.first }
        let end = all.sortedIndex { $0.hull.first <= range.last }
        return all[start..<max(start, end)]
    }

    /// Finds what is shown in a cluster's place.
    ///
    /// Its alternatives may hold clusters of smaller versions, and these others: one after the other
    /// on a list rather than by recursion, as how deep they lie is up to whoever made the changes.
    func prepare(_ cluster: Cluster) {
        guard cluster.outcome == nil else { return }
        var waiting = [cluster]
        while let next = waiting.last {
            guard next.outcome == nil else {
                waiting.removeLast()
                continue
            }
            let frame = next.frame ?? FrameMaker(finder).frame(of: next)
            next.frame = frame
            var inner: [Cluster] = []
            for stand in frame.stands {
                inner += clusters(at: stand, in: next.hull).filter { $0.outcome == nil }
            }
            if inner.isEmpty {
                next.outcome = outcome(of: next, frame)
                waiting.removeLast()
            } else {
                waiting += inner
            }
        }
    }
}

extension [PlaceRange] {
    /// Appends places right of all others.
    mutating func append(first: Int32, last: Int32) {
        if let end = self.last, end.last + 1 == first {
            self[count - 1].last = last
        } else {
            append(PlaceRange(first: first, last: last))
        }
    }
}

extension Renderer {
    private func outcome(of cluster: Cluster, _ frame: Cluster.Frame) -> Cluster.Outcome {
        let base = passage(at: frame.base, in: cluster.hull)
        let ends = frame.groups.map { passage(at: $0.stand, in: cluster.hull) }
        let isOver = overtaken(ends.map(\.utf8), base.utf8, frame, cluster.hull)
        var alternatives: [Cluster.Alternative] = []
        for (number, group) in frame.groups.enumerated() {
            let end = ends[number]
            guard end.utf8 != base.utf8 || group.hasClosing else { continue }
            let inner = clusters(at: group.stand, in: cluster.hull).filter {
                $0.outcome?.isOpen == true && $0.hull.first >= cluster.hull.first
                    && $0.hull.last <= cluster.hull.last
            }
            guard !isOver[number] || group.hasClosing || !inner.isEmpty else { continue }
            let first = first(of: group)
            alternatives.append(
                alternative(end, sides: group.sides, isNested: false, first: first)
            )
            for nested in inner {
                for other in nested.outcome?.alternatives.dropFirst() ?? [] {
                    let places = replacing(nested.hull, in: end.places, by: other.passage.places)
                    alternatives.append(
                        alternative(
                            passage(of: places),
                            sides: group.sides + other.sides,
                            isNested: true,
                            first: first
                        )
                    )
                }
            }
        }
        return Cluster.Outcome(base: base, alternatives: sorted(alternatives))
    }

    private func alternative(
        _ passage: Passage,
        sides: [Int32],
        isNested: Bool,
        first: Int32?
    ) -> Cluster.Alternative {
        Cluster.Alternative(
            passage: passage,
            sides: sortedByID(sides),
            isNested: isNested,
            isBlank: WordTable.isBlank(passage.utf8),
            first: first
        )
    }

    /// Changes in order of their ids, each once.
    func sortedByID(_ changes: [Int32]) -> [Int32] {
        let all = finder.graph.changes
        return Set(changes).sorted { all[Int($0)].id < all[Int($1)].id }
    }

    private func first(of group: Cluster.Group) -> Int32? {
        group.own.min { finder.graph.comesFirst(Int($0), Int($1)) }
    }

    private func replacing(
        _ hull: PlaceRange,
        in places: [PlaceRange],
        by others: [PlaceRange]
    ) -> [PlaceRange] {
        var result: [PlaceRange] = []
        for range in places where range.first < hull.first {
            result.append(first: range.first, last: min(range.last, hull.first - 1))
        }
        for range in others { result.append(first: range.first, last: range.last) }
        for range in places where range.last > hull.last {
            result.append(first: max(range.first, hull.last + 1), last: range.last)
        }
        return result
    }

    /// By group: whether what it says another one said on its way, and then went on.
    private func overtaken(
        _ ends: [[UInt8]],
        _ base: [UInt8],
        _ frame: Cluster.Frame,
        _ hull: PlaceRange
    ) -> [Bool] {
        let none = ends.map { _ in false }
        guard ends.contains(where: { $0 != ends[0] }) else { return none }
        guard frame.groups.contains(where: { !$0.passed.isEmpty }) else { return none }
        let passed = zip(frame.groups, ends).map { group, end -> Set<[UInt8]> in
            guard !group.own.isEmpty else { return [] }
            // The last of its own changes leads to its text where that is one side's.
            let isEnd = group.sides.count == 1
            return Set(group.passed.map { passage(at: $0, in: hull).utf8 } + (isEnd ? [end] : []))
        }
        let result = ends.indices.map { one in
            ends.indices.contains { other in
                ends[one] != ends[other] && passed[other].contains(ends[one])
                    && !passed[one].contains(ends[other])
            }
        }
        // In a circle all stay.
        let isNoneLeft = ends.indices.allSatisfy { result[$0] || ends[$0] == base }
        return isNoneLeft ? none : result
    }

    /// Puts alternatives in order and joins those of equal texts; keeps so many as may be, as nested
    /// ones double with each conflict that lies in another.
    private func sorted(_ alternatives: [Cluster.Alternative]) -> [Cluster.Alternative] {
        func precedes(_ one: Cluster.Alternative, _ other: Cluster.Alternative) -> Bool {
            if one.isNested != other.isNested { return !one.isNested }
            if one.isBlank != other.isBlank { return !one.isBlank }
            guard let second = other.first else { return false }
            guard let first = one.first else { return true }
            return finder.graph.comesFirst(Int(first), Int(second))
        }
        let order = alternatives.indices.sorted {
            if precedes(alternatives[$0], alternatives[$1]) { return true }
            return !precedes(alternatives[$1], alternatives[$0]) && $0 < $1
        }
        var result: [Cluster.Alternative] = []
        var places: [[UInt8]: Int] = [:]
        for index in order {
            let alternative = alternatives[index]
            if let place = places[alternative.passage.utf8] {
                result[place].sides = sortedByID(result[place].sides + alternative.sides)
            } else if result.count < Self.alternativeCountMax {
                places[alternative.passage.utf8] = result.count
                result.append(alternative)
            }
        }
        return result
    }
}
