import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

// What a device may have stored in a library as the author, where the hub sets a bound.

extension HubEngine {
    /// Parts entries that came into those there is room for and what the client is told of the rest:
    /// one error a chain.
    func withinQuota(
        _ entries: [Entry],
        _ stream: HubStream
    ) throws -> (taken: [Entry], faults: [Fault]) {
        let quota = usage.limits.quota
        guard quota.entryCount != nil || quota.byteCount != nil,
            let replica = stream.replica, let library = stream.library
        else { return (entries, []) }
        var taken: [Entry] = []
        var faults: [Fault] = []
        var full: Set<ChainID> = []
        var devices: [ChainID: DeviceKey] = [:]
        for entry in entries {
            let header = entry.header
            if full.contains(header.chain) { continue }
            if let opening = header.opening { devices[header.chain] = opening.device }
            if devices[header.chain] == nil {
                devices[header.chain] = try replica.deviceOfChain(of: header)
            }
            // Whoever cannot be named waits or is refused anyway; what is known costs no room.
            guard let device = devices[header.chain], try !replica.contains(entry.id) else {
                taken.append(entry)
                continue
            }
            let key = HubUsage.Stored(library: library, device: device)
            var amount = try usage.stored[key] ?? stored(by: device, in: replica)
            amount.entryCount += 1
            amount.byteCount += Int64(entry.changeSet.bytes.count + (entry.body?.count ?? 0))
            guard amount.entryCount <= quota.entryCount ?? .max,
                amount.byteCount <= quota.byteCount ?? .max
            else {
                full.insert(header.chain)
                faults.append(Self.noRoom(for: header))
                continue
            }
            usage.stored[key] = amount
            taken.append(entry)
        }
        return (taken, faults)
    }

    /// Takes back what was counted for entries that were refused after all.
    func giveBackRoom(_ commit: PendingCommit, _ report: ReceiveReport) throws {
        guard !usage.stored.isEmpty, let library = commit.stream.library,
            let replica = commit.stream.replica
        else { return }
        for (entry, outcome) in zip(commit.entries, report.outcomes) {
            guard case .refused = outcome,
                let device = try entry.header.opening?.device
                    ?? replica.deviceOfChain(of: entry.header)
            else { continue }
            let key = HubUsage.Stored(library: library, device: device)
            usage.stored[key]?.entryCount -= 1
            usage.stored[key]?.byteCount -= Int64(
                entry.changeSet.bytes.count + (entry.body?.count ?? 0)
            )
        }
    }

    private func stored(
        by device: DeviceKey,
        in replica: Replica
    ) throws -> HubUsage.StoredAmount {
        if usage.stored.count >= Self.storedCountMax { usage.stored = [:] }
        let amount = try replica.storedAmount(of: device)
        return HubUsage.StoredAmount(
            entryCount: Int64(amount.entryCount),
            byteCount: amount.byteCount
        )
    }

    /// Authors whose amounts are remembered; those of others are counted anew.
    private static let storedCountMax = 4096

    private static func noRoom(for header: ChangeSetHeader) -> Fault {
        Fault(
            .quota,
            .chain,
            text: "The hub has no more room for what this device writes. All is kept on this"
                + " machine; ask the hub's operator for more room, then sync again.",
            chain: header.chain,
            sequence: header.sequence
        )
    }
}
