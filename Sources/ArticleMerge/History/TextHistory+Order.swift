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
