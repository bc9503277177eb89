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
}
