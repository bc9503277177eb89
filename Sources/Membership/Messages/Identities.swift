public import ArticleModel
import CBOR
import Signing

/// Ids that follow from what a thing is.
///
/// Each is the SHA-256 of a deterministic CBOR array.
public enum ChangeIdentity {
    /// The id of the change at `index` of a change set.
    ///
    /// Over `[change set id, index]`.
    public static func id(of changeSet: ChangeSetID, index: Int) -> ChangeID {
        var writer = CBORWriter(capacity: 40)
        writer.array(2)
        writer.identifier(changeSet)
        writer.integer(Int64(index))
        return ChangeID(digest: SHA256.hash(writer.bytes))
    }

    /// The id of a seed's change, whoever carries it.
    ///
    /// Over `["galley/1/article", library, seed bytes]`.
    public static func seed(library: LibraryID, bytes: [UInt8]) -> ChangeID {
        var writer = CBORWriter(capacity: bytes.count + 64)
        writer.array(3)
        writer.text("galley/1/article")
        writer.identifier(library)
        writer.bytes(bytes)
        return ChangeID(digest: SHA256.hash(writer.bytes))
    }

    /// The id of the article that a seed begins: the first 16 bytes of the seed's change id.
    public static func article(ofSeed seed: ChangeID) -> ArticleID {
        seed.prefix16(as: ArticleID.self)
    }

    /// The SHA-256 of a body's bytes, as a header names it.
    public static func body(_ bytes: [UInt8]) -> BodyHash { BodyHash(digest: SHA256.hash(bytes)) }
}

/// See ``ChangeIdentity``.
public enum ChainIdentity {
    /// The id of the chain of one incarnation of a device.
    ///
    /// Over `["galley/1/chain", device key, incarnation]`, its first 16 bytes.
    public static func id(device: DeviceKey, incarnation: Incarnation) -> ChainID {
        var writer = CBORWriter(capacity: 80)
        writer.array(3)
        writer.text("galley/1/chain")
        writer.identifier(device)
        writer.identifier(incarnation)
        let digest: Identifier32<ChainTag> = Identifier32(digest: SHA256.hash(writer.bytes))
        return digest.prefix16(as: ChainID.self)
    }
}

/// What tells apart the chains of one device: 16 random bytes.
public typealias Incarnation = Identifier16<IncarnationTag>
/// See ``Incarnation``.
public enum IncarnationTag {}
/// The SHA-256 of a body, in the codec's form and before transport compression.
public typealias BodyHash = Identifier32<BodyHashTag>
/// See ``BodyHash``.
public enum BodyHashTag {}
/// The first 16 bytes of a membership record's id.
public typealias MemberRecordPrefix = Identifier16<MemberRecordPrefixTag>
/// See ``MemberRecordPrefix``.
public enum MemberRecordPrefixTag {}
