import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// Every sound entry of a replica's log as a thing to compare, read from its index: nothing of it is
/// held in memory but the names of damaged ones.
struct EntrySet: ReconciledSet {
    let salt: [UInt8]
    private let replica: Replica
    /// Entries that cannot be read any more; to compare, they are not there.
    private let damaged: Set<ChangeSetID>

    init(_ replica: Replica, salt: [UInt8], leavingOut damaged: Set<ChangeSetID> = []) throws {
        self.replica = replica
        self.salt = salt
        self.damaged = damaged
    }

    func count(in range: KeyRange) throws -> Int {
        var count = 0
        try forEach(in: range) { _ in count += 1 }
        return count
    }

    func forEach(in range: KeyRange, _ body: (RangeItem) throws -> Void) throws {
        try replica.forEachEntry(from: range.lower.place, to: range.upper.place) { entry in
            guard !damaged.contains(entry.id) else { return }
            let item = RangeItem(
                chain: entry.chain,
                sequence: entry.sequence,
                id: entry.id,
                level: .entries
            )
            guard range.contains(item.key) else { return }
            try body(item)
        }
    }
}

extension [UInt8] {
    /// The chain and the number that a bound begins with: no entry before them lies behind it.
    fileprivate var place: (chain: [UInt8], sequence: UInt64) {
        let padded = self + [UInt8](repeating: 0, count: Swift.max(0, 24 - count))
        var sequence: UInt64 = 0
        for byte in padded[16..<24] { sequence = sequence << 8 | UInt64(byte) }
        return (isEmpty ? [] : Array(padded[..<16]), sequence)
    }
}
