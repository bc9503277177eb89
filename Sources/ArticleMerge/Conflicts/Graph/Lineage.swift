/// Who descends from whom, by segments: changes of which each but the first goes on from the one
/// before alone, and is all that goes on from that.
///
/// Seen from outside, a segment belongs to a change's ancestors as a whole or not at all, so a
/// change's ancestors are a set of segments and the beginning of its own.
struct Lineage {
    /// By number of change: its segment, and its place in that.
    let segments: [Int32]
    let places: [Int32]
    /// By segment: its changes.
    let changes: [[Int32]]
    /// By segment: the set of those before it, `wordCount` words each.
    private let ancestors: [UInt64]
    let wordCount: Int
    /// By segment: whether something is concurrent with it.
    let isContested: [Bool]

    init(_ graph: TextGraph) {
        let count = graph.count
        var childCount = [Int](repeating: 0, count: count)
        for parents in graph.parents {
            for parent in parents { childCount[parent] += 1 }
        }
        var segments = [Int32](repeating: 0, count: count)
        var places = segments
        var changes: [[Int32]] = []
        var firsts: [Int] = []
        for change in 0..<count {
            let parents = graph.parents[change]
            if parents.count == 1, childCount[parents[0]] == 1 {
                let segment = segments[parents[0]]
                segments[change] = segment
                places[change] = places[parents[0]] + 1
                changes[Int(segment)].append(Int32(change))
            } else {
                segments[change] = Int32(changes.count)
                changes.append([Int32(change)])
                firsts.append(change)
            }
        }
        let wordCount = (changes.count + 63) / 64
        var ancestors = [UInt64](repeating: 0, count: wordCount * changes.count)
        for (segment, first) in firsts.enumerated() {
            let start = segment * wordCount
            for parent in graph.parents[first] {
                let other = Int(segments[parent])
                // Segments before this one have been filled, and name none after themselves.
                for word in 0...other / 64 {
                    ancestors[start + word] |= ancestors[other * wordCount + word]
                }
                ancestors[start + other / 64] |= 1 << UInt64(other % 64)
            }
        }
        self.segments = segments
        self.places = places
        self.changes = changes
        self.ancestors = ancestors
        self.wordCount = wordCount
        isContested = Self.contested(ancestors, wordCount, changes.count)
    }

    /// A segment is not contested if all before it are among its ancestors, and it is among those of
    /// all after it.
    private static func contested(
        _ ancestors: [UInt64],
        _ wordCount: Int,
        _ count: Int
    ) -> [Bool] {
        var result = [Bool](repeating: false, count: count)
        var common = [UInt64](repeating: .max, count: wordCount)
        for segment in (0..<count).reversed() {
            var known = 0
            for word in 0..<wordCount {
                known += ancestors[segment * wordCount + word].nonzeroBitCount
            }
            let isKnown = common[segment / 64] >> UInt64(segment % 64) & 1 == 1
            result[segment] = known < segment || !isKnown
            for word in 0..<wordCount { common[word] &= ancestors[segment * wordCount + word] }
        }
        return result
    }

    /// Whether any two changes are concurrent.
    var isForked: Bool { isContested.contains(true) }

    @inline(__always)
    func isContested(change: Int) -> Bool { isContested[Int(segments[change])] }

    /// Whether a change is among another's ancestors, or is that change.
    @inline(__always)
    func isKnown(_ change: Int32, to other: Int32) -> Bool {
        let one = segments[Int(change)]
        let two = segments[Int(other)]
        if one == two { return places[Int(change)] <= places[Int(other)] }
        return isBefore(one, two)
    }

    @inline(__always)
    func isConcurrent(_ change: Int32, _ other: Int32) -> Bool {
        isConcurrent(segments: segments[Int(change)], segments[Int(other)])
    }

    @inline(__always)
    func isConcurrent(segments one: Int32, _ two: Int32) -> Bool {
        one != two && !isBefore(one, two) && !isBefore(two, one)
    }

    @inline(__always)
    private func isBefore(_ one: Int32, _ two: Int32) -> Bool {
        ancestors[Int(two) * wordCount + Int(one) >> 6] >> UInt64(one & 63) & 1 == 1
    }

    /// The segments before one, as a set.
    func ancestors(ofSegment segment: Int32) -> ArraySlice<UInt64> {
        ancestors[Int(segment) * wordCount..<(Int(segment) + 1) * wordCount]
    }
}
