/// What lies between two versions of a history: the nodes to take back and those to add.
///
/// Kept from one search to the next, so that none of them allocates.
struct VersionDifference: ~Copyable {
    /// The nodes of the first version that are not in the second, last first.
    private(set) var retreat = Arena<Int>()
    /// The nodes of the second that are not in the first, first first.
    private(set) var advance = Arena<Int>()
    /// How many runs they have, and one for each of them.
    private(set) var weight = 0
    /// The same of what is to be taken back alone.
    private(set) var retreatWeight = 0
    // The nodes that wait to be looked at, a bit each: those of the first version and those of the
    // second.
    private var from = Arena<UInt64>(capacity: 4)
    private var to = Arena<UInt64>(capacity: 4)
    /// The nodes that wait on one side alone.
    private var oneSidedCount = 0
    /// The words of bits that may not be zero.
    private var lowest = 0
    private var highest = -1

    var byteCount: Int {
        retreat.byteCount + advance.byteCount + from.byteCount + to.byteCount
    }

    /// Finds what a version has, given by where its heads are among the parents of nodes, and the
    /// version of a slot of a tracker has not.
    ///
    /// False, and in part, where that weighs more than `weightMax`. O(d) for a difference of d nodes.
    mutating func findAdvance(
        from slot: Int,
        of tracker: borrowing TextTracker,
        to heads: Range<Int>,
        in history: borrowing TextHistory,
        weightMax: Int
    ) -> Bool {
        begin(history)
        for index in heads {
            let head = Int(history.parents[index])
            if !tracker.has(head, in: slot) { visit(head, isFrom: false, isTo: true) }
        }
        var isWhole = true
        while let (number, _, _) = popNewest() {
            weight += history.runCount(of: number) + 1
            isWhole = weight <= weightMax
            guard isWhole else { break }
            advance.append(number)
            for index in history.parentRange(of: number) {
                let parent = Int(history.parents[index])
                if !tracker.has(parent, in: slot) { visit(parent, isFrom: false, isTo: true) }
            }
        }
        end()
        return isWhole
    }

    /// Finds what lies between a version, given by its heads, and that of a node's parents.
    ///
    /// Ends as soon as it has found so much as `weightWanted`, where it is known what all of it
    /// weighs. O(d) for a difference of d nodes, counting those between its older parts and its
    /// newer, and one step for 64 nodes that lie between by number alone.
    mutating func find(
        from heads: borrowing WalkSlots.Heads,
        toParentsOf node: TextHistory.Node,
        in history: borrowing TextHistory,
        weightWanted: Int = .max
    ) {
        begin(history)
        switch heads {
        case .none: break
        case .one(let head): visit(head, isFrom: true, isTo: false)
        case .several(let heads):
            for head in heads { visit(head, isFrom: true, isTo: false) }
        }
        for index in node.parents { visit(Int(history.parents[index]), isFrom: false, isTo: true) }
        search(history, weightWanted)
        end()
    }

    /// Goes back to no difference.
    mutating func forget() {
        retreat.removeAll()
        advance.removeAll()
        weight = 0
        retreatWeight = 0
    }

    private mutating func begin(_ history: borrowing TextHistory) {
        forget()
        let wordCount = history.count >> 6 + 1
        if from.count < wordCount {
            _ = from.append(repeating: 0, count: wordCount - from.count)
            _ = to.append(repeating: 0, count: wordCount - to.count)
        }
        lowest = wordCount
        highest = -1
        oneSidedCount = 0
    }

    private mutating func end() {
        for word in lowest..<max(lowest, highest + 1) {
            from[word] = 0
            to[word] = 0
        }
        var low = 0
        var high = advance.count - 1
        while low < high {
            (advance[low], advance[high]) = (advance[high], advance[low])
            low += 1
            high -= 1
        }
    }

    /// Takes the node of the greatest number that waits.
    @inline(__always)
    private mutating func popNewest() -> (number: Int, isFrom: Bool, isTo: Bool)? {
        while highest >= lowest {
            let bits = from[highest] | to[highest]
            guard bits != 0 else {
                highest -= 1
                continue
            }
            let place = 63 - bits.leadingZeroBitCount
            let bit: UInt64 = 1 << UInt64(place)
            let isFrom = from[highest] & bit != 0
            let isTo = to[highest] & bit != 0
            from[highest] &= ~bit
            to[highest] &= ~bit
            if isFrom != isTo { oneSidedCount -= 1 }
            return (highest << 6 + place, isFrom, isTo)
        }
        return nil
    }

    /// A number is above those of its ancestors, so taking the greatest first sees every descendant
    /// before the node itself; once all that waits is on both sides, so is all below.
    private mutating func search(_ history: borrowing TextHistory, _ weightWanted: Int) {
        while oneSidedCount > 0, weight < weightWanted,
            let (number, isFrom, isTo) = popNewest()
        {
            if isFrom != isTo {
                let more = history.runCount(of: number) + 1
                weight += more
                if isFrom {
                    retreatWeight += more
                    retreat.append(number)
                } else {
                    advance.append(number)
                }
            }
            for index in history.parentRange(of: number) {
                visit(Int(history.parents[index]), isFrom: isFrom, isTo: isTo)
            }
        }
    }

    @inline(__always)
    private mutating func visit(_ number: Int, isFrom: Bool, isTo: Bool) {
        let word = number >> 6
        let bit: UInt64 = 1 << UInt64(number & 63)
        let wasFrom = from[word] & bit != 0
        let wasTo = to[word] & bit != 0
        if isFrom { from[word] |= bit }
        if isTo { to[word] |= bit }
        let wasOneSided = wasFrom != wasTo
        let isOneSided = (wasFrom || isFrom) != (wasTo || isTo)
        if isOneSided != wasOneSided { oneSidedCount += isOneSided ? 1 : -1 }
        lowest = min(lowest, word)
        highest = max(highest, word)
    }
}
