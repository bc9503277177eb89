/// What a change is known by: SHA-256 of (change set id, index), or of the seed's bytes.
public typealias ChangeID = Identifier32<ChangeTag>
/// What a change set is known by: SHA-256 of its COSE `Sig_structure`.
public typealias ChangeSetID = Identifier32<ChangeSetTag>
/// A library: the id of its genesis membership record.
public typealias LibraryID = Identifier32<LibraryTag>
/// A membership record: SHA-256 of its COSE `Sig_structure`.
public typealias MemberRecordID = Identifier32<MemberRecordTag>
/// A device, known by its Ed25519 public key.
public typealias DeviceKey = Identifier32<DeviceTag>
/// An article: the first 16 bytes of its seed's change id.
public typealias ArticleID = Identifier16<ArticleTag>
/// A chain: the first 16 bytes of SHA-256(tag, device key, incarnation).
public typealias ChainID = Identifier16<ChainTag>
/// A user: the first 16 bytes of the id of the membership record that brought them in.
public typealias UserID = Identifier16<UserTag>

/// Tags of the identifier types; they have no values.
public enum ChangeTag {}
/// See ``ChangeSetID``.
public enum ChangeSetTag {}
/// See ``LibraryID``.
public enum LibraryTag {}
/// See ``MemberRecordID``.
public enum MemberRecordTag {}
/// See ``DeviceKey``.
public enum DeviceTag {}
/// See ``ArticleID``.
public enum ArticleTag {}
/// See ``ChainID``.
public enum ChainTag {}
/// See ``UserID``.
public enum UserTag {}

extension Identifier32 {
    /// The first 16 bytes, as another kind of identifier.
    @inlinable
    public func prefix16<Other>(as type: Identifier16<Other>.Type) -> Identifier16<Other> {
        Identifier16<Other>(word0: word0, word1: word1)
    }
}

extension Identifier16 {
    @inlinable
    init(word0: UInt64, word1: UInt64) {
        self.word0 = word0
        self.word1 = word1
    }
}
