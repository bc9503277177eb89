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
            do throws(MergeError) {
                try Self.check(node.runs, of: history, tracker.count)
            } catch {
                slots.stay(at: node.parents.map { Int(history.parents[$0]) })
                throw error
            }
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

    func followsHeads(_ node: TextHistory.Node) -> Bool {
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
}

extension TextDocument {
    /// The text after all edits of a history.
    public init(replaying history: consuming TextHistory) throws(MergeError) {
        self.init()
        let isCritical = history.criticalNodes()
        self.history = history
        lengths.reserveCapacity(self.history.count)
        var zone = 0
        var order = BranchOrder()
        for number in 0..<isCritical.count where isCritical[number] {
            try merge(zone: zone..<number, &order)
            // All before is known to it.
            let node = self.history.node(number)
            try Self.check(node.runs, of: self.history, text.scalarCount)
            Self.apply(node.runs, of: self.history, to: &text)
            lengths.append(UInt32(text.scalarCount))
            criticals.append(UInt32(number))
            zone = number + 1
        }
        try merge(zone: zone..<isCritical.count, &order)
        heads = self.history.heads
    }

    /// Merges nodes that follow the last critical one and are concurrent to others of them.
    private mutating func merge(
        zone: Range<Int>,
        _ order: inout BranchOrder
    ) throws(MergeError) {
        guard !zone.isEmpty else { return }
        restart(at: zone.lowerBound - 1)
        tracker.keepsEdits = true
        for _ in zone { lengths.append(0) }
        order.find(zone, in: history)
        for index in 0..<order.numbers.count {
            let number = order.numbers[index]
            let node = history.node(number)
            stand(atParentsOf: node)
            try Self.check(node.runs, of: self.history, tracker.count)
            applyToTracker(number, node)
            lengths[number] = UInt32(tracker.count)
        }
        walk?.next = zone.upperBound
    }
}
