/// Characters in the order of the text, by their places; found by position in O(log n).
struct PlaceList {
    let ranges: [PlaceRange]
    /// By range: how many characters stand before it; and the number of all.
    private let starts: [Int]

    init(_ ranges: [PlaceRange]) {
        var starts: [Int] = []
        starts.reserveCapacity(ranges.count + 1)
        var count = 0
        for range in ranges {
            starts.append(count)
            count += Int(range.last - range.first) + 1
        }
        starts.append(count)
        self.ranges = ranges
        self.starts = starts
    }

    var count: Int { starts[starts.count - 1] }

    /// The place of the character at a position; nil past the end.
    func place(at position: Int) -> Int32? {
        guard position >= 0, position < count else { return nil }
        let range = starts.sortedIndex { $0 <= position } - 1
        return ranges[range].first + Int32(position - starts[range])
    }

    /// How many characters stand before a place.
    func count(before place: Int32) -> Int {
        let range = ranges.sortedIndex { $0.last < place }
        guard range < ranges.count else { return count }
        return starts[range] + Int(max(0, place - ranges[range].first))
    }

    /// The places of the characters at some positions.
    func places(at positions: Range<Int>) -> [PlaceRange] {
        guard let first = place(at: positions.lowerBound),
            let last = place(at: positions.upperBound - 1), !positions.isEmpty
        else { return [] }
        return ranges.clipped(to: PlaceRange(first: first, last: last))
    }
}

// Sets of places as ranges, ascending and apart.
extension [PlaceRange] {
    /// How many places there are.
    var placeCount: Int { reduce(0) { $0 + Int($1.last - $1.first) + 1 } }

    /// What lies in a range.
    func clipped(to range: PlaceRange) -> Self {
        var result: Self = []
        var index = sortedIndex { $0.last < range.first }
        while index < count, self[index].first <= range.last {
            result.append(
                first: Swift.max(self[index].first, range.first),
                last: Swift.min(self[index].last, range.last)
            )
            index += 1
        }
        return result
    }

    func union(_ other: Self) -> Self {
        var result: Self = []
        var (one, two) = (0, 0)
        while one < count || two < other.count {
            let next: PlaceRange
            if two == other.count || one < count && self[one].first <= other[two].first {
                next = self[one]
                one += 1
            } else {
                next = other[two]
                two += 1
            }
            if let last = result.last, next.first <= last.last + 1 {
                result[result.count - 1].last = Swift.max(last.last, next.last)
            } else {
                result.append(next)
            }
        }
        return result
    }

    func subtracting(_ other: Self) -> Self {
        guard !other.isEmpty else { return self }
        var result: Self = []
        var two = 0
        for range in self {
            var first = range.first
            while two < other.count, other[two].last < first { two += 1 }
            var index = two
            while index < other.count, other[index].first <= range.last {
                if other[index].first > first {
                    result.append(PlaceRange(first: first, last: other[index].first - 1))
                }
                first = other[index].last + 1
                index += 1
            }
            if first <= range.last { result.append(PlaceRange(first: first, last: range.last)) }
        }
        return result
    }

    func intersection(_ other: Self) -> Self { subtracting(subtracting(other)) }
}
