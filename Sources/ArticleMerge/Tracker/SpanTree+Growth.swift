extension SpanTree {
    /// Puts a span at a place and gives where it is then.
    @discardableResult
    mutating func insert(_ span: TrackedSpan, at place: Place) -> Place {
        let place = makeRoom(at: place)
        index.set(span.first, leaf: place.leaf)
        self[place] = span
        add(visible: Int(span.visibleCount), end: Int(span.endCount), above: place.leaf)
        return place
    }

    /// Cuts the span at `place` after `length` of its characters; `place` stays at the first part.
    mutating func cut(_ place: inout Place, after length: UInt32) {
        let rest = self[place].cut(after: length)
        // The lengths above stay right only if nothing is split meanwhile, so both parts are taken
        // off and the second is put back as a new span.
        add(visible: -Int(rest.visibleCount), end: -Int(rest.endCount), above: place.leaf)
        let first = self[place].first
        let put = insert(rest, at: Place(leaf: place.leaf, index: place.index + 1))
        if put.leaf == place.leaf {
            place.index = put.index - 1
        } else if put.index > 0 {
            place = Place(leaf: put.leaf, index: put.index - 1)
        }
        assert(self[place].first == first)
    }

    /// Moves what is in the way, splitting the leaf where it is full.
    private mutating func makeRoom(at place: Place) -> Place {
        var place = place
        if leaves[place.leaf].count == Self.leafSize {
            // Who writes on at the end leaves full leaves behind.
            let kept =
                place.index == Self.leafSize && leaves[place.leaf].next < 0
                ? Self.leafSize - 4 : Self.leafSize / 2
            let new = split(place.leaf, keeping: kept)
            if place.index > kept { place = Place(leaf: new, index: place.index - kept) }
        }
        let slot = place.leaf * Self.leafSize + place.index
        spans.move(from: slot, to: slot + 1, count: leaves[place.leaf].count - place.index)
        leaves[place.leaf].count += 1
        return place
    }

    private mutating func split(_ leaf: Int, keeping kept: Int) -> Int {
        let new = addLeaf()
        let moved = leaves[leaf].count - kept
        spans.move(from: leaf * Self.leafSize + kept, to: new * Self.leafSize, count: moved)
        leaves[new].count = moved
        leaves[leaf].count = kept
        leaves[new].next = leaves[leaf].next
        leaves[leaf].next = new
        var visible: UInt32 = 0
        var end: UInt32 = 0
        for slot in new * Self.leafSize..<new * Self.leafSize + moved {
            let span = spans[slot]
            index.set(span.first, leaf: new)
            visible += span.visibleCount
            end += span.endCount
        }
        leaves[new].parent = link(new, after: leaf, leaves[leaf].parent, (visible, end), true)
        if leaves[leaf].parent < 0 { leaves[leaf].parent = root }
        // The new node's parent may have become another while parents were split.
        return new
    }

    /// Enters a new node beside the one it was split from, and gives its parent.
    private mutating func link(
        _ new: Int,
        after old: Int,
        _ parent: Int,
        _ lengths: (visible: UInt32, end: UInt32),
        _ isLeaf: Bool
    ) -> Int {
        guard parent >= 0 else {
            var top = Inner()
            top.hasLeaves = isLeaf
            top.count = 2
            top.children[0] = UInt32(old)
            top.children[1] = UInt32(new)
            top.visible[0] = UInt32(visibleCount) - lengths.visible
            top.end[0] = UInt32(endCount) - lengths.end
            top.visible[1] = lengths.visible
            top.end[1] = lengths.end
            root = inners.append(top)
            return root
        }
        var parent = parent
        if inners[parent].count == Self.fanOut {
            let other = splitInner(parent)
            let isMoved = isLeaf ? leaves[old].parent == other : inners[old].parent == other
            if isMoved { parent = other }
        }
        var rank = 0
        while inners[parent].children[rank] != UInt32(old) { rank += 1 }
        inners[parent].visible[rank] -= lengths.visible
        inners[parent].end[rank] -= lengths.end
        var last = inners[parent].count
        while last > rank + 1 {
            inners[parent].children[last] = inners[parent].children[last - 1]
            inners[parent].visible[last] = inners[parent].visible[last - 1]
            inners[parent].end[last] = inners[parent].end[last - 1]
            last -= 1
        }
        inners[parent].children[last] = UInt32(new)
        inners[parent].visible[last] = lengths.visible
        inners[parent].end[last] = lengths.end
        inners[parent].count += 1
        return parent
    }

    private mutating func splitInner(_ node: Int) -> Int {
        let kept = Self.fanOut / 2
        var other = Inner()
        other.hasLeaves = inners[node].hasLeaves
        var visible: UInt32 = 0
        var end: UInt32 = 0
        for rank in kept..<Self.fanOut {
            other.children[rank - kept] = inners[node].children[rank]
            other.visible[rank - kept] = inners[node].visible[rank]
            other.end[rank - kept] = inners[node].end[rank]
            visible += inners[node].visible[rank]
            end += inners[node].end[rank]
        }
        other.count = Self.fanOut - kept
        inners[node].count = kept
        let new = inners.append(other)
        for rank in 0..<other.count {
            let child = Int(other.children[rank])
            if other.hasLeaves { leaves[child].parent = new } else { inners[child].parent = new }
        }
        let parent = link(new, after: node, inners[node].parent, (visible, end), false)
        inners[new].parent = parent
        if inners[node].parent < 0 { inners[node].parent = root }
        return new
    }
}
