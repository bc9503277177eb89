public import ArticleModel
import Membership
import SQLite
import Signing

/// Entries of a replica's log that are not what was signed any more.
public struct LogDamage: Sendable {
    /// A row of the log that does not hold.
    public struct Row: Hashable, Sendable {
        /// Its number.
        let row: Int64
        /// The entry it is stored as; nil where not even that can be read.
        public let id: ChangeSetID?
        /// The entry its header is, where that can be read.
        let headerID: ChangeSetID?
        /// Its place in a chain, as stored.
        let chain: ChainID?
        let sequence: Int64
        /// What is wrong.
        public let message: String
    }

    /// Entries looked at.
    public internal(set) var entryCount = 0
    /// Entries whose header or body is not what was signed.
    public internal(set) var damaged: [Row] = []
    /// Entries whose own signature does not hold, though all they say is sound.
    public internal(set) var unsound: [Row] = []

    /// The entries that are to be fetched again.
    public var ids: Set<ChangeSetID> { Set((damaged + unsound).compactMap(\.id)) }
}

extension Replica {
    /// Looks for entries that are not what was signed, believing nothing that is stored beside them.
    public func inspectLog() throws(ReplicaError) -> LogDamage {
        try readLog {
            var inspector = LogInspector(self)
            let rows = try database.statement("SELECT row FROM entry ORDER BY row")
            while try rows.step() { try inspector.look(atRow: rows.integer(0)) }
            return inspector.damage
        }
    }
}

/// Looks at rows of the log, in order of arrival.
struct LogInspector {
    private(set) var damage = LogDamage()
    private let replica: Replica
    private var devices: [ChainID: DeviceKey] = [:]
    private var keys: [DeviceKey: PublicKey] = [:]

    init(_ replica: Replica) { self.replica = replica }

    mutating func look(atRow row: Int64) throws {
        let stored = try replica.database.statement(
            """
            SELECT id, chain, seq, lamport, membership, header, size, body FROM entry WHERE row = ?
            """,
            .integer(row)
        )
        guard try stored.step() else { return }
        damage.entryCount += 1
        let signed = try? SignedChangeSet(decoding: stored.bytes(5))
        func found(_ message: String) -> LogDamage.Row {
            LogDamage.Row(
                row: row,
                id: ChangeSetID(stored.bytes(0)),
                headerID: signed?.id,
                chain: ChainID(stored.bytes(1)),
                sequence: stored.integer(2),
                message: message
            )
        }
        guard let signed else { return damage.damaged.append(found("its header cannot be read")) }
        let header = signed.header
        guard signed.id.bytes == stored.bytes(0), header.chain.bytes == stored.bytes(1),
            Int64(clamping: header.sequence) == stored.integer(2),
            Int64(clamping: header.lamport) == stored.integer(3),
            Int64(clamping: header.membership.sequence) == stored.integer(4)
        else { return damage.damaged.append(found("its header is not the one it is stored as")) }
        guard isWhole(header, stored.bytes(ifAny: 7), size: stored.integer(6)) else {
            return damage.damaged.append(found("its body is not the one that was signed"))
        }
        if let opening = header.opening { devices[header.chain] = opening.device }
        // Where the chain's opening is damaged, its device is known from the chain's row alone.
        guard let device = try devices[header.chain] ?? replica.device(ofChain: header.chain) else {
            return
        }
        if (try? signed.verified(by: try key(of: device))) == nil {
            damage.unsound.append(found("its signature does not hold"))
        }
    }

    private func isWhole(_ header: ChangeSetHeader, _ stored: [UInt8]?, size: Int64) -> Bool {
        guard let reference = header.body else { return stored == nil }
        guard size == Int64(clamping: reference.size), size <= Int64(Limits.bodySizeMax),
            let body = try? replica.unpacked(stored, size: size)
        else { return false }
        return body.count == reference.size && ChangeIdentity.body(body) == reference.hash
    }

    private mutating func key(of device: DeviceKey) throws(MembershipError) -> PublicKey {
        if let known = keys[device] { return known }
        let key = try device.publicKey()
        keys[device] = key
        return key
    }
}
