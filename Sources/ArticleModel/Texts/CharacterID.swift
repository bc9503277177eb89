/// A character of a text for ever: the change that inserted it, and its place among the scalars
/// that change inserted into that text's article, in the order of its operations.
///
/// A seed's scalars count through its texts in the order of ``TextField``: summary, then body.
/// An edit's scalars count through all its insertions, whichever text they go to.
public struct CharacterID: Hashable, Comparable, Sendable {
    /// The change that inserted the character.
    public let change: ChangeID
    /// The place among the scalars the change inserted, from 0.
    public let offset: UInt32

    /// Names a character.
    public init(change: ChangeID, offset: UInt32) {
        self.change = change
        self.offset = offset
    }

    /// Orders by change, then by offset.
    public static func < (left: Self, right: Self) -> Bool {
        left.change == right.change ? left.offset < right.offset : left.change < right.change
    }
}

/// Characters that one change inserted one after the other.
public struct CharacterRange: Hashable, Sendable {
    /// The change that inserted them.
    public let change: ChangeID
    /// The offset of the first.
    public let offset: UInt32
    /// How many, at least 1.
    public let count: UInt32

    /// Names `count` characters from `offset` on.
    public init(change: ChangeID, offset: UInt32, count: UInt32) {
        self.change = change
        self.offset = offset
        self.count = count
    }
}
