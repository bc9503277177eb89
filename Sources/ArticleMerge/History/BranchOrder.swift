/// The nodes of a zone of a history, each after its parents, going down one branch as far as it
/// leads before the next is begun, so that a walk turns back seldom.
///
/// What is gone down first is taken back for the next branch and added again where they meet, so
/// short branches come first. Kept from one zone to the next, so that small ones allocate nothing.
struct BranchOrder: ~Copyable {
    /// The numbers of the nodes in order.
    private(set) var numbers = Arena<Int>()
    // By place in the zone.
    private var waiting = Arena<UInt32>()
    private var firstChild = Arena<Int32>()
    /// The runs of a node's branch up to where that meets another.
    private var weights = Arena<Int>()
    // By link from a parent to a child.
    private var children = Arena<Int32>()
    private var nextSibling = Arena<Int32>()
    private var stack = Arena<Int>()

    var byteCount: Int {
        numbers.byteCount + waiting.byteCount + firstChild.byteCount + weights.byteCount
            + children.byteCount + nextSibling.byteCount + stack.byteCount
    }

    /// Orders a zone, whose nodes have no children but in it or after it.
    ///
    /// O(n) for n nodes and their parents, and the sorting of what forks from one place.
    mutating func find(_ zone: Range<Int>, in history: borrowing TextHistory) {
        let start = zone.lowerBound
        begin(zone.count)
        for number in zone {
            for index in history.parentRange(of: number) {
                let parent = Int(history.parents[index]) - start
                guard parent >= 0 else { continue }
                waiting[number - start] += 1
                nextSibling.append(firstChild[parent])
                children.append(Int32(number - start))
                firstChild[parent] = Int32(children.count - 1)
            }
        }
        weigh(zone, history)
        for place in 0..<zone.count where waiting[place] == 0 { stack.append(place) }
        sort(from: 0)
        while stack.count > 0 {
            let place = stack[stack.count - 1]
            stack.removeLast(1)
            numbers.append(place + start)
            let bottom = stack.count
            var link = Int(firstChild[place])
            while link >= 0 {
                let child = Int(children[link])
                waiting[child] -= 1
                if waiting[child] == 0 { stack.append(child) }
                link = Int(nextSibling[link])
            }
            sort(from: bottom)
        }
    }

    private mutating func begin(_ count: Int) {
        numbers.removeAll()
        waiting.removeAll()
        firstChild.removeAll()
        weights.removeAll()
        children.removeAll()
        nextSibling.removeAll()
        stack.removeAll()
        _ = waiting.append(repeating: 0, count: count)
        _ = firstChild.append(repeating: -1, count: count)
        _ = weights.append(repeating: 0, count: count)
    }

    private mutating func weigh(_ zone: Range<Int>, _ history: borrowing TextHistory) {
        for number in zone.reversed() {
            let place = number - zone.lowerBound
            weights[place] += history.runCount(of: number) + 1
            let parents = history.parentRange(of: number)
            guard parents.count == 1 else { continue }
            let parent = Int(history.parents[parents.lowerBound]) - zone.lowerBound
            if parent >= 0 { weights[parent] += weights[place] }
        }
    }

    /// Sorts the stack from `bottom` on, the heaviest first, as the last is taken first.
    private mutating func sort(from bottom: Int) {
        let count = stack.count - bottom
        guard count > 1 else { return }
        guard count > 16 else {
            for index in bottom + 1..<stack.count {
                let place = stack[index]
                var free = index
                while free > bottom, weights[stack[free - 1]] < weights[place] {
                    stack[free] = stack[free - 1]
                    free -= 1
                }
                stack[free] = place
            }
            return
        }
        var places = (bottom..<stack.count).map { stack[$0] }
        // Equal ones stay in order, so that the result does not hang on how the sort is done.
        places.sort { (weights[$1], $0) < (weights[$0], $1) }
        for (offset, place) in places.enumerated() { stack[bottom + offset] = place }
    }
}
