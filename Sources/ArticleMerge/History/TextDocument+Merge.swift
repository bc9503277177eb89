extension TextDocument {
    /// Merges the node that the history got last.
    mutating func mergeLast() throws(MergeError) {
        let number = history.count - 1
        let node = history.node(number)
        if followsHeads(node) {
            try Self.check(node.runs, of: history, text.scalarCount)
            Self.apply(node.runs, of: history, to: &text)
            lengths.append(UInt32(text.scalarCount))
            heads.removeAll(keepingCapacity: true)
        } else {
            let kept = walk(toParentsOf: node, number)
            try Self.check(node.runs, of: history, tracker.count)
            criticals.removeLast(criticals.count - kept)
            tracker.keepsEdits = true
            applyToTracker(number, node)
            lengths.append(UInt32(tracker.count))
            walk?.next = number + 1
            for index in node.parents {
                if let place = heads.firstIndex(of: Int(history.parents[index])) {
                    heads.remove(at: place)
                }
            }
        }
        heads.append(number)
        if heads.count == 1 { criticals.append(UInt32(number)) }
    }

    /// Brings the walk to where the last node's author stood, and says how many critical versions
    /// stay so.
    private mutating func walk(toParentsOf node: TextHistory.Node, _ number: Int) -> Int {
        let newest = node.parents.isEmpty ? -1 : Int(history.parents[node.parents.upperBound - 1])
        let kept = criticals.sortedIndex(notBefore: { Int($0) <= newest })
        prepare(base: kept > 0 ? Int(criticals[kept - 1]) : -1, upTo: number)
        move(toParentsOf: node)
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

    private func followsHeads(_ node: TextHistory.Node) -> Bool {
        guard node.parents.count == heads.count else { return false }
        for place in heads.indices
        where Int(history.parents[node.parents.lowerBound + place]) != heads[place] {
            return false
        }
        return true
    }

    /// Refuses runs that reach past the end of a text of `length` scalars.
    static func check(
        _ runs: Range<Int>,
        of history: borrowing TextHistory,
        _ length: Int
    ) throws(MergeError) {
        var length = length
        for index in runs {
            let run = history.runs[index]
            let position = Int(run.position)
            let count = Int(run.count)
            guard position <= length, !run.isDeletion || count <= length - position else {
                throw MergeError(
                    .pastTheEnd,
                    "an edit at \(position) reaches past the end of a text of \(length) characters"
                )
            }
            length += run.isDeletion ? -count : count
        }
    }

    /// Does what runs say to a text in which nothing is concurrent to them.
    static func apply(
        _ runs: Range<Int>,
        of history: borrowing TextHistory,
        to text: inout TextRope
    ) {
        let bytes = history.text.span
        for index in runs {
            let run = history.runs[index]
            if run.isDeletion {
                text.delete(at: Int(run.position), count: Int(run.count))
            } else {
                text.insert(
                    bytes,
                    history.bytes(of: index),
                    scalars: Int(run.count),
                    at: Int(run.position)
                )
            }
        }
    }

    /// Does what a node says where the walk stands, and to the text if the tracker keeps edits.
    private mutating func applyToTracker(_ number: Int, _ node: TextHistory.Node) {
        tracker.open(number)
        stand(at: number)
        let order = SequenceOrder(agents: history.agents, sequences: history.sequences)
        let runs = history.runs
        let bytes = history.text
        var character = node.firstCharacter
        for index in node.runs {
            let run = runs[index]
            if run.isDeletion {
                tracker.delete(at: Int(run.position), count: Int(run.count), by: number)
            } else {
                tracker.insert(
                    character,
                    count: run.count,
                    at: Int(run.position),
                    by: number,
                    order
                )
                character += run.count
            }
            guard tracker.keepsEdits else { continue }
            for edit in tracker.edits {
                if edit.deletedCount > 0 {
                    text.delete(at: edit.position, count: edit.deletedCount)
                } else {
                    let end = index + 1 < runs.count ? Int(runs[index + 1].firstByte) : bytes.count
                    text.insert(
                        bytes.span,
                        Int(run.firstByte)..<end,
                        scalars: edit.insertedCount,
                        at: edit.position
                    )
                }
            }
            tracker.edits.removeAll(keepingCapacity: true)
        }
    }

    private mutating func move(toParentsOf node: TextHistory.Node) {
        difference.find(from: version, toParentsOf: node, in: history)
        if !difference.isEmpty {
            tracker.move(retreat: difference.retreat, advance: difference.advance)
        }
        version.removeAll(keepingCapacity: true)
        for index in node.parents { version.append(Int(history.parents[index])) }
    }

    private mutating func stand(at number: Int) {
        version.removeAll(keepingCapacity: true)
        if number >= 0 { version.append(number) }
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

    private mutating func restart(at base: Int) {
        tracker.restart(
            baseCount: base < 0 ? 0 : Int(lengths[base]),
            firstChange: base + 1
        )
        walk = Walk(base: base, next: base + 1)
        stand(at: base)
    }

    /// Shows the tracker the nodes it does not know, whose edits are in the text.
    private mutating func catchUp(to end: Int) {
        guard let next = walk?.next, next < end else { return }
        tracker.keepsEdits = false
        for number in next..<end {
            let node = history.node(number)
            move(toParentsOf: node)
            applyToTracker(number, node)
        }
        walk?.next = end
    }
}

/// Ties among concurrent insertions are settled by agent and sequence.
private struct SequenceOrder: InsertionOrder {
    let agents: [UInt32]
    let sequences: [UInt64]

    func precedes(_ change: UInt32, _ other: UInt32) -> Bool {
        let left = Int(change)
        let right = Int(other)
        return agents[left] == agents[right]
            ? sequences[left] < sequences[right] : agents[left] < agents[right]
    }
}

extension TextDocument {
    /// The text after all edits of a history.
    public init(replaying history: consuming TextHistory) throws(MergeError) {
        self.init()
        let isCritical = history.criticalNodes()
        self.history = history
        lengths.reserveCapacity(self.history.count)
        var zone = 0
        for number in 0..<isCritical.count where isCritical[number] {
            try merge(zone: zone..<number)
            // All before is known to it.
            let node = self.history.node(number)
            try Self.check(node.runs, of: self.history, text.scalarCount)
            Self.apply(node.runs, of: self.history, to: &text)
            lengths.append(UInt32(text.scalarCount))
            criticals.append(UInt32(number))
            zone = number + 1
        }
        try merge(zone: zone..<isCritical.count)
        heads = self.history.heads
    }

    /// Merges nodes that follow the last critical one and are concurrent to others of them.
    private mutating func merge(zone: Range<Int>) throws(MergeError) {
        guard !zone.isEmpty else { return }
        restart(at: zone.lowerBound - 1)
        tracker.keepsEdits = true
        lengths.append(contentsOf: repeatElement(0, count: zone.count))
        for number in history.branchOrder(of: zone) {
            let node = history.node(number)
            move(toParentsOf: node)
            try Self.check(node.runs, of: self.history, tracker.count)
            applyToTracker(number, node)
            lengths[number] = UInt32(tracker.count)
        }
        walk?.next = zone.upperBound
    }
}
