/// Everything that can happen in a simulated world; each is counted.
public enum Act: Int, CaseIterable, Sendable {
    // What people do.
    case imported, edited, editedShown, fieldSet, tagged, untagged, noted, replied, noteSettled
    case deleted, undeleted, undone, resolved, accepted, refused
    case chainOpened, chainContinued
    case invited, joined, roleChanged, registered
    case verified, rebuilt, backedUp, handedOver
    // The network.
    case connected, connectedLive, connectedToPeer, delivered, flushed, ticked, slept
    case sessionEnded, sessionFailed, peerSessionEnded, peerSessionFailed
    case cut, cutInsideFrame, lost, partitioned, healed, oneByteSegment
    case duplicatedEntries, reorderedEntries
    // Machines.
    case clientCrashed, clientCrashedInCall, hubCrashed, hubCrashedInCall, restarted
    case restartFailed, clockChanged
    // Disks.
    case diskBroken, callFailed, diskFilled, diskFreed, shortWrite, bitFlipped, sectorsLost,
        sectorsKept
    case namesLost, commitFailed
    // Time travel.
    case hubRestored, clientRestored, clientCopied, machineRestored, replicaReplaced, vouchedFor
    // Liars.
    case forked, wrongLamport, oversized, garbage, replayed, undecodableBody, unknownParents
    case wrongSignature, flippedBits
    case hubForked, hubWithheld, hubRewound, hubHonest
    // Checks.
    case convergenceChecked, historyChecked, doctorChecked
}

/// How often each thing happened.
public struct Coverage: Sendable {
    private var counts = [Int](repeating: 0, count: Act.allCases.count)

    /// Nothing happened yet.
    public init() {}

    /// How often an act happened.
    public subscript(_ act: Act) -> Int {
        get { counts[act.rawValue] }
        set { counts[act.rawValue] = newValue }
    }

    /// Adds what was counted elsewhere.
    public mutating func add(_ other: Coverage) {
        for act in Act.allCases { self[act] += other[act] }
    }

    /// What never happened, and should have.
    public var missing: [Act] {
        let isOfHubs: Set<Act> = [.hubRestored, .hubForked, .hubWithheld, .hubRewound, .hubHonest]
        // Remedies for what hardly ever comes together.
        let isRare: Set<Act> = [.replicaReplaced, .vouchedFor]
        return Act.allCases.filter {
            self[$0] == 0 && !isRare.contains($0)
                && (World.clientsRefillHubs || !isOfHubs.contains($0))
        }
    }
}
