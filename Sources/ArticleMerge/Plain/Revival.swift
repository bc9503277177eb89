/// The characters that one operation revives: by change, ranges of offsets, sorted and disjoint.
struct Revival {
    private var ranges: [Int32: [Range<UInt32>]] = [:]
    /// The number of characters, each counted once.
    private(set) var count: UInt64 = 0

    init(_ characters: [(change: Int32, range: Range<UInt32>)]) {
        for (change, range) in characters { ranges[change, default: []].append(range) }
        for (change, unsorted) in ranges {
            var joined: [Range<UInt32>] = []
            for range in unsorted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = joined.last, range.lowerBound <= last.upperBound {
                    let end = max(last.upperBound, range.upperBound)
                    joined[joined.count - 1] = last.lowerBound..<end
                } else {
                    joined.append(range)
                }
            }
            ranges[change] = joined
            for range in joined { count += UInt64(range.count) }
        }
    }

    /// The parts of a span, as counted from its start, that are to be revived, in order.
    func parts(of span: ItemSpan) -> [Range<UInt32>] {
        guard let ranges = ranges[span.change] else { return [] }
        let end = span.offset + span.count
        let start = ranges.sortedIndex(notBefore: { $0.upperBound <= span.offset })
        var parts: [Range<UInt32>] = []
        for range in ranges[start...] {
            guard range.lowerBound < end else { break }
            let first = max(range.lowerBound, span.offset)
            let last = min(range.upperBound, end)
            parts.append(first - span.offset..<last - span.offset)
        }
        return parts
    }
}
