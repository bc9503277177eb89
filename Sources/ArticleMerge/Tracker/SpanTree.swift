/// The spans of a text in merged order, found by position or by character in O(log n).
///
/// A B-tree in flat memory whose links are indexes. Each link to a child has two lengths beside it:
/// the characters visible at the version walked, and those visible at the end.
///
/// Invariants:
/// 1. Every leaf but a lone first one holds at least one span.
/// 2. The lengths beside a link are the sums over what is below it.
/// 3. `index` names the leaf of every span.
struct SpanTree: ~Copyable {
    static let leafSize = 32
    static let fanOut = 16

    /// A place between spans, or at one: `index` may be the number of spans in the leaf.
    struct Place: Equatable {
        var leaf: Int
        var index: Int
    }

    struct Leaf: BitwiseCopyable {
        var count = 0
        var parent = -1
        var next = -1
    }

    struct Inner: BitwiseCopyable {
        var count = 0
        var parent = -1
        var hasLeaves = true
        var children: [16 of UInt32] = .init(repeating: 0)
        var visible: [16 of UInt32] = .init(repeating: 0)
        var end: [16 of UInt32] = .init(repeating: 0)
    }

    var spans = Arena<TrackedSpan>(capacity: leafSize)
    var leaves = Arena<Leaf>(capacity: 1)
    var inners = Arena<Inner>(capacity: 1)
    var index = CharacterIndex()
    /// The topmost inner node; -1 while there is one leaf alone.
    var root = -1
    private static let blank = TrackedSpan(
        first: 0,
        count: 1,
        leftOrigin: 0,
        rightParent: 0,
        change: 0
    )
    /// The characters visible at the version walked.
    private(set) var visibleCount = 0
    /// The characters visible at the end.
    private(set) var endCount = 0

    init() { _ = addLeaf() }

    var byteCount: Int {
        spans.byteCount + leaves.byteCount + inners.byteCount + index.byteCount
    }

    mutating func removeAll() {
        spans.removeAll()
        leaves.removeAll()
        inners.removeAll()
        index.removeAll()
        root = -1
        visibleCount = 0
        endCount = 0
        _ = addLeaf()
    }

    mutating func addLeaf() -> Int {
        _ = spans.append(repeating: Self.blank, count: Self.leafSize)
        return leaves.append(Leaf())
    }

    @inline(__always)
    subscript(place: Place) -> TrackedSpan {
        get { spans[place.leaf * Self.leafSize + place.index] }
        _modify { yield &spans[place.leaf * Self.leafSize + place.index] }
    }

    /// Steps over the end of a leaf; false at the end of the text.
    @inline(__always)
    func settle(_ place: inout Place) -> Bool {
        while place.index >= leaves[place.leaf].count {
            guard leaves[place.leaf].next >= 0 else { return false }
            place = Place(leaf: leaves[place.leaf].next, index: 0)
        }
        return true
    }

    /// The span that holds the visible character numbered `position`, how far into it that is, and
    /// the number of characters visible at the end that stand before the span.
    ///
    /// `position` is below `visibleCount`.
    func find(_ position: Int) -> (place: Place, offset: UInt32, endBefore: Int) {
        precondition(position >= 0 && position < visibleCount)
        var rest = UInt32(position)
        var endBefore = 0
        var leaf = 0
        if root >= 0 {
            var node = root
            while true {
                var child = 0
                while rest >= inners[node].visible[child] {
                    rest -= inners[node].visible[child]
                    endBefore += Int(inners[node].end[child])
                    child += 1
                }
                let down = Int(inners[node].children[child])
                if inners[node].hasLeaves {
                    leaf = down
                    break
                }
                node = down
            }
        }
        var slot = leaf * Self.leafSize
        while true {
            let span = spans[slot]
            let count = span.visibleCount
            if rest < count { break }
            rest -= count
            endBefore += Int(span.endCount)
            slot += 1
        }
        return (Place(leaf: leaf, index: slot - leaf * Self.leafSize), rest, endBefore)
    }

    /// Where the span that holds `character` is, and how far into it that is.
    func locate(_ character: UInt32) -> (place: Place, offset: UInt32)? {
        guard let leaf = index.leaf(of: character) else { return nil }
        for index in 0..<leaves[leaf].count {
            let span = spans[leaf * Self.leafSize + index]
            if character >= span.first, character - span.first < span.count {
                return (Place(leaf: leaf, index: index), character - span.first)
            }
        }
        return nil
    }

    /// Where the span is that begins with `character`; looked for in the leaf `hint` first.
    func locate(_ character: UInt32, near hint: Int) -> Place? {
        let start = hint * Self.leafSize
        for slot in start..<start + leaves[hint].count where spans[slot].first == character {
            return Place(leaf: hint, index: slot - start)
        }
        return locate(character)?.place
    }

    /// The characters before a place, at the version walked and at the end.
    func counts(before place: Place) -> (visible: Int, end: Int) {
        var visible = 0
        var end = 0
        for index in 0..<place.index {
            let span = spans[place.leaf * Self.leafSize + index]
            visible += Int(span.visibleCount)
            end += Int(span.endCount)
        }
        var child = UInt32(place.leaf)
        var node = leaves[place.leaf].parent
        while node >= 0 {
            var rank = 0
            while inners[node].children[rank] != child {
                visible += Int(inners[node].visible[rank])
                end += Int(inners[node].end[rank])
                rank += 1
            }
            child = UInt32(node)
            node = inners[node].parent
        }
        return (visible, end)
    }

    /// Whether the first character stands left of the second; both are in the tree.
    func isOrdered(_ first: UInt32, _ second: UInt32) -> Bool {
        guard let left = locate(first), let right = locate(second) else { return false }
        if left.place.leaf == right.place.leaf {
            return left.place.index == right.place.index
                ? left.offset < right.offset : left.place.index < right.place.index
        }
        var one = UInt32(left.place.leaf)
        var other = UInt32(right.place.leaf)
        var above = leaves[left.place.leaf].parent
        var aboveOther = leaves[right.place.leaf].parent
        while above != aboveOther {
            one = UInt32(above)
            other = UInt32(aboveOther)
            above = inners[above].parent
            aboveOther = inners[aboveOther].parent
        }
        for rank in 0..<inners[above].count {
            let child = inners[above].children[rank]
            if child == one { return true }
            if child == other { return false }
        }
        return false
    }

    /// Adds to the lengths above a leaf what its spans gained.
    @inline(__always)
    mutating func add(visible: Int, end: Int, above leaf: Int) {
        guard visible != 0 || end != 0 else { return }
        visibleCount += visible
        endCount += end
        let moreVisible = UInt32(truncatingIfNeeded: visible)
        let moreEnd = UInt32(truncatingIfNeeded: end)
        var child = UInt32(leaf)
        var node = leaves[leaf].parent
        while node >= 0 {
            var rank = 0
            while inners[node].children[rank] != child { rank += 1 }
            inners[node].visible[rank] &+= moreVisible
            inners[node].end[rank] &+= moreEnd
            child = UInt32(node)
            node = inners[node].parent
        }
    }
}
