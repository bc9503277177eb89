/// The spans of a text in merged order, found by position or by character in O(log n), for several
/// versions at once.
///
/// A B-tree in flat memory whose links are indexes. It holds several versions, called slots, one of
/// which is the version walked: each span has a state for each slot, one byte, and each link to a
/// child the number of characters visible below it for each slot, and at the end. Going to another
/// slot costs nothing; an insertion costs a little for each slot.
///
/// Invariants:
/// 1. Every leaf but a lone first one holds at least one span.
/// 2. The lengths beside a link are the sums over what is below it.
/// 3. `index` names the leaf of every span.
/// 4. A node's `rank` is its place among its parent's children.
struct SpanTree: ~Copyable {
    static let leafSize = 32
    static let fanOut = 16
    /// The slots there may be.
    static let slotLimit = 32

    /// A place between spans, or at one: `index` may be the number of spans in the leaf.
    struct Place: Equatable {
        var leaf: Int
        var index: Int
    }

    struct Node: BitwiseCopyable {
        var count: Int32 = 0
        var parent: Int32 = -1
        var rank: Int32 = 0
        /// The next leaf, for a leaf.
        var next: Int32 = -1
        /// Whether the children are leaves, for an inner node.
        var hasLeaves = true
    }

    typealias SlotCounts = InlineArray<32, UInt32>

    // By span: `leaf * leafSize + index`.
    var firsts = Arena<UInt32>(capacity: leafSize)
    var counts = Arena<UInt32>(capacity: leafSize)
    var lasting = Arena<TrackedSpan.Lasting>(capacity: leafSize)
    /// By leaf, slot and span.
    var states = Arena<TrackedSpan.State>(capacity: leafSize)
    var leaves = Arena<Node>(capacity: 1)

    // By inner node and rank.
    var inners = Arena<Node>(capacity: 1)
    var children = Arena<UInt32>(capacity: fanOut)
    var ends = Arena<UInt32>(capacity: fanOut)
    /// By inner node, slot and rank.
    var visible = Arena<UInt32>(capacity: fanOut)

    var index = CharacterIndex()
    /// The topmost inner node; -1 while there is one leaf alone.
    var root = -1
    /// There is room for so many slots, as a power of two.
    var slotShift = 0
    /// The slots in use.
    var slotCount = 1
    /// The slot of the version walked.
    var slot = 0
    /// By slot: the characters visible.
    var visibleCounts = SlotCounts(repeating: 0)
    /// The characters visible at the end.
    var endCount = 0

    private static let blank = TrackedSpan.Lasting(
        leftOrigin: 0,
        rightParent: 0,
        change: 0,
        fate: 0
    )

    init() { _ = addLeaf() }

    var byteCount: Int {
        firsts.byteCount + counts.byteCount + lasting.byteCount + states.byteCount
            + leaves.byteCount + inners.byteCount + children.byteCount + ends.byteCount
            + visible.byteCount + index.byteCount
    }

    /// The characters visible at the version walked.
    var visibleCount: Int { Int(visibleCounts[slot]) }

    /// Forgets all and goes back to one slot; memory is kept.
    mutating func removeAll() {
        // The first leaf stays: what is in it is not looked at.
        firsts.keep(Self.leafSize)
        counts.keep(Self.leafSize)
        lasting.keep(Self.leafSize)
        states.keep(Self.leafSize)
        leaves.keep(1)
        leaves[0] = Node()
        inners.removeAll()
        children.removeAll()
        ends.removeAll()
        visible.removeAll()
        index.removeAll()
        root = -1
        slotShift = 0
        slotCount = 1
        slot = 0
        visibleCounts[0] = 0
        endCount = 0
    }

    mutating func addLeaf() -> Int {
        _ = firsts.append(repeating: 0, count: Self.leafSize)
        _ = counts.append(repeating: 0, count: Self.leafSize)
        _ = lasting.append(repeating: Self.blank, count: Self.leafSize)
        _ = states.append(repeating: .absent, count: Self.leafSize << slotShift)
        return leaves.append(Node())
    }

    mutating func addInner(hasLeaves: Bool) -> Int {
        _ = children.append(repeating: 0, count: Self.fanOut)
        _ = ends.append(repeating: 0, count: Self.fanOut)
        _ = visible.append(repeating: 0, count: Self.fanOut << slotShift)
        return inners.append(Node(hasLeaves: hasLeaves))
    }

    /// Where the states of a leaf's spans begin for a slot.
    @inline(__always)
    func stateRow(_ leaf: Int, _ slot: Int) -> Int { (leaf << slotShift + slot) * Self.leafSize }

    /// Where the lengths beside an inner node's links begin for a slot.
    @inline(__always)
    func visibleRow(_ node: Int, _ slot: Int) -> Int { (node << slotShift + slot) * Self.fanOut }

    @inline(__always)
    subscript(place: Place) -> TrackedSpan {
        get {
            let span = place.leaf * Self.leafSize + place.index
            return TrackedSpan(
                first: firsts[span],
                count: counts[span],
                lasting: lasting[span],
                state: states[stateRow(place.leaf, slot) + place.index]
            )
        }
        set {
            let span = place.leaf * Self.leafSize + place.index
            firsts[span] = newValue.first
            counts[span] = newValue.count
            lasting[span] = newValue.lasting
            states[stateRow(place.leaf, slot) + place.index] = newValue.state
        }
    }

    /// Steps over the end of a leaf; false at the end of the text.
    @inline(__always)
    func settle(_ place: inout Place) -> Bool {
        while place.index >= Int(leaves[place.leaf].count) {
            guard leaves[place.leaf].next >= 0 else { return false }
            place = Place(leaf: Int(leaves[place.leaf].next), index: 0)
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
        var endBefore: UInt32 = 0
        var leaf = 0
        if root >= 0 {
            var node = root
            while true {
                let row = visibleRow(node, slot)
                let links = node * Self.fanOut
                var rank = 0
                while rest >= visible[row + rank] {
                    rest -= visible[row + rank]
                    endBefore &+= ends[links + rank]
                    rank += 1
                }
                let down = Int(children[links + rank])
                if inners[node].hasLeaves {
                    leaf = down
                    break
                }
                node = down
            }
        }
        let row = stateRow(leaf, slot)
        let start = leaf * Self.leafSize
        var rank = 0
        while true {
            let count = counts[start + rank]
            let visibleCount = states[row + rank].isVisible ? count : 0
            if rest < visibleCount { break }
            rest -= visibleCount
            endBefore &+= lasting[start + rank].isVisibleAtEnd ? count : 0
            rank += 1
        }
        return (Place(leaf: leaf, index: rank), rest, Int(endBefore))
    }

    /// Where the span that holds `character` is, and how far into it that is.
    func locate(_ character: UInt32) -> (place: Place, offset: UInt32)? {
        guard let leaf = index.leaf(of: character) else { return nil }
        let start = leaf * Self.leafSize
        for rank in 0..<Int(leaves[leaf].count)
        where character &- firsts[start + rank] < counts[start + rank] {
            return (Place(leaf: leaf, index: rank), character - firsts[start + rank])
        }
        return nil
    }

    /// Where the span is that begins with `character`; looked for first in the leaf `hint` and
    /// a few after it.
    @inline(__always)
    func locate(_ character: UInt32, near hint: Int) -> Place? {
        if let rank = firsts.offset(
            of: character,
            from: hint * Self.leafSize,
            count: Int(leaves[hint].count)
        ) {
            return Place(leaf: hint, index: rank)
        }
        return locate(character, after: hint)
    }

    private func locate(_ character: UInt32, after hint: Int) -> Place? {
        // A split moves spans to the next leaf, and what one run inserted stands in order.
        var leaf = hint
        for _ in 0..<3 {
            leaf = Int(leaves[leaf].next)
            guard leaf >= 0 else { break }
            if let rank = firsts.offset(
                of: character,
                from: leaf * Self.leafSize,
                count: Int(leaves[leaf].count)
            ) {
                return Place(leaf: leaf, index: rank)
            }
        }
        return locate(character)?.place
    }

    /// The characters visible before a place, at the version walked.
    func visibleCount(before place: Place) -> Int {
        var sum = 0
        for rank in 0..<place.index {
            sum += Int(self[Place(leaf: place.leaf, index: rank)].visibleCount)
        }
        var rank = Int(leaves[place.leaf].rank)
        var node = Int(leaves[place.leaf].parent)
        while node >= 0 {
            let row = visibleRow(node, slot)
            for other in 0..<rank { sum += Int(visible[row + other]) }
            rank = Int(inners[node].rank)
            node = Int(inners[node].parent)
        }
        return sum
    }

    /// Whether the first character stands left of the second; both are in the tree.
    func isOrdered(_ first: UInt32, _ second: UInt32) -> Bool {
        guard let left = locate(first), let right = locate(second) else { return false }
        if left.place.leaf == right.place.leaf {
            return left.place.index == right.place.index
                ? left.offset < right.offset : left.place.index < right.place.index
        }
        var one = leaves[left.place.leaf]
        var other = leaves[right.place.leaf]
        while one.parent != other.parent {
            one = inners[Int(one.parent)]
            other = inners[Int(other.parent)]
        }
        return one.rank < other.rank
    }

    /// Adds to the lengths above a leaf what its spans gained.
    @inline(__always)
    mutating func add(visible moreVisible: Int, end: Int, above leaf: Int) {
        if moreVisible != 0 {
            let more = UInt32(truncatingIfNeeded: moreVisible)
            visibleCounts[slot] &+= more
            var rank = Int(leaves[leaf].rank)
            var node = Int(leaves[leaf].parent)
            while node >= 0 {
                visible[visibleRow(node, slot) + rank] &+= more
                rank = Int(inners[node].rank)
                node = Int(inners[node].parent)
            }
        }
        if end != 0 {
            let more = UInt32(truncatingIfNeeded: end)
            endCount += end
            var rank = Int(leaves[leaf].rank)
            var node = Int(leaves[leaf].parent)
            while node >= 0 {
                ends[node * Self.fanOut + rank] &+= more
                rank = Int(inners[node].rank)
                node = Int(inners[node].parent)
            }
        }
    }
}
