/// Where a walk over an event graph stands: at the version of all changes that are applied.
struct Walk {
    /// By number of change: whether it is part of the version.
    var applied: [Bool]
    /// By number of change: its place in the order that settles ties among insertions.
    let rank: [Int32]

    init(_ graph: EventGraph) {
        applied = [Bool](repeating: false, count: graph.count)
        let stamps = graph.nodes.map { $0.change?.stamp }
        let order = stamps.indices.sorted { left, right in
            guard let first = stamps[left], let second = stamps[right] else {
                return stamps[left] != nil
            }
            return first.precedesByChain(second)
        }
        var rank = [Int32](repeating: 0, count: graph.count)
        for (place, number) in order.enumerated() { rank[number] = Int32(clamping: place) }
        self.rank = rank
    }

    func isApplied(_ change: Int32) -> Bool { applied[Int(change)] }
}
