/// What lies between two versions of a history: the nodes to take back and those to add.
///
/// Kept from one search to the next, so that none of them allocates.
struct VersionDifference {
    /// The nodes of the first version that are not in the second, last first.
    private(set) var retreat: [Int] = []
    /// The nodes of the second that are not in the first, first first.
    private(set) var advance: [Int] = []
    private var sides: [UInt8] = []
    private var queue = MaxHeap()

    private static let from: UInt8 = 1
    private static let to: UInt8 = 2
    private static let both: UInt8 = 3

    var isEmpty: Bool { retreat.isEmpty && advance.isEmpty }

    /// Finds what lies between a version, given by its heads, and that of a node's parents.
    ///
    /// O(d log d) for a difference of d nodes, counting those between its older parts and its newer.
    mutating func find(
        from: borrowing [Int],
        toParentsOf node: TextHistory.Node,
        in history: borrowing TextHistory
    ) {
        retreat.removeAll(keepingCapacity: true)
        advance.removeAll(keepingCapacity: true)
        if from.count == 1, node.parents.count == 1,
            Int(history.parents[node.parents.lowerBound]) == from[0]
        {
            return
        }
        if sides.count < history.count {
            sides.append(contentsOf: repeatElement(0, count: history.count - sides.count + 64))
        }
        var sharedCount = 0
        for place in 0..<from.count { visit(from[place], Self.from, &sharedCount) }
        for index in node.parents { visit(Int(history.parents[index]), Self.to, &sharedCount) }
        // A number is above those of its ancestors, so taking the greatest first sees every
        // descendant before the node itself; once all that waits is shared, so is all below.
        while queue.count > sharedCount, let number = queue.pop() {
            let side = sides[number]
            sides[number] = 0
            switch side {
            case Self.from: retreat.append(number)
            case Self.to: advance.append(number)
            default: sharedCount -= 1
            }
            for index in history.node(number).parents {
                visit(Int(history.parents[index]), side, &sharedCount)
            }
        }
        while let number = queue.pop() { sides[number] = 0 }
        advance.reverse()
    }

    @inline(__always)
    private mutating func visit(_ number: Int, _ side: UInt8, _ sharedCount: inout Int) {
        let known = sides[number]
        guard known != 0 else {
            sides[number] = side
            queue.push(number)
            if side == Self.both { sharedCount += 1 }
            return
        }
        guard known != side, known != Self.both else { return }
        sides[number] = Self.both
        sharedCount += 1
    }
}
