/// What is to go wrong with a disk: each counts calls down and happens once it reaches 0.
public struct DiskFaults: Sendable {
    /// Calls until the machine crashes.
    public var crashAfter: Int?
    /// Calls until some fail.
    public var failAfter: Int?
    /// How many calls fail then.
    public var failCount = 0
    /// Reads until one gives a flipped bit.
    public var flipAfter: Int?
    /// Writes until one stops halfway.
    public var shortWriteAfter: Int?
    /// The bytes that files may have together; no end for nil.
    public var capacity: Int?

    /// Nothing goes wrong.
    public init() {}

    /// Counts a call down; true where its time has come.
    static func isDue(_ count: inout Int?) -> Bool {
        guard let left = count else { return false }
        count = left > 1 ? left - 1 : nil
        return left <= 1
    }
}

/// What happened on a disk, counted.
public struct DiskEvents: Sendable {
    /// Reads.
    public internal(set) var reads = 0
    /// Writes.
    public internal(set) var writes = 0
    /// Syncs.
    public internal(set) var syncs = 0
    /// Calls that failed because they were meant to.
    public internal(set) var failures = 0
    /// Writes for which there was no room.
    public internal(set) var refusals = 0
    /// Writes that stopped halfway.
    public internal(set) var shortWrites = 0
    /// Bits that were read wrongly.
    public internal(set) var flips = 0
    /// Crashes, those of disks included on which nothing was unsynced.
    public internal(set) var crashes = 0
    /// Sectors written and not synced that a crash left.
    public internal(set) var keptSectors = 0
    /// Sectors written and not synced that a crash took.
    public internal(set) var lostSectors = 0
    /// Names made, moved or deleted without a sync of the folder that a crash undid.
    public internal(set) var lostNames = 0

    /// Nothing happened yet.
    public init() {}
}

/// How a call on a simulated disk failed.
public enum DiskFailure: Error, Sendable {
    /// The machine has crashed: whoever still runs is dead and does not know.
    case crashed
    /// The disk failed (EIO).
    case failed
    /// There is no room (ENOSPC).
    case full
    /// There is no such file.
    case missing
}
