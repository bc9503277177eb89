/// What befell characters, as deletions with their revivers; each past once.
struct PastTable {
    private let lineage: Lineage
    private(set) var pasts: [Range<Int32>] = [0..<0]
    private(set) var deletions: [MergedOrder.Deletion] = []
    private(set) var revivers: [Int32] = []
    /// The past of the fates asked for last: neighbours often share one.
    private var known: [[OrderMerge.Deed]: Int32] = [:]

    init(_ lineage: Lineage) { self.lineage = lineage }

    /// The past that fates, first ones first, make.
    mutating func past(of fates: [OrderMerge.Deed]) -> Int32 {
        guard !fates.isEmpty else { return 0 }
        if let past = known[fates] { return past }
        let start = Int32(deletions.count)
        for (index, fate) in fates.enumerated() where !fate.isRevival {
            let first = Int32(revivers.count)
            // A revival cancels the deletions among its ancestors, earlier steps included.
            for later in fates[(index + 1)...]
            where later.isRevival && lineage.isKnown(fate.change, to: later.change) {
                revivers.append(later.change)
            }
            deletions.append(
                MergedOrder.Deletion(
                    change: fate.change,
                    revivers: first..<Int32(revivers.count)
                )
            )
        }
        let past = deletions.count == Int(start) ? 0 : Int32(pasts.count)
        if past > 0 { pasts.append(start..<Int32(deletions.count)) }
        known[fates] = past
        return past
    }
}
