import ArticleModel
import ReplicaStore

/// The anchor of a chain in a file of a simulated machine, beside the replica's.
///
/// As the client keeps it: replaced as a whole, never by an earlier one of the same chain, and what
/// cannot be understood counts as missing.
struct SimulatedAnchors: ChainAnchorStore {
    let disk: SimulatedDisk
    let name: String

    func load() throws -> ChainAnchor? {
        guard let bytes = try disk.contents(of: name) else { return nil }
        guard bytes.count > 56, let chain = Self.chain(in: bytes),
            let id = ChangeSetID(bytes[16..<48])
        else { return nil }
        let sequence = bytes[48..<56].reduce(0) { $0 << 8 | UInt64($1) }
        return ChainAnchor(
            chain: chain,
            sequence: sequence,
            id: id,
            machine: Array(bytes[56...])
        )
    }

    /// The chain that a file of an anchor names.
    static func chain(in bytes: [UInt8]) -> ChainID? { ChainID(bytes.prefix(16)) }

    func advance(to anchor: ChainAnchor) throws {
        if let kept = try load(), kept.chain == anchor.chain, kept.sequence > anchor.sequence {
            return
        }
        var bytes = anchor.chain.bytes + anchor.id.bytes
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: anchor.sequence >> UInt64(shift)))
        }
        try disk.replace(name, with: bytes + anchor.machine)
    }
}
