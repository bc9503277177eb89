public import ArticleModel
import CBOR
public import Membership
import Signing

/// How far a replica's log reaches: the last entries of every chain, and of the membership log.
public struct BundleFrontier: Hashable, Sendable {
    /// The last entry of each chain, one for each branch of a chain that forked; in order.
    public let heads: [ChainPosition]
    /// The last membership record.
    public let membership: Mark

    /// Describes a replica.
    public init(heads: [ChainPosition], membership: Mark) {
        self.heads = heads.sorted { left, right in
            if left.chain != right.chain { return left.chain < right.chain }
            if left.sequence != right.sequence { return left.sequence < right.sequence }
            return left.id < right.id
        }
        self.membership = membership
    }

    /// What stands for it: SHA-256 of the CBOR `["galley/1/frontier", library, frontier]`.
    public func mark(in library: LibraryID) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.text("galley/1/frontier")
        writer.bytes(library.bytes)
        encode(to: &writer)
        return SHA256.hash(writer.bytes)
    }
}

extension BundleFrontier {
    /// The bytes of `[membership mark, [[chain, sequence, id], …]]`.
    public func encoded() -> [UInt8] {
        var writer = CBORWriter()
        encode(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encoded()`` gives; nil for anything else.
    public init?(decoding bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        do {
            let frontier = try BundleFrontier(from: &reader)
            try reader.finish()
            self = frontier
        } catch { return nil }
    }

    func encode(to writer: inout CBORWriter) {
        writer.array(2)
        writer.mark(membership)
        writer.array(heads.count)
        for head in heads {
            writer.array(3)
            writer.bytes(head.chain.bytes)
            writer.unsigned(head.sequence)
            writer.bytes(head.id.bytes)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        let membership = try reader.mark()
        let count = try reader.array()
        let start = reader.offset
        var heads: [ChainPosition] = []
        heads.reserveCapacity(count)
        for _ in 0..<count {
            try reader.array(exactly: 3)
            let chain: ChainID = try reader.identifier16()
            let sequence = try reader.unsigned(atMost: UInt64(Int64.max))
            heads.append(
                ChainPosition(chain: chain, sequence: sequence, id: try reader.identifier32())
            )
        }
        self.init(heads: heads, membership: membership)
        // One form: in order, none twice.
        guard self.heads == heads, zip(heads, heads.dropFirst()).allSatisfy({ $0 != $1 }) else {
            throw CBORError(code: .outOfRange, offset: start, message: "heads out of order")
        }
    }
}
