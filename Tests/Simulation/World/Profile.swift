import TestSupport

/// What a world is made of, and which faults it knows: drawn from the seed, so that some worlds
/// have few faults often and others many.
struct Profile {
    let clientCount: Int
    let libraryCount: Int
    /// Pairs of clients that can reach each other directly.
    let directLinkCount: Int
    let hasLiar: Bool
    let hubLies: Bool
    /// What may happen, each with how often among all that may.
    let faults: [(fault: Fault, weight: Int)]
    /// One step in so many is a fault; 0 for none.
    let faultInterval: Int
    /// How many people's acts come on one delivery.
    let actWeight: Int
    let articleCount: Int
    /// Whether all are members from the start.
    var allJoin = false

    enum Fault: CaseIterable {
        case cut, cutInside, partition, crashClient, crashClientInCall, crashHub, crashHubInCall
        case failClient, failHub, fillClient, fillHub, shortWrite, flip, clock, sleep
        case handOver, restoreHub, restoreClient, copyClient, restoreMachine, lie, hubLie
    }

    /// A fault, by weight; nil where this world has none.
    func fault(_ random: inout SeededRandom) -> Fault? {
        var left = random.below(faults.reduce(0) { $0 + $1.weight })
        for (fault, weight) in faults {
            if left < weight { return fault }
            left -= weight
        }
        return nil
    }
}

extension Profile {
    /// What the seed makes of it.
    init(_ random: inout SeededRandom) {
        // Small worlds meet more often.
        clientCount = random.oneIn(8) ? 5 + random.below(8) : 2 + random.below(4)
        libraryCount = random.oneIn(4) ? 2 + random.below(2) : 1
        directLinkCount = min(random.below(3), clientCount - 1)
        hasLiar = clientCount > 2 && random.oneIn(4)
        hubLies = random.oneIn(8)
        articleCount = 1 + random.below(6)
        actWeight = 1 + random.below(4)
        faultInterval = random.oneIn(10) ? 0 : 8 + random.below(40)
        var faults: [(fault: Fault, weight: Int)] = []
        for fault in Fault.allCases where random.oneIn(2) {
            switch fault {
            case .restoreHub, .restoreClient, .copyClient, .restoreMachine:
                // Rare in life, and dear to check.
                faults.append((fault, 1))
            case .flip:
                if random.oneIn(4) { faults.append((fault, 1)) }
            case .lie, .hubLie: break
            default: faults.append((fault, 1 + random.below(4)))
            }
        }
        if hasLiar { faults.append((.lie, 6)) }
        if hubLies { faults.append((.hubLie, 2)) }
        self.faults = faults
    }
}
