/// What a change set does, article by article.
///
/// `changes` stand in the order of the articles in the change set's header.
public struct ChangeSetBody: Hashable, Sendable {
    /// The part that touches one article.
    public enum Change: Hashable, Sendable {
        /// Begins the article.
        case seed(Seed)
        /// Goes on from `parents`, sorted and distinct, at least one.
        case edit(parents: [ChangeID], operations: [Operation])
    }

    /// One change an article.
    public let changes: [Change]

    /// A body of `changes`.
    public init(changes: [Change]) { self.changes = changes }
}
