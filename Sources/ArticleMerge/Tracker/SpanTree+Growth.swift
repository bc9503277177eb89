extension SpanTree {
    /// Puts a span at a place, for the slots other than that of the version walked as one that is
    /// not inserted, and gives where it is then.
    @discardableResult
    mutating func insert(_ span: TrackedSpan, at place: Place) -> Place {
        var place = place
        if leaves[place.leaf].count == Self.leafSize {
            // Who writes on at the end leaves full leaves behind.
            let kept =
                place.index == Self.leafSize && leaves[place.leaf].next < 0
                ? Self.leafSize - 4 : Self.leafSize / 2
            let new = split(place.leaf, keeping: kept)
            if place.index > kept { place = Place(leaf: new, index: place.index - kept) }
        }
        makeRoom(at: place)
        for other in 0..<slotCount { states[stateRow(place.leaf, other) + place.index] = .absent }
        self[place] = span
        index.set(span.first, leaf: place.leaf)
        add(visible: Int(span.visibleCount), end: Int(span.endCount), above: place.leaf)
        return place
    }

    /// Cuts the span at `place` after `length` of its characters; `place` stays at the first part,
    /// and the second is next to it in the same leaf.
    mutating func cut(_ place: inout Place, after length: UInt32) {
        if leaves[place.leaf].count == Self.leafSize {
            let kept = Self.leafSize / 2
            let new = split(place.leaf, keeping: kept)
            if place.index >= kept { place = Place(leaf: new, index: place.index - kept) }
        }
        let rest = Place(leaf: place.leaf, index: place.index + 1)
        makeRoom(at: rest)
        for other in 0..<slotCount {
            let state = stateRow(place.leaf, other) + place.index
            states[state + 1] = states[state]
        }
        let span = place.leaf * Self.leafSize + place.index
        let first = firsts[span] + length
        firsts[span + 1] = first
        counts[span + 1] = counts[span] - length
        counts[span] = length
        lasting[span + 1] = lasting[span]
        lasting[span + 1].leftOrigin = first - 1
        index.set(first, leaf: place.leaf)
    }

    /// Moves what follows a place in a leaf that is not full.
    private mutating func makeRoom(at place: Place) {
        let span = place.leaf * Self.leafSize + place.index
        let moved = Int(leaves[place.leaf].count) - place.index
        leaves[place.leaf].count += 1
        guard moved > 0 else { return }
        firsts.move(from: span, to: span + 1, count: moved)
        counts.move(from: span, to: span + 1, count: moved)
        lasting.move(from: span, to: span + 1, count: moved)
        for slot in 0..<slotCount {
            let state = stateRow(place.leaf, slot) + place.index
            states.move(from: state, to: state + 1, count: moved)
        }
    }

    private mutating func split(_ leaf: Int, keeping kept: Int) -> Int {
        let new = addLeaf()
        let moved = Int(leaves[leaf].count) - kept
        let from = leaf * Self.leafSize + kept
        let to = new * Self.leafSize
        firsts.move(from: from, to: to, count: moved)
        counts.move(from: from, to: to, count: moved)
        lasting.move(from: from, to: to, count: moved)
        leaves[new].count = Int32(moved)
        leaves[leaf].count = Int32(kept)
        leaves[new].next = leaves[leaf].next
        leaves[leaf].next = Int32(new)
        var end: UInt32 = 0
        for span in to..<to + moved {
            index.set(firsts[span], leaf: new)
            end += lasting[span].isVisibleAtEnd ? counts[span] : 0
        }
        var visible = SlotCounts(repeating: 0)
        for slot in 0..<slotCount {
            let row = stateRow(new, slot)
            states.move(from: stateRow(leaf, slot) + kept, to: row, count: moved)
            var sum: UInt32 = 0
            for rank in 0..<moved where states[row + rank].isVisible { sum += counts[to + rank] }
            visible[slot] = sum
        }
        link(new, after: leaf, visible, end, isLeaf: true)
        return new
    }

    /// Enters a new node right of the one it was split from, into the same parent.
    private mutating func link(
        _ new: Int,
        after old: Int,
        _ lengths: borrowing SlotCounts,
        _ end: UInt32,
        isLeaf: Bool
    ) {
        var parent = Int(isLeaf ? leaves[old].parent : inners[old].parent)
        if parent < 0 {
            parent = addInner(hasLeaves: isLeaf)
            root = parent
            enter(old, into: parent, at: 0, isLeaf: isLeaf)
            ends[parent * Self.fanOut] = UInt32(endCount)
            for slot in 0..<slotCount { visible[visibleRow(parent, slot)] = visibleCounts[slot] }
            inners[parent].count = 1
        } else if inners[parent].count == Self.fanOut {
            splitInner(parent)
            parent = Int(isLeaf ? leaves[old].parent : inners[old].parent)
        }
        let rank = Int(isLeaf ? leaves[old].rank : inners[old].rank)
        let links = parent * Self.fanOut
        let moved = Int(inners[parent].count) - rank - 1
        children.move(from: links + rank + 1, to: links + rank + 2, count: moved)
        ends.move(from: links + rank + 1, to: links + rank + 2, count: moved)
        ends[links + rank] -= end
        ends[links + rank + 1] = end
        for slot in 0..<slotCount {
            let row = visibleRow(parent, slot) + rank
            visible.move(from: row + 1, to: row + 2, count: moved)
            visible[row] -= lengths[slot]
            visible[row + 1] = lengths[slot]
        }
        inners[parent].count += 1
        enter(new, into: parent, at: rank + 1, isLeaf: isLeaf)
        for later in rank + 2..<rank + 2 + moved {
            enter(Int(children[links + later]), into: parent, at: later, isLeaf: isLeaf)
        }
    }

    private mutating func enter(_ child: Int, into parent: Int, at rank: Int, isLeaf: Bool) {
        children[parent * Self.fanOut + rank] = UInt32(child)
        if isLeaf {
            leaves[child].parent = Int32(parent)
            leaves[child].rank = Int32(rank)
        } else {
            inners[child].parent = Int32(parent)
            inners[child].rank = Int32(rank)
        }
    }

    private mutating func splitInner(_ node: Int) {
        let kept = Self.fanOut / 2
        let moved = Self.fanOut - kept
        let isLeaf = inners[node].hasLeaves
        let new = addInner(hasLeaves: isLeaf)
        let links = new * Self.fanOut
        children.move(from: node * Self.fanOut + kept, to: links, count: moved)
        ends.move(from: node * Self.fanOut + kept, to: links, count: moved)
        inners[node].count = Int32(kept)
        inners[new].count = Int32(moved)
        var end: UInt32 = 0
        for rank in 0..<moved {
            end += ends[links + rank]
            enter(Int(children[links + rank]), into: new, at: rank, isLeaf: isLeaf)
        }
        var lengths = SlotCounts(repeating: 0)
        for slot in 0..<slotCount {
            let row = visibleRow(new, slot)
            visible.move(from: visibleRow(node, slot) + kept, to: row, count: moved)
            for rank in 0..<moved { lengths[slot] += visible[row + rank] }
        }
        link(new, after: node, lengths, end, isLeaf: false)
    }
}
