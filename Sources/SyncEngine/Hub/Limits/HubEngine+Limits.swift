import SyncProtocol

extension HubEngine {
    /// What the hub has done and holds.
    public var statistics: HubStatistics {
        var result = usage.statistics
        result.connectionCount = connections.count
        result.sessionCount = connections.values.reduce(0) { $0 + $1.streams.count }
        result.waitingByteCount = pendingByteCount
        result.heldByteCount = usage.memory.byteCount
        result.slowedCount = usage.slowed.count
        return result
    }

    /// Does what limits ask for as time goes on.
    func keepLimits(at now: Int64) {
        if now - usage.toldTime >= Self.patienceMilliseconds {
            usage.toldTime = now
            for connection in connections.values {
                for stream in connection.streams.values { stream.session.timePassed() }
            }
        }
        usage.time = max(usage.time, now)
        dropHolders()
        settleSlowed()
        resumeAll()
    }

    /// Sessions hear so often that time has passed.
    private static let patienceMilliseconds: Int64 = 1000

    /// A deep count of what is held for connections, for tests: what the budget goes by is the same
    /// without those that hold little.
    package var countedByteCount: Int {
        connections.values.reduce(0) { $0 + $1.heldByteCount }
    }
}
