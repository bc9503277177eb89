public import ArticleModel
public import Membership
import SQLite

/// A chain of which a device, or a copy of it, signed several entries for one place.
public struct Fork: Hashable, Sendable {
    /// The chain.
    public let chain: ChainID
    /// The device whose chain it is.
    public let device: DeviceKey
    /// The first place there are several entries of.
    public let sequence: UInt64
    /// The entries there, by id.
    public let entries: [ChangeSetID]
    /// The last entry of each branch.
    public let heads: [ChainPosition]
}

extension Replica {
    /// The chains that forked, by id.
    public func forks() throws(ReplicaError) -> [Fork] {
        try readLog {
            let rows = try database.statement(
                "SELECT id, device, forked FROM chain WHERE forked > 0 ORDER BY id"
            )
            var forks: [Fork] = []
            while try rows.step() {
                guard let chain = ChainID(rows.bytes(0)), let device = DeviceKey(rows.bytes(1))
                else { throw damagedLog("a chain") }
                let sequence = UInt64(clamping: rows.integer(2) - 1)
                forks.append(
                    Fork(
                        chain: chain,
                        device: device,
                        sequence: sequence,
                        entries: try ids(of: chain, at: sequence).sorted(),
                        heads: try heads(of: chain).map {
                            ChainPosition(chain: chain, sequence: $0.sequence, id: $0.id)
                        }
                    )
                )
            }
            return forks
        }
    }

    /// What proves to anybody that `fork` is one: two of the entries with their signatures.
    ///
    /// Nil while fewer than two of them came with a signature of their own that holds: then later
    /// entries prove them to this replica, but not to others.
    public func proof(of fork: Fork) throws(ReplicaError) -> ForkProof? {
        try readLog {
            guard let opening = try opening(of: fork.chain) else { return nil }
            var sound: [SignedChangeSet] = []
            for id in fork.entries {
                guard let entry = try signed(id) else { throw damagedLog("an entry") }
                guard (try? entry.verified(by: fork.device)) != nil else { continue }
                sound.append(entry)
                guard sound.count == 2 else { continue }
                return try ForkProof(opening, sound[0], sound[1])
            }
            return nil
        }
    }

    /// What the first entry of a chain tells of it; nil where it is not here.
    private func opening(of chain: ChainID) throws -> ChainOpening? {
        guard let id = try ids(of: chain, at: 0).first else { return nil }
        return try signed(id)?.header.opening
    }

    /// The entry `id` without its body; nil where it is not here.
    func signed(_ id: ChangeSetID) throws -> SignedChangeSet? {
        let row = try database.statement(
            "SELECT header FROM entry WHERE id = ?",
            .bytes(id.bytes)
        )
        return try row.step() ? try readHeader(row.bytes(0)) : nil
    }

    /// The entries at `sequence` of a chain: none, one, or several where it forked.
    func ids(of chain: ChainID, at sequence: UInt64) throws -> [ChangeSetID] {
        let rows = try database.statement(
            "SELECT id FROM entry WHERE chain = ? AND seq = ?",
            .bytes(chain.bytes),
            .integer(Int64(clamping: sequence))
        )
        var ids: [ChangeSetID] = []
        while try rows.step() {
            guard let id = ChangeSetID(rows.bytes(0)) else { throw damagedLog("an entry") }
            ids.append(id)
        }
        return ids
    }
}
