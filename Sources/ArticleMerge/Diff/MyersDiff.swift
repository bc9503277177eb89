/// Which elements of two sequences of numbers a shortest edit keeps (Myers, linear space).
///
/// Where two stretches differ in more than `editCountMax` elements they are not compared further:
/// nothing of them is kept. So time is bounded by that count, not by the square of the length.
struct MyersDiff {
    private let old: [Int]
    private let new: [Int]
    private let editCountMax: Int
    /// The pairs of equal stretches that are kept, in order.
    private(set) var kept: [Kept] = []
    /// Whether everything was compared.
    private(set) var isComplete = true

    /// `count` elements kept, from `old` and `new` on.
    struct Kept: Equatable {
        var old: Int
        var new: Int
        var count: Int
    }

    init(_ old: [Int], _ new: [Int], editCountMax: Int) {
        self.old = old
        self.new = new
        self.editCountMax = editCountMax
        compare(0..<old.count, 0..<new.count)
    }

    private mutating func keep(_ old: Int, _ new: Int, _ count: Int) {
        guard count > 0 else { return }
        if let last = kept.last, last.old + last.count == old, last.new + last.count == new {
            kept[kept.count - 1].count += count
        } else {
            kept.append(Kept(old: old, new: new, count: count))
        }
    }

    private mutating func compare(_ oldRange: Range<Int>, _ newRange: Range<Int>) {
        var left = oldRange
        var right = newRange
        var prefix = 0
        while prefix < min(left.count, right.count),
            old[left.lowerBound + prefix] == new[right.lowerBound + prefix]
        { prefix += 1 }
        keep(left.lowerBound, right.lowerBound, prefix)
        left = left.lowerBound + prefix..<left.upperBound
        right = right.lowerBound + prefix..<right.upperBound
        var suffix = 0
        while suffix < min(left.count, right.count),
            old[left.upperBound - 1 - suffix] == new[right.upperBound - 1 - suffix]
        { suffix += 1 }
        left = left.lowerBound..<left.upperBound - suffix
        right = right.lowerBound..<right.upperBound - suffix
        if !left.isEmpty, !right.isEmpty {
            if let middle = middle(left, right) {
                compare(left.lowerBound..<middle.old, right.lowerBound..<middle.new)
                compare(middle.old..<left.upperBound, middle.new..<right.upperBound)
            } else {
                isComplete = false
            }
        }
        keep(left.upperBound, right.upperBound, suffix)
    }

    /// A point that a shortest edit goes through, about half way; nil where it is too long.
    ///
    /// Searches from both corners at once. `forward[k]` is the furthest old index reached on
    /// diagonal k (old index minus new index, from the first corner) with so many edits,
    /// `backward[k]` the same from the last corner, counted back from there.
    private func middle(_ left: Range<Int>, _ right: Range<Int>) -> (old: Int, new: Int)? {
        let width = left.count
        let height = right.count
        let delta = width - height
        let limit = min((width + height + 1) / 2, (editCountMax + 1) / 2)
        let origin = limit + 1
        var forward = [Int](repeating: 0, count: 2 * limit + 3)
        var backward = forward
        for edits in 0...limit {
            for diagonal in stride(from: -edits, through: edits, by: 2) {
                var x = Self.start(diagonal, edits, forward, origin)
                while x < width, x - diagonal < height, x - diagonal >= 0,
                    old[left.lowerBound + x] == new[right.lowerBound + x - diagonal]
                { x += 1 }
                forward[origin + diagonal] = x
                let other = delta - diagonal
                if !delta.isMultiple(of: 2), abs(other) < edits,
                    x + backward[origin + other] >= width, x <= width, x - diagonal <= height,
                    x - diagonal >= 0
                {
                    return (left.lowerBound + x, right.lowerBound + x - diagonal)
                }
            }
            for diagonal in stride(from: -edits, through: edits, by: 2) {
                var x = Self.start(diagonal, edits, backward, origin)
                while x < width, x - diagonal < height, x - diagonal >= 0,
                    old[left.upperBound - 1 - x] == new[right.upperBound - 1 - x + diagonal]
                { x += 1 }
                backward[origin + diagonal] = x
                let other = delta - diagonal
                if delta.isMultiple(of: 2), abs(other) <= edits,
                    x + forward[origin + other] >= width, x <= width, x - diagonal <= height,
                    x - diagonal >= 0
                {
                    return (left.upperBound - x, right.upperBound - x + diagonal)
                }
            }
        }
        return nil
    }

    private static func start(
        _ diagonal: Int,
        _ edits: Int,
        _ furthest: [Int],
        _ origin: Int
    ) -> Int {
        if edits == 0 { return 0 }
        let below = furthest[origin + diagonal + 1]
        let above = furthest[origin + diagonal - 1] + 1
        if diagonal == -edits { return below }
        if diagonal == edits { return above }
        return max(below, above)
    }
}
