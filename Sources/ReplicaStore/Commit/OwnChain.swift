import ArticleModel
import Membership
import SQLite

extension Replica {
    /// The last entry of the chain this replica may go on with as `device`; nil where a new one has
    /// to be opened.
    ///
    /// A new one is needed where there is none, where the chain forked or went on elsewhere, and
    /// where the anchor says that this replica may be a copy, or older than the chain: it is moved
    /// before each commit, so it names the last entry unless a commit failed or files were put back.
    func ownChainHead(of device: DeviceKey, anchor: ChainAnchor?, machine: [UInt8]) throws
        -> EntryPlace?
    {
        guard let chain = ChainID(try database.meta(.chain)?.bytes ?? []),
            try database.meta(.device)?.bytes == device.bytes,
            let anchor, anchor.chain == chain, anchor.machine == machine,
            try !isForked(chain),
            let head = try heads(of: chain).first,
            anchor.sequence == head.sequence, anchor.id == head.id
        else { return nil }
        return head
    }

    /// The last entries of a chain: one, or as many as it has branches.
    func heads(of chain: ChainID) throws -> [EntryPlace] {
        guard let fork = try forkSequence(of: chain) else {
            let row = try database.statement(
                "SELECT id FROM entry WHERE chain = ? ORDER BY seq DESC LIMIT 1",
                .bytes(chain.bytes)
            )
            guard try row.step(), let id = ChangeSetID(row.bytes(0)) else { return [] }
            return try place(of: id).map { [$0] } ?? []
        }
        // Below the fork each entry has one that goes on from it.
        let rows = try database.statement(
            "SELECT header FROM entry WHERE chain = ? AND seq >= ? ORDER BY seq, id",
            .bytes(chain.bytes),
            .integer(Int64(clamping: fork))
        )
        var ids: [ChangeSetID] = []
        var named: Set<ChangeSetID> = []
        while try rows.step() {
            let signed = try readHeader(rows.bytes(0))
            ids.append(signed.id)
            if let previous = signed.header.previous { named.insert(previous) }
        }
        return try ids.filter { !named.contains($0) }.compactMap { try place(of: $0) }
    }

    /// The chain of `device` that went on longest, with its last entries.
    func lastChain(of device: DeviceKey) throws -> [EntryPlace] {
        let row = try database.statement(
            """
            SELECT chain.id FROM chain JOIN entry ON entry.chain = chain.id
            WHERE chain.device = ? ORDER BY entry.lamport DESC, entry.row DESC LIMIT 1
            """,
            .bytes(device.bytes)
        )
        guard try row.step(), let chain = ChainID(row.bytes(0)) else { return [] }
        return try heads(of: chain)
    }
}
