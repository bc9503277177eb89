public import ArticleModel

/// What a new change is to do to a text, going on from the version that was asked about.
public struct EditDraft: Hashable, Sendable {
    /// The steps in order, the closing of conflicts first; none where nothing is to be done.
    public let operations: [Operation]
    /// The conflicts that it closes, in the order of the text.
    public let closes: [ConflictKey]
}

/// What to put in the place of a conflict.
public enum ConflictChoice: Hashable, Sendable {
    /// One of its alternatives, by number.
    case alternative(Int)
    /// What stood there before the sides parted.
    case base
    /// All alternatives that are no nested ones, one after the other.
    case all
    /// Other words.
    case text(ScalarText)
}
