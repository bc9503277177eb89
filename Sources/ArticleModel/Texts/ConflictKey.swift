/// What a conflict of a text is known by: the smallest of the hunks and closings it consists of.
///
/// Stays the same while the edits that make up the conflict do, wherever else the text is edited.
public struct ConflictKey: Hashable, Comparable, Sendable {
    /// The change that the hunk or closing belongs to.
    public let change: ChangeID
    /// The hunk: 0, 1, … in the order of the text; a closing: −1, −2, … in the order of the text.
    public let number: Int32

    /// Names the conflict whose smallest part is `number` of `change`.
    public init(change: ChangeID, number: Int32) {
        self.change = change
        self.number = number
    }

    /// Orders by change, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        left.change == right.change ? left.number < right.number : left.change < right.change
    }
}
