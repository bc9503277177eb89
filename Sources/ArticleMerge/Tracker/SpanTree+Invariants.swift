extension SpanTree {
    /// Whether all that must always be so is so; for tests.
    ///
    /// O(n log n).
    var holdsInvariants: Bool {
        var sums = SlotCounts(repeating: 0)
        var end: UInt32 = 0
        let isSound =
            root < 0
            ? holdsInvariants(ofLeaf: 0, &sums, &end) : holdsInvariants(of: root, &sums, &end)
        guard isSound, Int(end) == endCount, slotCount <= 1 << slotShift else { return false }
        for slot in 0..<slotCount where sums[slot] != visibleCounts[slot] { return false }
        return true
    }

    private func holdsInvariants(
        of node: Int,
        _ sums: inout SlotCounts,
        _ end: inout UInt32
    ) -> Bool {
        guard inners[node].count > 1 else { return false }
        for rank in 0..<Int(inners[node].count) {
            let child = Int(children[node * Self.fanOut + rank])
            let below = inners[node].hasLeaves ? leaves[child] : inners[child]
            guard Int(below.parent) == node, Int(below.rank) == rank else { return false }
            var childSums = SlotCounts(repeating: 0)
            var childEnd: UInt32 = 0
            let isSound =
                inners[node].hasLeaves
                ? holdsInvariants(ofLeaf: child, &childSums, &childEnd)
                : holdsInvariants(of: child, &childSums, &childEnd)
            guard isSound, ends[node * Self.fanOut + rank] == childEnd else { return false }
            end += childEnd
            for slot in 0..<slotCount {
                guard visible[visibleRow(node, slot) + rank] == childSums[slot] else {
                    return false
                }
                sums[slot] += childSums[slot]
            }
        }
        return true
    }

    private func holdsInvariants(
        ofLeaf leaf: Int,
        _ sums: inout SlotCounts,
        _ end: inout UInt32
    ) -> Bool {
        guard leaves[leaf].count > 0 || root < 0 else { return false }
        for rank in 0..<Int(leaves[leaf].count) {
            let span = leaf * Self.leafSize + rank
            guard counts[span] > 0, index.leaf(of: firsts[span]) == leaf,
                index.leaf(of: firsts[span] + (counts[span] - 1)) == leaf
            else { return false }
            if lasting[span].isVisibleAtEnd { end += counts[span] }
            for slot in 0..<slotCount where states[stateRow(leaf, slot) + rank].isVisible {
                sums[slot] += counts[span]
            }
        }
        return true
    }
}
