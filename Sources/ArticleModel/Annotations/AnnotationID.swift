/// An annotation or a reply: the change that made it, and its number among those the change made.
public struct AnnotationID: Hashable, Comparable, Sendable {
    /// The change that made it.
    public let change: ChangeID
    /// Its number among the annotations and replies of that change, in order of operations, from 0.
    public let index: UInt32

    /// Names an annotation or a reply.
    public init(change: ChangeID, index: UInt32) {
        self.change = change
        self.index = index
    }

    /// Orders by change, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        left.change == right.change ? left.index < right.index : left.change < right.change
    }
}
