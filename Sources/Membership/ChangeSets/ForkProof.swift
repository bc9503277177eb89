public import ArticleModel
import CBOR

// A proof is the array
//
//      ["galley/1/fork", device key, incarnation, message, message]
//
// of the key and the 16 bytes that give the chain's id, and two change sets of that chain with one
// sequence number, whole, the one with the lesser id first. Several proofs are an array of such.

/// That a device signed two entries for one place in a chain: the two, and what ties them to it.
///
/// It can be checked without a library: by the device's key alone.
public struct ForkProof: Hashable, Sendable {
    /// What the chain's id follows from.
    public let opening: ChainOpening
    /// The entry with the lesser id.
    public let first: SignedChangeSet
    /// The other one.
    public let second: SignedChangeSet

    /// The most proofs that one list may have.
    public static let countMax = 4_096

    private static let tag = "galley/1/fork"

    /// Proves that the device of `opening` signed both entries, or throws where they prove nothing.
    public init(
        _ opening: ChainOpening,
        _ one: SignedChangeSet,
        _ other: SignedChangeSet
    ) throws(MembershipError) {
        (first, second) = one.id < other.id ? (one, other) : (other, one)
        // What was there before the chain says nothing of its id.
        self.opening = ChainOpening(device: opening.device, incarnation: opening.incarnation)
        guard first.header.chain == opening.chain, second.header.chain == opening.chain else {
            throw MembershipError(
                .chainMismatch,
                "The two entries are not both of the chain they are to prove something of."
            )
        }
        guard first.header.sequence == second.header.sequence, first.id != second.id else {
            throw MembershipError(
                .malformed,
                "The two entries have different places in their chain, or are the same: nobody "
                    + "signed twice."
            )
        }
        let key = try opening.device.publicKey()
        _ = try first.verified(by: key)
        _ = try second.verified(by: key)
    }

    /// The device that signed twice.
    public var device: DeviceKey { opening.device }
    /// The chain it did it on.
    public var chain: ChainID { first.header.chain }
    /// The place there are two entries of.
    public var sequence: UInt64 { first.header.sequence }
}

extension ForkProof {
    /// The proof in bytes.
    public func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: first.bytes.count + second.bytes.count + 96)
        encode(into: &writer)
        return writer.bytes
    }

    /// Several proofs in bytes.
    public static func encode(_ proofs: [ForkProof]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(proofs.count)
        for proof in proofs { proof.encode(into: &writer) }
        return writer.bytes
    }

    /// Reads a proof and checks it.
    public init(decoding bytes: [UInt8]) throws(MembershipError) {
        self = try Membership.decoding("A proof") {
            var reader = CBORReader(bytes)
            let proof = try ForkProof(from: &reader)
            try reader.finish()
            return proof
        }
    }

    /// Reads several proofs and checks each.
    public static func decode(_ bytes: [UInt8]) throws(MembershipError) -> [ForkProof] {
        try decoding("A list of proofs") {
            var reader = CBORReader(bytes)
            var proofs: [ForkProof] = []
            for _ in 0..<(try reader.array(atMost: countMax)) {
                proofs.append(try ForkProof(from: &reader))
            }
            try reader.finish()
            return proofs
        }
    }

    private func encode(into writer: inout CBORWriter) {
        writer.array(5)
        writer.text(Self.tag)
        writer.identifier(opening.device)
        writer.identifier(opening.incarnation)
        writer.bytes(first.bytes)
        writer.bytes(second.bytes)
    }

    private init(from reader: inout CBORReader) throws {
        try reader.array(exactly: 5)
        guard try reader.text() == Array(Self.tag.utf8) else {
            throw MembershipError(.malformed, "This is no proof that a device signed twice.")
        }
        let opening = ChainOpening(
            device: try reader.identifier32(),
            incarnation: try reader.identifier16()
        )
        let first = try SignedChangeSet(decoding: reader.bytes())
        let second = try SignedChangeSet(decoding: reader.bytes())
        guard first.id < second.id else {
            throw MembershipError(.malformed, "The entries of a proof stand in order of their ids.")
        }
        try self.init(opening, first, second)
    }
}
