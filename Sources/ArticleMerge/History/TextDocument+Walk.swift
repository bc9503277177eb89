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
        if nodes.count == 1 { return Int(lengths[nodes[0]]) }
        try history.begin(parents: nodes, agent: 0, sequence: 0)
        defer { history.removeLast() }
        let number = history.count - 1
        let node = history.node(number)
        if followsHeads(node) { return text.scalarCount }
        _ = walk(toParentsOf: node, number)
        return tracker.count
    }

    /// Does what a node says where the walk stands, and to the text if the tracker keeps edits.
    mutating func applyToTracker(_ number: Int, _ node: TextHistory.Node) {
        Self.apply(number, node, of: history, to: &tracker, &text)
        slots.stand(at: number)
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
        let nearest = findNearestSlot(toParentsOf: node)
        let slot = isWorthSlot() ? copy(nearest) : nearest
        slots.use(slot)
        tracker.walk(in: slot)
        tracker.move(retreat: difference.retreat, advance: difference.advance)
        if node.parents.count == 1, let parent = node.parents.first {
            slots.stand(at: Int(history.parents[parent]))
        } else {
            slots.stand(atSeveral: node.parents.map { Int(history.parents[$0]) })
        }
    }

    /// Whether taking back what `difference` says, and adding it again later, takes longer than
    /// copying a slot.
    private func isWorthSlot() -> Bool {
        difference.retreat.count > 0
            && difference.weight > 4 + tracker.tree.leaves.count / 6 + tracker.deeds.count / 32
    }

    private mutating func copy(_ source: Int) -> Int {
        var target: Int?
        if slots.count < slotLimit, let added = tracker.addSlot() {
            slots.add()
            target = added
        } else {
            target = slots.stalest(but: source)
        }
        guard let target else { return source }
        tracker.copySlot(source, to: target)
        return target
    }

    /// Leaves in `difference` what lies between the slot it gives and a node's parents.
    ///
    /// Looks at the slots at a parent and those that stand next by number, and no further at one
    /// than another one is near.
    private mutating func findNearestSlot(toParentsOf node: TextHistory.Node) -> Int {
        guard slots.count > 1 else {
            _ = difference.find(from: slots.heads(of: 0), toParentsOf: node, in: history)
            return 0
        }
        let newest = node.parents.last.map { Int(history.parents[$0]) } ?? -1
        var best = -1
        var tried: UInt64 = 0
        for _ in 0..<min(Self.triedSlotMax, slots.count) {
            guard let slot = nextSlot(node, newest, but: tried) else { break }
            tried |= 1 << UInt64(slot)
            let isNearer = otherDifference.find(
                from: slots.heads(of: slot),
                toParentsOf: node,
                in: history,
                weightMax: best < 0 ? .max : difference.weight - 1
            )
            guard isNearer else { continue }
            best = slot
            swap(&difference, &otherDifference)
            if difference.weight <= Self.nearWeight { break }
        }
        return best
    }

    private static var triedSlotMax: Int { 5 }
    private static var nearWeight: Int { 4 }

    private func nextSlot(_ node: TextHistory.Node, _ newest: Int, but tried: UInt64) -> Int? {
        var best: Int?
        var bestDistance = Int.max
        for slot in 0..<slots.count where tried & 1 << UInt64(slot) == 0 {
            let head = slots.head(of: slot)
            var distance = abs(head - newest)
            for index in node.parents where Int(history.parents[index]) == head { distance = 0 }
            if distance < bestDistance {
                best = slot
                bestDistance = distance
            }
        }
        return best
    }
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
