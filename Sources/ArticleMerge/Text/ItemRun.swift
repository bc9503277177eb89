public import ArticleModel

/// Characters that one change inserted one after the other, and that stand so in the merged order.
public struct ItemRun: Hashable, Sendable {
    /// The change that inserted them.
    public let change: ChangeID
    /// The offset of the first among the scalars the change inserted.
    public let offset: UInt32
    /// How many, at least 1.
    public internal(set) var count: UInt32
    /// Whether they are in the text; deleted characters keep their place.
    public let isVisible: Bool

    /// A run of `count` characters from `offset` on.
    public init(change: ChangeID, offset: UInt32, count: UInt32, isVisible: Bool) {
        self.change = change
        self.offset = offset
        self.count = count
        self.isVisible = isVisible
    }

    /// The offset after the last.
    var end: UInt32 { offset + count }

    /// Whether `other`, standing right after this run, goes on with it.
    func isContinued(by other: Self) -> Bool {
        end == other.offset && isVisible == other.isVisible && change == other.change
    }

    /// The part of the run from its `start`-th character on, `count` long.
    func part(from start: UInt32, count: UInt32, isVisible: Bool? = nil) -> Self {
        Self(
            change: change,
            offset: offset + start,
            count: count,
            isVisible: isVisible ?? self.isVisible
        )
    }
}
