extension SpanTree {
    /// Makes one more slot, to be filled by ``copySlot(_:to:)``, and gives its number; nil where
    /// there may be no more.
    mutating func addSlot() -> Int? {
        guard slotCount < Self.slotLimit else { return nil }
        if slotCount == 1 << slotShift { doubleSlots() }
        visibleCounts[slotCount] = 0
        slotCount += 1
        return slotCount - 1
    }

    /// Makes the version of one slot that of another one too.
    ///
    /// O(n), though but a few bytes for each span.
    mutating func copySlot(_ source: Int, to target: Int) {
        for leaf in 0..<leaves.count {
            states.move(
                from: stateRow(leaf, source),
                to: stateRow(leaf, target),
                count: Self.leafSize
            )
        }
        for node in 0..<inners.count {
            visible.move(
                from: visibleRow(node, source),
                to: visibleRow(node, target),
                count: Self.fanOut
            )
        }
        visibleCounts[target] = visibleCounts[source]
    }

    private mutating func doubleSlots() {
        let stateCount = Self.leafSize << slotShift
        var newStates = Arena<TrackedSpan.State>(capacity: leaves.count * stateCount * 2)
        _ = newStates.append(repeating: .absent, count: leaves.count * stateCount * 2)
        for leaf in 0..<leaves.count {
            newStates.copy(
                from: states,
                leaf * stateCount,
                to: leaf * stateCount * 2,
                count: stateCount
            )
        }
        states = newStates
        let linkCount = Self.fanOut << slotShift
        var newVisible = Arena<UInt32>(capacity: inners.count * linkCount * 2)
        _ = newVisible.append(repeating: 0, count: inners.count * linkCount * 2)
        for node in 0..<inners.count {
            newVisible.copy(
                from: visible,
                node * linkCount,
                to: node * linkCount * 2,
                count: linkCount
            )
        }
        visible = newVisible
        slotShift += 1
    }
}
