import ArticleModel
import Membership
public import ReplicaStore
public import Signing
public import SyncProtocol

/// Writes what a replica has into a bundle, for machines that share no network.
public struct BundleExport {
    private let replica: Replica

    /// Writes bundles of `replica`.
    public init(_ replica: Replica) { self.replica = replica }

    /// How far the replica's log reaches now.
    public func frontier() throws -> BundleFrontier {
        // Nothing is read of the entries but the ends of their chains.
        let heads = try replica.chains().flatMap(\.heads)
        return BundleFrontier(heads: heads, membership: try replica.membership().mark)
    }

    /// Writes what whoever has all of `bases` lacks, or everything where there are none.
    ///
    /// Signed by `key`, a member's; gives what the bundle says of itself. All of it is as of one
    /// moment. Takes memory for a run, and 8 bytes an entry.
    public func write(
        since bases: [BundleFrontier],
        signedBy key: PrivateKey,
        now: Int64,
        to sink: ([UInt8]) throws -> Void
    ) throws -> BundleHeader {
        let author = try DeviceKey(key.publicKey)
        var failure: (any Error)?
        do {
            return try replica.withEntries(beyond: bases.flatMap(\.heads)) { outgoing in
                do {
                    return try write(outgoing, bases, author, key, now, sink)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            // What the store has only passed on is not its own.
            throw failure ?? error
        }
    }

    private func write(
        _ outgoing: OutgoingEntries,
        _ bases: [BundleFrontier],
        _ author: DeviceKey,
        _ key: PrivateKey,
        _ now: Int64,
        _ sink: ([UInt8]) throws -> Void
    ) throws -> BundleHeader {
        let log = try replica.membership()
        guard log.role(of: author) != nil else {
            throw BundleError(.notAMember, "Only a member's device can make a bundle.")
        }
        let known = bases.map { Self.common(log, $0.membership) }.max { $0.position < $1.position }
        let records = log.entries.dropFirst(known.map { Int($0.position) + 1 } ?? 0)
        let header = BundleHeader(
            library: replica.library,
            author: author,
            timeMilliseconds: now,
            entryCount: UInt64(outgoing.count),
            recordCount: UInt64(records.count),
            base: known.map { BundleFrontier(heads: outgoing.base, membership: $0) },
            frontier: BundleFrontier(heads: outgoing.heads, membership: log.mark)
        )
        var writer = BundleWriter(header)
        try sink(writer.start())
        try sink(writer.records(records.map { Members.Record($0) }))
        try outgoing.forEachBatch { try sink(writer.entries($0.map { Entry($0) })) }
        try sink(writer.end(signedBy: key))
        return header
    }

    /// The last record of `log` that whoever has `mark` is certain to have: all that is here where
    /// they are ahead, the genesis where the two logs differ.
    private static func common(_ log: MembershipLog, _ mark: Mark) -> Mark {
        if mark.position > log.head.sequence { return log.mark }
        if log.prefix(at: mark.position) == mark.prefix { return mark }
        return Mark(position: 0, prefix: log.prefix(at: 0) ?? [])
    }
}
