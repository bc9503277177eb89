internal import ArticleModel

/// Merges the changes of a text, to know the order of all its characters and what befell them.
struct OrderMerge: ~Copyable {
    /// What befell characters: a deletion, or a revival.
    struct Deed: Hashable {
        let change: Int32
        let isRevival: Bool
    }

    private var tracker = TextTracker()
    private let graph: TextGraph
    private let characters: CharacterTable
    private let order: ChainOrder
    private var applied: [Bool]
    private var hasEffect: [Bool]
    private var version: [Int] = []
    /// Revivals of characters that were in the text, where something is void: they count where what
    /// put those there does not.
    private var idleRevivals: [(characters: Range<UInt32>, change: Int32)] = []
    /// By change: the characters it deleted or revived, among `deeds`.
    private(set) var deedStarts: [Int32] = []
    private(set) var deeds: [Range<UInt32>] = []

    init(_ graph: TextGraph, _ characters: CharacterTable) {
        self.graph = graph
        self.characters = characters
        order = ChainOrder(graph)
        applied = [Bool](repeating: false, count: graph.count)
        hasEffect = [Bool](repeating: true, count: graph.count)
        let keepsIdle = graph.changes.contains { $0.isVoid }
        for change in graph.branchOrder() { visit(change, keepsIdle) }
        for change in 0..<graph.count {
            deedStarts.append(Int32(deeds.count))
            guard hasEffect[change], change < tracker.deeds.count else { continue }
            let deed = tracker.deeds[change]
            for index in Int(deed.firstFate)..<Int(deed.fatesEnd) {
                let fate = tracker.fates[index]
                deeds.append(fate.first..<fate.first + fate.count)
            }
        }
        deedStarts.append(Int32(deeds.count))
    }

    private mutating func visit(_ change: Int, _ keepsIdle: Bool) {
        let (retreat, advance) = graph.difference(from: version, to: graph.parents[change])
        for number in retreat { applied[number] = false }
        for number in advance { applied[number] = true }
        if !retreat.isEmpty || !advance.isEmpty {
            tracker.move(retreat: retreat, advance: advance)
        }
        applied[change] = true
        version = [change]
        tracker.open(change)
        if !apply(change, keepsIdle) {
            tracker.erase(change)
            hasEffect[change] = false
        }
    }

    /// Does what a change does; false where it cannot be done.
    private mutating func apply(_ change: Int, _ keepsIdle: Bool) -> Bool {
        var next = characters.firsts[change]
        for step in graph.changes[change].steps {
            switch step {
            case .insert(let position, let text, _):
                let count = UInt32(clamping: text.scalarCount)
                guard count > 0, position >= 0, position <= tracker.count else { return false }
                tracker.insert(next, count: count, at: position, by: change, order)
                next += count
            case .delete(let position, let count):
                guard count > 0, position >= 0, position <= tracker.count,
                    count <= tracker.count - position
                else { return false }
                tracker.delete(at: position, count: count, by: change)
            case .revive(let ranges):
                guard let numbers = numbers(of: ranges, by: change) else { return false }
                for range in numbers {
                    guard tracker.contains(range) else { return false }
                    tracker.revive(range, by: change)
                    if keepsIdle { idleRevivals.append((range, Int32(change))) }
                }
            }
        }
        return true
    }

    /// The characters that a change may revive, sorted, each once.
    private func numbers(of ranges: [CharacterRange], by change: Int) -> [Range<UInt32>]? {
        var result: [Range<UInt32>] = []
        for range in ranges {
            guard let maker = graph.number(of: range.change), maker != change, applied[maker],
                let numbers = characters.numbers(of: maker, range.offset, count: range.count)
            else { return nil }
            result += numbers
        }
        result.sort { $0.lowerBound < $1.lowerBound }
        var distinct: [Range<UInt32>] = []
        var done: UInt32 = 0
        for range in result where range.upperBound > done {
            distinct.append(max(done, range.lowerBound)..<range.upperBound)
            done = range.upperBound
        }
        return distinct
    }

    /// Calls `body` with the spans in merged order: the number of the first character, how many,
    /// the change that inserted them, and what befell them, first things first.
    func forEachSpan(_ body: (UInt32, UInt32, Int32, [Deed]) -> Void) {
        var fatesOf: [UInt32: [Deed]] = [:]
        var place = SpanTree.Place(leaf: 0, index: 0)
        while tracker.tree.settle(&place) {
            let span = tracker.tree[place]
            place.index += 1
            let (change, fate) = (Int32(span.lasting.change), span.lasting.fate)
            guard hasEffect[Int(change)] else { continue }
            if fate == TrackedSpan.none {
                body(span.first, span.count, change, [])
                continue
            }
            let fates = fatesOf[fate] ?? deeds(back: fate)
            fatesOf[fate] = fates
            guard !idleRevivals.isEmpty else {
                body(span.first, span.count, change, fates)
                continue
            }
            cut(span, fates, body)
        }
    }

    private func deeds(back fate: UInt32) -> [Deed] {
        var result: [Deed] = []
        var next = fate
        while next != TrackedSpan.none {
            let fate = tracker.fates[Int(next)]
            if hasEffect[Int(fate.change)] {
                result.append(Deed(change: Int32(fate.change), isRevival: fate.isRevival))
            }
            next = fate.previous
        }
        return result.reversed()
    }

    /// Cuts a span where revivals that altered nothing begin and end.
    private func cut(
        _ span: TrackedSpan,
        _ fates: [Deed],
        _ body: (UInt32, UInt32, Int32, [Deed]) -> Void
    ) {
        let idle = idleRevivals.filter {
            $0.characters.overlaps(span.first..<span.first + span.count)
                && hasEffect[Int($0.change)]
        }
        var bounds: Set<UInt32> = [span.first, span.first + span.count]
        for revival in idle {
            for bound in [revival.characters.lowerBound, revival.characters.upperBound]
            where bound > span.first && bound < span.first + span.count {
                bounds.insert(bound)
            }
        }
        let sorted = bounds.sorted()
        for (first, end) in zip(sorted, sorted.dropFirst()) {
            var all = fates
            for revival in idle where revival.characters.contains(first) {
                let deed = Deed(change: revival.change, isRevival: true)
                guard !all.contains(deed) else { continue }
                // What the same change deleted it deleted after it had found it in the text.
                let place = all.firstIndex { $0.change == deed.change } ?? all.endIndex
                all.insert(deed, at: place)
            }
            body(first, end - first, Int32(span.lasting.change), all)
        }
    }
}

/// Ties among concurrent insertions are settled by the chains of their changes.
private struct ChainOrder: InsertionOrder {
    private let graph: TextGraph

    init(_ graph: TextGraph) { self.graph = graph }

    func precedes(_ change: UInt32, _ other: UInt32) -> Bool {
        graph.changes[Int(change)].stamp.precedesByChain(graph.changes[Int(other)].stamp)
    }
}
