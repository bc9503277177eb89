/// The pairs of concurrent hunks that touch, and the changes that settled them.
struct TouchingPairs {
    private struct Pair {
        let first: Int32
        let second: Int32
        /// The next pair of each end.
        let nextOfFirst: Int32
        let nextOfSecond: Int32
        var settlement: Int32
    }

    private struct Settlement {
        let change: Int32
        let next: Int32
    }

    private var pairs: [Pair] = []
    private var settlements: [Settlement] = []
    /// By hunk: its last pair, or −1.
    private var lasts: [Int32] = []

    var count: Int { pairs.count }

    /// Makes room for one more hunk.
    mutating func addHunk() { lasts.append(-1) }

    mutating func add(_ first: Int32, _ second: Int32) {
        let number = Int32(pairs.count)
        pairs.append(
            Pair(
                first: first,
                second: second,
                nextOfFirst: lasts[Int(first)],
                nextOfSecond: lasts[Int(second)],
                settlement: -1
            )
        )
        lasts[Int(first)] = number
        lasts[Int(second)] = number
    }

    @inline(__always)
    func ends(of pair: Int32) -> (first: Int32, second: Int32) {
        (pairs[Int(pair)].first, pairs[Int(pair)].second)
    }

    mutating func settle(_ pair: Int32, by change: Int32) {
        settlements.append(Settlement(change: change, next: pairs[Int(pair)].settlement))
        pairs[Int(pair)].settlement = Int32(settlements.count - 1)
    }

    /// Whether a change of the version that `contains` tells settled a pair.
    @inline(__always)
    func isSettled(_ pair: Int32, _ contains: (Int32) -> Bool) -> Bool {
        var next = pairs[Int(pair)].settlement
        while next >= 0 {
            if contains(settlements[Int(next)].change) { return true }
            next = settlements[Int(next)].next
        }
        return false
    }

    /// Calls `body` with the pairs of a hunk and the other end of each.
    func forEach(of hunk: Int32, _ body: (_ pair: Int32, _ other: Int32) -> Void) {
        var next = lasts[Int(hunk)]
        while next >= 0 {
            let pair = pairs[Int(next)]
            if pair.first == hunk {
                body(next, pair.second)
                next = pair.nextOfFirst
            } else {
                body(next, pair.first)
                next = pair.nextOfSecond
            }
        }
    }
}

extension TouchingPairs {
    /// The pairs among `table`'s hunks, found by a sweep over the places they reach to.
    ///
    /// Hunks wait by the segment of their change, as all of a segment is concurrent with a change
    /// or nothing is: O(h log h) and what touches, or lies side by side without touching.
    init(_ table: HunkTable, _ index: ReachIndex, _ lineage: Lineage) {
        lasts = [Int32](repeating: -1, count: table.count)
        var waiting = [Waiting](repeating: Waiting(), count: lineage.changes.count)
        var segments: [Int32] = []
        for number in index.sorted {
            let hunk = table[number]
            let segment = lineage.segments[Int(hunk.change)]
            let reach = hunk.reach
            var isOver = false
            for other in segments {
                if waiting[Int(other)].end < reach.first {
                    waiting[Int(other)] = Waiting()
                    isOver = true
                } else if lineage.isConcurrent(segments: segment, other) {
                    compare(number, hunk, reach, &waiting[Int(other)], table)
                }
            }
            if isOver { segments.removeAll { waiting[Int($0)].end < 0 } }
            if waiting[Int(segment)].end < 0 { segments.append(segment) }
            waiting[Int(segment)].add(number, until: reach.last)
        }
    }

    private mutating func compare(
        _ number: Int32,
        _ hunk: Hunk,
        _ reach: PlaceRange,
        _ waiting: inout Waiting,
        _ table: HunkTable
    ) {
        var kept = 0
        for index in waiting.hunks.indices {
            let (other, end) = waiting.hunks[index]
            guard end >= reach.first else { continue }
            waiting.hunks[kept] = (other, end)
            kept += 1
            if table.touch(table[other], hunk) { add(other, number) }
        }
        waiting.hunks.removeLast(waiting.hunks.count - kept)
    }

    /// Hunks of one segment that the sweep has met.
    private struct Waiting {
        var hunks: [(number: Int32, end: Int32)] = []
        /// The last place that one of them reaches to.
        var end: Int32 = -1

        mutating func add(_ hunk: Int32, until last: Int32) {
            hunks.append((hunk, last))
            end = max(end, last)
        }
    }
}
