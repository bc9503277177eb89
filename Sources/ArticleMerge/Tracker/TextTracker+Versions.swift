extension TextTracker {
    /// Takes back changes and adds others, to stand at another version.
    mutating func move(retreat: [Int], advance: [Int]) {
        for change in retreat { mark(change, false) }
        for change in advance { mark(change, true) }
        for change in retreat { turn(change, false) }
        for change in advance { turn(change, true) }
    }

    /// The same.
    mutating func move(retreat: borrowing Arena<Int>, advance: borrowing Arena<Int>) {
        for index in 0..<retreat.count { mark(retreat[index], false) }
        for index in 0..<advance.count { mark(advance[index], true) }
        for index in 0..<retreat.count { turn(retreat[index], false) }
        for index in 0..<advance.count { turn(advance[index], true) }
    }

    /// Goes to another slot, to stand where that does.
    mutating func walk(in slot: Int) { tree.slot = slot }

    /// Makes one more slot, which stands nowhere until it is copied to; nil where there may be no
    /// more.
    mutating func addSlot() -> Int? { tree.addSlot() }

    /// Makes a slot stand where another one does.
    ///
    /// O(n), though but a few bytes for each span.
    mutating func copySlot(_ source: Int, to target: Int) {
        tree.copySlot(source, to: target)
        for place in 0..<deeds.count {
            let applied = deeds[place].applied
            deeds[place].applied =
                applied & ~(1 << UInt32(target)) | (applied >> UInt32(source) & 1) << UInt32(target)
        }
    }

    /// Takes out for ever what the change, the last one applied, has done.
    mutating func erase(_ change: Int) {
        let place = change - firstChange
        guard place < deeds.count, isApplied(UInt32(change)) else { return }
        deeds[place].isVoid = true
        mark(change, false)
        turn(change, false)
        let deed = deeds[place]
        for range in Int(deed.firstInserted)..<Int(deed.insertedEnd) {
            let inserted = insertedRanges[range]
            forEachSpan(inserted.first, inserted.end, near: Int(inserted.leaf)) { tracker, place in
                tracker.tree[place].lasting.isVisibleAtEnd = false
            }
        }
        for index in Int(deed.firstFate)..<Int(deed.fatesEnd) {
            let fate = fates[index]
            forEachSpan(fate.first, fate.first + fate.count, near: Int(fate.leaf)) {
                tracker,
                place in
                tracker.judge(place)
            }
        }
    }

    private mutating func mark(_ change: Int, _ isApplied: Bool) {
        let place = change - firstChange
        guard place >= 0, place < deeds.count else { return }
        let bit: UInt32 = 1 << UInt32(tree.slot)
        if isApplied { deeds[place].applied |= bit } else { deeds[place].applied &= ~bit }
    }

    private mutating func turn(_ change: Int, _ isApplied: Bool) {
        let place = change - firstChange
        guard place >= 0, place < deeds.count else { return }
        let deed = deeds[place]
        for index in Int(deed.firstInserted)..<Int(deed.insertedEnd) {
            let range = insertedRanges[index]
            let leaf = forEachSpan(range.first, range.end, near: Int(range.leaf)) {
                tracker,
                place in
                let state = tracker.tree.stateRow(place.leaf, tracker.tree.slot) + place.index
                tracker.tree.states[state].setInserted(isApplied)
            }
            insertedRanges[index].leaf = UInt32(leaf)
        }
        for index in Int(deed.firstFate)..<Int(deed.fatesEnd) {
            let fate = fates[index]
            let isRevival = fate.isRevival
            let leaf = forEachSpan(fate.first, fate.first + fate.count, near: Int(fate.leaf)) {
                tracker,
                place in
                let span = place.leaf * SpanTree.leafSize + place.index
                let state = tracker.tree.stateRow(place.leaf, tracker.tree.slot) + place.index
                if isRevival || tracker.tree.lasting[span].isJudgedByFates
                    || !tracker.tree.states[state].countDeletion(isApplied)
                {
                    tracker.judge(place)
                }
            }
            fates[index].leaf = UInt32(leaf)
        }
    }

    /// Alters each span of some characters, which make up whole spans, and gives the leaf of the
    /// first.
    @inline(__always)
    @discardableResult
    private mutating func forEachSpan(
        _ first: UInt32,
        _ end: UInt32,
        near hint: Int,
        _ alter: (inout TextTracker, SpanTree.Place) -> Void
    ) -> Int {
        var next = first
        var firstLeaf = hint
        var leaf = hint
        while next < end, let found = tree.locate(next, near: leaf) {
            leaf = found.leaf
            if next == first { firstLeaf = leaf }
            var place = found
            var visible = 0
            var atEnd = 0
            let start = leaf * SpanTree.leafSize
            let row = tree.stateRow(leaf, tree.slot)
            let count = Int(tree.leaves[leaf].count)
            repeat {
                let length = tree.counts[start + place.index]
                let wasVisible = tree.states[row + place.index].isVisible
                let wasAtEnd = tree.lasting[start + place.index].isVisibleAtEnd
                alter(&self, place)
                let isVisible = tree.states[row + place.index].isVisible
                let isAtEnd = tree.lasting[start + place.index].isVisibleAtEnd
                if isVisible != wasVisible { visible += isVisible ? Int(length) : -Int(length) }
                if isAtEnd != wasAtEnd { atEnd += isAtEnd ? Int(length) : -Int(length) }
                next += length
                place.index += 1
            } while place.index < count && next < end && tree.firsts[start + place.index] == next
            tree.add(visible: visible, end: atEnd, above: leaf)
        }
        return firstLeaf
    }
}
