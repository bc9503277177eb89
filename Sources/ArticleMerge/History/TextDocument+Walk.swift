extension TextDocument {
    /// Brings the walk to where the last node's author stood, and says how many critical versions
    /// stay so.
    mutating func walk(toParentsOf node: TextHistory.Node, _ number: Int) -> Int {
        let newest = node.parents.isEmpty ? -1 : Int(history.parents[node.parents.upperBound - 1])
        let kept = criticals.sortedIndex(notBefore: { Int($0) <= newest })
        prepare(base: kept > 0 ? Int(criticals[kept - 1]) : -1, upTo: number)
        stand(atParentsOf: node)
        return kept
    }

    /// The number of scalars of the version that some nodes lead to.
    package mutating func scalarCount(after nodes: [Int]) throws(MergeError) -> Int {
        let nodes = try innerNumbers(nodes)
        if nodes.count == 1 { return Int(lengths[nodes[0]]) }
        try history.begin(parents: nodes, agent: 0, sequence: 0)
        defer { history.removeLast() }
        let number = history.count - 1
        let node = history.node(number)
        if followsHeads(node) { return text.scalarCount }
        _ = walk(toParentsOf: node, number)
        slots.stay(at: nodes)
        return tracker.count
    }

    /// Does what a node says where the walk stands, and to the text if the tracker keeps edits.
    mutating func applyToTracker(_ number: Int, _ node: TextHistory.Node) {
        Self.apply(number, node, of: history, to: &tracker, &text)
        slots.stand(at: number, adding: node.runs.count + 1)
        tracker.setWeight(slots.weight(of: slots.current), after: number)
    }

    private static func apply(
        _ number: Int,
        _ node: TextHistory.Node,
        of history: borrowing TextHistory,
        to tracker: inout TextTracker,
        _ text: inout TextRope
    ) {
        tracker.open(number)
        var character = node.firstCharacter
        for index in node.runs {
            let run = history.runs[index]
            if run.isDeletion {
                tracker.delete(at: Int(run.position), count: Int(run.count), by: number)
            } else {
                tracker.insert(
                    character,
                    count: run.count,
                    at: Int(run.position),
                    by: number,
                    history
                )
                character += run.count
            }
            guard tracker.keepsEdits else { continue }
            for place in 0..<tracker.edits.count {
                let edit = tracker.edits[place]
                if edit.deletedCount > 0 {
                    text.delete(at: edit.position, count: edit.deletedCount)
                } else {
                    text.insert(
                        history.text.span,
                        history.bytes(of: index),
                        scalars: edit.insertedCount,
                        at: edit.position
                    )
                }
            }
            tracker.edits.removeAll()
        }
    }

    /// Brings the tracker to where it knows all nodes below `end` but those before `base`.
    private mutating func prepare(base: Int, upTo end: Int) {
        // A walk that began before serves too, unless a later beginning leaves less to be done.
        if let walk, walk.base <= base, walk.next > base + 1 || walk.next == end,
            (end - base) * 8 > walk.next - walk.base
        {
            catchUp(to: end)
            return
        }
        restart(at: base)
        catchUp(to: end)
    }

    mutating func restart(at base: Int) {
        tracker.restart(
            baseCount: base < 0 ? 0 : Int(lengths[base]),
            firstChange: base + 1
        )
        walk = Walk(base: base, next: base + 1)
        slots.restart(at: base)
    }

    /// Shows the tracker the nodes it does not know, whose edits are in the text.
    private mutating func catchUp(to end: Int) {
        guard let next = walk?.next, next < end else { return }
        tracker.keepsEdits = false
        for number in next..<end {
            let node = history.node(number)
            stand(atParentsOf: node)
            applyToTracker(number, node)
        }
        walk?.next = end
    }
}

extension TextDocument {
    /// Goes to the version of a node's parents, in the slot from which that takes least.
    ///
    /// Where another branch stands in that slot it is left to that, and another slot begins as a
    /// copy: free, or the one not used for longest. So each branch that goes on has a slot that
    /// stands at its end, as long as there are no more of them than slots.
    mutating func stand(atParentsOf node: TextHistory.Node) {
        if node.parents.count <= 1 {
            let head = node.parents.first.map { Int(history.parents[$0]) } ?? -1
            if let slot = slots.slot(at: head) {
                slots.use(slot)
                tracker.walk(in: slot)
                return
            }
        }
        let nearest =
            (node.parents.count > 1 ? findSlot(atParentOf: node) : nil) ?? findSlot(near: node)
        let slot = isWorthSlot() ? copy(nearest) : nearest
        slots.use(slot)
        tracker.walk(in: slot)
        tracker.move(retreat: difference.retreat, advance: difference.advance)
        let weight = difference.weight - 2 * difference.retreatWeight
        if node.parents.count == 1, let parent = node.parents.first {
            slots.stand(at: Int(history.parents[parent]), adding: weight)
        } else {
            slots.standBeforeNode(adding: weight)
        }
    }

    /// Whether taking back what `difference` says, and adding it again later, takes longer than
    /// copying a slot.
    ///
    /// As measured: a leaf is copied in a fortieth of the time in which a run is taken back and
    /// added again.
    private func isWorthSlot() -> Bool {
        difference.retreat.count > 0
            && difference.weight > 4 + tracker.tree.leaves.count / 40 + tracker.deeds.count / 256
    }

    private mutating func copy(_ source: Int) -> Int {
        var target: Int?
        if slots.count >= min(slotLimit, Self.slotCountToReuse) {
            target = slots.stalest { $0 != source && !heads.contains(slots.head(of: $0)) }
        }
        if target == nil, slots.count < slotLimit, let added = tracker.addSlot() {
            slots.add()
            target = added
        }
        guard let target = target ?? slots.stalest(where: { $0 != source }) else { return source }
        tracker.copySlot(source, to: target)
        slots.copy(source, to: target)
        return target
    }

    /// Leaves in `difference` what lies between the slot it gives and a node's parents; nil where no
    /// slot stands at one of several parents.
    ///
    /// What such a slot has, the parents have too, so that nothing is to be taken back.
    private mutating func findSlot(atParentOf node: TextHistory.Node) -> Int? {
        var weightMax = 32
        while true {
            var isAny = false
            for index in node.parents {
                guard let slot = slots.slot(at: Int(history.parents[index])) else { continue }
                isAny = true
                if difference.findAdvance(
                    from: slot,
                    of: tracker,
                    to: node.parents,
                    in: history,
                    weightMax: weightMax
                ) {
                    return slot
                }
            }
            guard isAny else { return nil }
            weightMax *= 8
        }
    }

    /// The same for any node.
    private mutating func findSlot(near node: TextHistory.Node) -> Int {
        guard node.parents.count > 0 else {
            difference.find(from: slots.heads(of: 0), toParentsOf: node, in: history)
            return 0
        }
        let (slot, distance) = nearestSlot(to: node.parents.upperBound - 1)
        let isOneParent = node.parents.count == 1
        // What there is to be added is found; often that is all.
        if isOneParent, difference.weight == distance { return slot }
        difference.find(
            from: slots.heads(of: slot),
            toParentsOf: node,
            in: history,
            weightWanted: isOneParent ? distance : .max
        )
        return slot
    }

    /// The slot from which it is nearest to the version of the node at `place` among the parents,
    /// and what lies between weighs; what is to be added is left in `difference`.
    ///
    /// A slot that has the node weighs as much more as is to be taken back. Of another one, what is
    /// to be added tells what is to be taken back; that is found for a few, where they may be
    /// nearer.
    private mutating func nearestSlot(to place: Int) -> (slot: Int, distance: Int) {
        let node = Int(history.parents[place])
        let weight = tracker.weight(after: node)
        var best = -1
        var bestDistance = Int.max
        var tried: UInt64 = 0
        for slot in 0..<slots.count where tracker.has(node, in: slot) {
            tried |= 1 << UInt64(slot)
            let distance = slots.weight(of: slot) - weight
            if distance < bestDistance {
                best = slot
                bestDistance = distance
            }
        }
        var isFound = false
        for _ in 0..<Self.triedSlotMax {
            var next = -1
            var nextDistance = bestDistance
            for slot in 0..<slots.count where tried >> UInt64(slot) & 1 == 0 {
                let distance = abs(slots.weight(of: slot) - weight)
                if distance < nextDistance {
                    next = slot
                    nextDistance = distance
                }
            }
            guard next >= 0 else { break }
            tried |= 1 << UInt64(next)
            let more = slots.weight(of: next) - weight
            let isNearer = otherDifference.findAdvance(
                from: next,
                of: tracker,
                to: place..<place + 1,
                in: history,
                weightMax: bestDistance == .max ? .max : (bestDistance - 1 - more) / 2
            )
            guard isNearer else { continue }
            best = next
            bestDistance = 2 * otherDifference.weight + more
            swap(&difference, &otherDifference)
            isFound = true
        }
        if !isFound { difference.forget() }
        return (best, bestDistance)
    }

    private static var triedSlotMax: Int { 3 }
    /// From so many slots on, one that stands where a branch went on from is taken before another
    /// one is made.
    private static var slotCountToReuse: Int { 8 }
}

/// Ties among concurrent insertions are settled by agent and sequence.
extension TextHistory: InsertionOrder {
    func precedes(_ change: UInt32, _ other: UInt32) -> Bool {
        let left = Int(change)
        let right = Int(other)
        return agents[left] == agents[right]
            ? sequences[left] < sequences[right] : agents[left] < agents[right]
    }
}
