public import ArticleModel

extension EventGraph {
    /// The changes of a version: its heads and all their ancestors, each after its parents.
    ///
    /// Ids that are not in the graph are left out.
    public func history(of version: [ChangeID]) -> [ChangeID] {
        let heads = version.compactMap { number(of: $0) }
        return difference(from: [], to: heads).advance.map { nodes[$0].id }
    }

    /// Whether `ancestor` is among what `change` goes on from, directly or not.
    public func isAncestor(_ ancestor: ChangeID, of change: ChangeID) -> Bool {
        guard ancestor != change, let one = number(of: ancestor), let other = number(of: change)
        else { return false }
        return difference(from: [one], to: [other]).retreat.isEmpty
    }

    /// The graph of a version alone, or nil where an id is unknown or the seed is no part of it.
    public func graph(of version: [ChangeID]) -> EventGraph? {
        guard version.allSatisfy(contains), let first = nodes.first?.change,
            var result = try? EventGraph(seed: first)
        else { return nil }
        let numbers = difference(from: [], to: version.compactMap { number(of: $0) }).advance
        guard numbers.first == 0 else { return nil }
        result.setVoid(voidChanges)
        for number in numbers.dropFirst() {
            let node = nodes[number]
            if let change = node.change {
                // Cannot fail: the numbers ascend, so parents come first.
                _ = try? result.insert(change)
            } else if let fault = node.fault {
                result.insert(FaultyChange(change: node.id, fault: fault))
            }
        }
        return result
    }

    /// What must be taken back, last first, and what must be added, first first, to walk from one
    /// version to another.
    ///
    /// Versions are given by their heads. O(d log d) for a difference of d changes, counting those
    /// between the older parts of the difference and the newer.
    func difference(from: [Int], to: [Int]) -> (retreat: [Int], advance: [Int]) {
        var sides: [Int: Side] = [:]
        var queue = MaxHeap()
        var sharedCount = 0
        func visit(_ number: Int, _ side: Side) {
            guard let known = sides[number] else {
                sides[number] = side
                queue.push(number)
                if side == .both { sharedCount += 1 }
                return
            }
            guard known != side, known != .both else { return }
            sides[number] = .both
            sharedCount += 1
        }
        for number in from { visit(number, .from) }
        for number in to { visit(number, .to) }

        var retreat: [Int] = []
        var advance: [Int] = []
        // A number is above those of its ancestors, so taking the greatest first sees every
        // descendant before the change itself; once all that waits is shared, so is all below.
        while queue.count > sharedCount, let number = queue.pop() {
            let side = sides.removeValue(forKey: number) ?? .both
            switch side {
            case .from: retreat.append(number)
            case .to: advance.append(number)
            case .both: sharedCount -= 1
            }
            for parent in nodes[number].parents { visit(parent, side) }
        }
        advance.reverse()
        return (retreat, advance)
    }

    /// All changes, each after its parents, going down one branch as far as it leads before the
    /// next is begun, so that a walk turns back seldom.
    func branchOrder() -> [Int] { branchOrder(of: 0..<nodes.count) }

    /// The same for a range of numbers whose parents are in it or come before.
    func branchOrder(of range: Range<Int>) -> [Int] {
        let first = range.lowerBound
        var waiting = [Int](repeating: 0, count: range.count)
        var children = [[Int]](repeating: [], count: range.count)
        for number in range {
            for parent in nodes[number].parents where parent >= first {
                waiting[number - first] += 1
                children[parent - first].append(number)
            }
        }
        var stack = range.filter { waiting[$0 - first] == 0 }.reversed() as [Int]
        var order: [Int] = []
        order.reserveCapacity(range.count)
        while let number = stack.popLast() {
            order.append(number)
            for child in children[number - first].reversed() {
                waiting[child - first] -= 1
                if waiting[child - first] == 0 { stack.append(child) }
            }
        }
        return order
    }

    /// The changes that all before them, as they came, are known to, and that all after them know:
    /// nothing before such a version is concurrent with anything after it.
    func criticalNumbers() -> [Int] {
        var leastParents = [Int](repeating: .max, count: nodes.count + 1)
        for number in nodes.indices.reversed() {
            let least = nodes[number].parents.min() ?? .max
            leastParents[number] = min(leastParents[number + 1], least)
        }
        var isHead = [Bool](repeating: false, count: nodes.count)
        var headCount = 0
        var result: [Int] = []
        for (number, node) in nodes.enumerated() where node.change != nil {
            for parent in node.parents where isHead[parent] {
                isHead[parent] = false
                headCount -= 1
            }
            isHead[number] = true
            headCount += 1
            if headCount == 1, leastParents[number + 1] >= number { result.append(number) }
        }
        return result
    }
}

private enum Side {
    case from
    case to
    case both
}
