extension TextGraph {
    /// What must be taken back, last first, and what must be added, first first, to walk from one
    /// version to another, given by their heads; O(d log d) for a difference of d changes.
    func difference(from: [Int], to: [Int]) -> (retreat: [Int], advance: [Int]) {
        if from == to { return ([], []) }
        // One bit for each side a change is known to.
        var sides: [Int: UInt8] = [:]
        var queue = MaxHeap()
        var sharedCount = 0
        func visit(_ change: Int, _ side: UInt8) {
            let known = sides[change] ?? 0
            guard known | side != known else { return }
            if known == 0 { queue.push(change) }
            sides[change] = known | side
            if known | side == 3 { sharedCount += 1 }
        }
        for change in from { visit(change, 1) }
        for change in to { visit(change, 2) }
        var retreat: [Int] = []
        var advance: [Int] = []
        // Numbers are above those of ancestors: once all that waits is shared, so is all below.
        while queue.count > sharedCount, let change = queue.pop() {
            let side = sides.removeValue(forKey: change) ?? 3
            switch side {
            case 1: retreat.append(change)
            case 2: advance.append(change)
            default: sharedCount -= 1
            }
            for parent in parents[change] { visit(parent, side) }
        }
        advance.reverse()
        return (retreat, advance)
    }

    /// All changes, each after its parents, going down one branch as far as it leads before the
    /// next is begun, so that a walk turns back seldom.
    func branchOrder() -> [Int] {
        var waiting = parents.map(\.count)
        var children = [[Int]](repeating: [], count: count)
        for (change, parents) in parents.enumerated() {
            for parent in parents { children[parent].append(change) }
        }
        var stack = waiting.indices.filter { waiting[$0] == 0 }.reversed() as [Int]
        var order: [Int] = []
        order.reserveCapacity(count)
        while let change = stack.popLast() {
            order.append(change)
            for child in children[change].reversed() {
                waiting[child] -= 1
                if waiting[child] == 0 { stack.append(child) }
            }
        }
        return order
    }
}
