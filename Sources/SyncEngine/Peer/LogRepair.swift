public import ArticleModel
import Membership
public import ReplicaStore
import SyncProtocol

/// Repairs a replica's log by what another replica of the library has: its hub's, or another client's.
///
/// Every entry that is sound here is compared with the other's; what is damaged or missing here is
/// fetched, and mends the log in one transaction.
public final class LogRepair {
    /// What is done with bytes: as with a ``PeerEngine``.
    public let engine: PeerEngine
    /// What was found here before anything was fetched.
    public let damage: LogDamage

    private let replica: Replica
    private let peer: DeviceKey
    private let fetched: Fetched

    /// What came; the session holds on to it.
    private final class Fetched {
        var entries: [Entry] = []
        var byteCount = 0
        var leftOutCount = 0

        func take(_ entry: Entry) {
            let size = entry.changeSet.bytes.count + (entry.body?.count ?? 0)
            guard byteCount + size <= Self.byteCountMax else {
                leftOutCount += 1
                return
            }
            byteCount += size
            entries.append(entry)
        }

        /// What is beyond is fetched by the next repair.
        private static let byteCountMax = 512 * 1024 * 1024
    }

    /// Begins to repair the log of `replica`, of which `damage` was found, by what `peer` has, which
    /// has proven to be a member's device or the hub; `salt` is 16 random bytes.
    public init(_ replica: Replica, _ damage: LogDamage, from peer: DeviceKey, salt: [UInt8]) {
        self.replica = replica
        self.peer = peer
        self.damage = damage
        let fetched = Fetched()
        self.fetched = fetched
        engine = PeerEngine(repairing: replica, damage, from: peer, salt: salt) { fetched.take($0) }
    }

    /// Entries that came, but for which there was no room: another repair gets them.
    public var leftOutCount: Int { fetched.leftOutCount }

    /// Mends the log, after the session has come to a good end.
    public func mend() throws(ReplicaError) -> MendReport {
        let report = try replica.mendLog(
            damage,
            with: fetched.entries.map { IncomingEntry($0) },
            from: peer
        )
        fetched.entries = []
        return report
    }
}
