public import ArticleModel

/// Characters that one change inserted one after the other, and that stand so in the merged order.
public struct ItemRun: Hashable, Sendable {
    /// The change that inserted them.
    public let change: ChangeID
    /// The offset of the first among the scalars the change inserted.
    public let offset: UInt32
    /// How many, at least 1.
    public internal(set) var count: UInt32
    /// Whether they are in the text that people see; deleted characters keep their place.
    public let isVisible: Bool
    /// Whether they are in the raw text, by which changes count positions.
    ///
    /// The same as ``isVisible`` but where a void change had a part in it.
    public let isAlive: Bool

    /// A run of `count` characters from `offset` on; alive if visible, unless said otherwise.
    public init(
        change: ChangeID,
        offset: UInt32,
        count: UInt32,
        isVisible: Bool,
        isAlive: Bool? = nil
    ) {
        self.change = change
        self.offset = offset
        self.count = count
        self.isVisible = isVisible
        self.isAlive = isAlive ?? isVisible
    }

    /// The offset after the last.
    var end: UInt32 { offset + count }

    /// How many characters it adds to the text that people see.
    var visibleCount: Int { isVisible ? Int(count) : 0 }

    /// How many characters it adds to the raw text.
    var aliveCount: Int { isAlive ? Int(count) : 0 }

    /// Whether `other`, standing right after this run, goes on with it.
    func isContinued(by other: Self) -> Bool {
        end == other.offset && isVisible == other.isVisible && isAlive == other.isAlive
            && change == other.change
    }

    /// Whether the character is one of them.
    func contains(_ character: CharacterID) -> Bool {
        character.offset >= offset && character.offset - offset < count
            && character.change == change
    }

    /// The part of the run from its `start`-th character on, `count` long.
    func part(from start: UInt32, count: UInt32) -> Self {
        Self(
            change: change,
            offset: offset + start,
            count: count,
            isVisible: isVisible,
            isAlive: isAlive
        )
    }

    /// The part of the run from its `start`-th character on, `count` long, of another fate.
    func part(from start: UInt32, count: UInt32, isVisible: Bool, isAlive: Bool) -> Self {
        Self(
            change: change,
            offset: offset + start,
            count: count,
            isVisible: isVisible,
            isAlive: isAlive
        )
    }
}
