public import ArticleModel

extension TextDocument {
    /// An edit to make: at a position, some scalars go and others come in their place.
    public struct Patch: Sendable {
        /// Where, in scalars of the text as the edit before left it.
        public let position: Int
        /// How many scalars go.
        public let deletedCount: Int
        /// What comes in their place.
        public let inserted: ScalarText

        /// Puts `inserted` in place of `deletedCount` scalars from `position` on.
        public init(position: Int, deletedCount: Int, inserted: ScalarText) {
            self.position = position
            self.deletedCount = deletedCount
            self.inserted = inserted
        }
    }

    /// Edits the text as it stands, and gives the number of the node that says so.
    ///
    /// What an agent edits in a row is one node, until something is merged or `endNode()` is called.
    @discardableResult
    public mutating func edit(
        _ patch: Patch,
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) -> Int {
        let length = text.scalarCount
        guard patch.position >= 0, patch.position <= length, patch.deletedCount >= 0,
            patch.deletedCount <= length - patch.position
        else {
            throw MergeError(
                .pastTheEnd,
                "an edit at \(patch.position) reaches past the end of a text of \(length) characters"
            )
        }
        let last = history.count - 1
        guard isOpen, history.agents[last] == agent else {
            let number = try merge([patch], parents: heads, agent: agent, sequence: sequence)
            isOpen = true
            return number
        }
        if patch.deletedCount > 0 {
            try history.delete(at: patch.position, count: patch.deletedCount)
            text.delete(at: patch.position, count: patch.deletedCount)
        }
        if !patch.inserted.isEmpty {
            let before = history.insertedCount
            let bytes = patch.inserted.utf8
            try history.insert(patch.inserted, at: patch.position)
            text.insert(
                bytes.span,
                0..<bytes.count,
                scalars: Int(history.insertedCount - before),
                at: patch.position
            )
        }
        lengths[last] = UInt32(text.scalarCount)
        return last
    }

    /// Ends the node that edits go to; the next one begins another.
    public mutating func endNode() { isOpen = false }

    /// Merges edits that one agent made to the version of `parents`, and gives their number.
    ///
    /// Nothing is altered where one of them reaches past the end.
    @discardableResult
    public mutating func merge(
        _ patches: [Patch],
        parents: [Int],
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) -> Int {
        isOpen = false
        try history.begin(parents: parents, agent: agent, sequence: sequence)
        do throws(MergeError) {
            for patch in patches { try history.append(patch) }
            try mergeLast()
        } catch {
            history.removeLast()
            throw error
        }
        return history.count - 1
    }

    private mutating func mergeLast() throws(MergeError) {
        let number = history.count - 1
        let node = history.node(number)
        if followsHeads(node) {
            try Self.check(node.runs, of: history, text.scalarCount)
            Self.apply(node.runs, of: history, to: &text)
            lengths.append(UInt32(text.scalarCount))
            heads.removeAll(keepingCapacity: true)
        } else {
            let newest =
                node.parents.isEmpty ? -1 : Int(history.parents[node.parents.upperBound - 1])
            let kept = criticals.sortedIndex(notBefore: { Int($0) <= newest })
            prepare(base: kept > 0 ? Int(criticals[kept - 1]) : -1, upTo: number)
            move(toParentsOf: node)
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

extension TextHistory {
    /// The nodes that no other goes on from, ascending.
    var heads: [Int] {
        var isHead = [Bool](repeating: true, count: count)
        for parent in parents { isHead[Int(parent)] = false }
        return isHead.indices.filter { isHead[$0] }
    }

    /// By number of node: whether each other node is its ancestor or its descendant.
    func criticalNodes() -> [Bool] {
        // From the end: the oldest parent needed by what comes later.
        var result = [Bool](repeating: false, count: count)
        var newestParents = [Int](repeating: -1, count: count)
        for number in 0..<count {
            let node = node(number)
            if let last = parents[node.parents].last { newestParents[number] = Int(last) }
        }
        var bound = Int.max
        for number in stride(from: count - 1, through: 0, by: -1) {
            result[number] = bound >= number
            bound = min(bound, newestParents[number])
        }
        var hasChild = [Bool](repeating: false, count: count)
        var headCount = 0
        for number in 0..<count {
            headCount += 1
            for index in node(number).parents where !hasChild[Int(parents[index])] {
                hasChild[Int(parents[index])] = true
                headCount -= 1
            }
            if headCount > 1 { result[number] = false }
        }
        return result
    }

    /// The nodes of a zone, each after its parents, going down one branch as far as it leads before
    /// the next is begun, so that a walk turns back seldom.
    ///
    /// What is gone down first is taken back for the next branch and added again where they meet,
    /// so short branches come first.
    func branchOrder(of zone: Range<Int>) -> [Int] {
        let start = zone.lowerBound
        var waiting = [UInt32](repeating: 0, count: zone.count)
        var firstChild = [Int32](repeating: -1, count: zone.count)
        var nextSibling: [Int32] = []
        var children: [Int32] = []
        for number in zone {
            for index in node(number).parents where Int(parents[index]) >= start {
                waiting[number - start] += 1
                nextSibling.append(firstChild[Int(parents[index]) - start])
                children.append(Int32(number - start))
                firstChild[Int(parents[index]) - start] = Int32(children.count - 1)
            }
        }
        let weights = branchWeights(of: zone)
        var stack = waiting.indices.filter { waiting[$0] == 0 }
        stack.sort { weights[$0] > weights[$1] }
        var order: [Int] = []
        order.reserveCapacity(zone.count)
        while let place = stack.popLast() {
            order.append(place + start)
            var link = firstChild[place]
            let bottom = stack.count
            while link >= 0 {
                let child = Int(children[Int(link)])
                waiting[child] -= 1
                if waiting[child] == 0 { stack.append(child) }
                link = nextSibling[Int(link)]
            }
            if stack.count > bottom + 1 { stack[bottom...].sort { weights[$0] > weights[$1] } }
        }
        return order
    }

    /// By node of a zone: the runs of its branch up to where that meets another.
    private func branchWeights(of zone: Range<Int>) -> [Int] {
        var weights = [Int](repeating: 0, count: zone.count)
        for number in zone.reversed() {
            let node = node(number)
            let place = number - zone.lowerBound
            weights[place] += node.runs.count + 1
            guard node.parents.count == 1 else { continue }
            let parent = Int(parents[node.parents.lowerBound]) - zone.lowerBound
            if parent >= 0 { weights[parent] += weights[place] }
        }
        return weights
    }
}
