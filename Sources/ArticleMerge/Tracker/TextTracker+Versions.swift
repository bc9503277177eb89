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
        var gain = Gain()
        for range in Int(deed.firstInserted)..<Int(deed.insertedEnd) {
            let inserted = insertedRanges[range]
            _ = forEachSpan(inserted.first, inserted.end, near: Int(inserted.leaf), &gain) {
                tracker,
                span,
                _,
                gain in
                if tracker.tree.lasting[span].isVisibleAtEnd {
                    gain.end -= Int(tracker.tree.counts[span])
                }
                tracker.tree.lasting[span].isVisibleAtEnd = false
            }
        }
        for index in Int(deed.firstFate)..<Int(deed.fatesEnd) {
            let fate = fates[index]
            _ = forEachSpan(fate.first, fate.first + fate.count, near: Int(fate.leaf), &gain) {
                tracker,
                span,
                state,
                gain in
                let wasVisible = tracker.tree.states[state].isVisible
                tracker.judge(span, state, &gain)
                let isVisible = tracker.tree.states[state].isVisible
                gain.note(wasVisible, isVisible, tracker.tree.counts[span])
            }
        }
        tree.add(visible: gain.visible, end: gain.end, above: gain.leaf)
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
        var gain = Gain()
        for index in Int(deed.firstInserted)..<Int(deed.insertedEnd) {
            let range = insertedRanges[index]
            let leaf = forEachSpan(range.first, range.end, near: Int(range.leaf), &gain) {
                tracker,
                span,
                state,
                gain in
                let wasVisible = tracker.tree.states[state].isVisible
                tracker.tree.states[state].setInserted(isApplied)
                let isVisible = tracker.tree.states[state].isVisible
                gain.note(wasVisible, isVisible, tracker.tree.counts[span])
            }
            if leaf != Int(range.leaf) { insertedRanges[index].leaf = UInt32(leaf) }
        }
        for index in Int(deed.firstFate)..<Int(deed.fatesEnd) {
            let fate = fates[index]
            let leaf = forEachSpan(fate.first, fate.first + fate.count, near: Int(fate.leaf), &gain)
            { tracker, span, state, gain in
                let wasVisible = tracker.tree.states[state].isVisible
                if fate.isRevival || tracker.tree.lasting[span].isJudgedByFates
                    || !tracker.tree.states[state].countDeletion(isApplied)
                {
                    tracker.judge(span, state, &gain)
                }
                let isVisible = tracker.tree.states[state].isVisible
                gain.note(wasVisible, isVisible, tracker.tree.counts[span])
            }
            if leaf != Int(fate.leaf) { fates[index].leaf = UInt32(leaf) }
        }
        tree.add(visible: gain.visible, end: gain.end, above: gain.leaf)
    }

    /// The same as ``judge(_:)``, and notes what that adds at the end.
    private mutating func judge(_ span: Int, _ state: Int, _ gain: inout Gain) {
        let wasAtEnd = tree.lasting[span].isVisibleAtEnd
        judge(SpanTree.Place(leaf: gain.leaf, index: span - gain.leaf * SpanTree.leafSize))
        let isAtEnd = tree.lasting[span].isVisibleAtEnd
        if isAtEnd != wasAtEnd {
            gain.end += isAtEnd ? Int(tree.counts[span]) : -Int(tree.counts[span])
        }
    }

    /// Calls `alter` with each span of some characters, which make up whole spans, by where the
    /// span and its state are in their arenas; gives the leaf of the first.
    ///
    /// What the spans of a leaf gain is added to the lengths above when another leaf is come to.
    @inline(__always)
    private mutating func forEachSpan(
        _ first: UInt32,
        _ end: UInt32,
        near hint: Int,
        _ gain: inout Gain,
        _ alter: (inout TextTracker, _ span: Int, _ state: Int, inout Gain) -> Void
    ) -> Int {
        var next = first
        var firstLeaf = hint
        var leaf = hint
        while next < end, let found = tree.locate(next, near: leaf) {
            leaf = found.leaf
            if next == first { firstLeaf = leaf }
            if leaf != gain.leaf {
                tree.add(visible: gain.visible, end: gain.end, above: gain.leaf)
                gain = Gain(leaf: leaf)
            }
            let start = leaf * SpanTree.leafSize
            let toState = tree.stateRow(leaf, tree.slot) - start
            let spanEnd = start + Int(tree.leaves[leaf].count)
            var span = start + found.index
            repeat {
                alter(&self, span, span + toState, &gain)
                next += tree.counts[span]
                span += 1
            } while span < spanEnd && next < end && tree.firsts[span] == next
        }
        return firstLeaf
    }
}

/// What the spans of one leaf gained that is not yet in the lengths above.
private struct Gain {
    var leaf = 0
    var visible = 0
    var end = 0

    @inline(__always)
    mutating func note(_ wasVisible: Bool, _ isVisible: Bool, _ count: UInt32) {
        if wasVisible != isVisible { visible += isVisible ? Int(count) : -Int(count) }
    }
}
