/// A version at which a walk was left standing.
struct StandingVersion {
    /// Its heads.
    var heads: [Int] = []
    /// By number of change: whether it is part of it.
    var applied: [Bool] = []
    /// When it was left.
    var use = 0
}

extension TrackedTexts {
    mutating func turn(from version: [Int], to heads: [Int]) -> Bool {
        let found = standing.indices.first { $0 != slot && standing[$0].heads == heads }
        guard let found else { return false }
        leave(version, for: found)
        applied = standing[found].applied
        standing[found] = StandingVersion()
        return true
    }

    mutating func part(at version: [Int], for changeCount: Int) {
        // A copy takes a few bytes for each span and change, a move a search for each of a change.
        let leafCount = summary.tree.leaves.count + body.tree.leaves.count
        guard changeCount > 4 + leafCount / 6 + applied.count / 32 else { return }
        let target: Int
        if let added = summary.addSlot(), let same = body.addSlot(), added == same {
            target = added
            standing.append(StandingVersion())
        } else {
            let others = standing.indices.filter { $0 != slot }
            guard let stalest = others.min(by: { standing[$0].use < standing[$1].use }) else {
                return
            }
            target = stalest
        }
        summary.copySlot(slot, to: target)
        body.copySlot(slot, to: target)
        leave(version, for: target)
    }

    /// Leaves the slot walked in standing at `version`, and walks in another one.
    private mutating func leave(_ version: [Int], for target: Int) {
        turnCount += 1
        standing[slot] = StandingVersion(heads: version, applied: applied, use: turnCount)
        slot = target
        summary.walk(in: target)
        body.walk(in: target)
    }
}
