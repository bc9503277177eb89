internal import ArticleModel

/// What people see of an article where it is not just what its changes merge to.
///
/// A pure function of the article's graph.
public struct ArticleView: Hashable, Sendable {
    /// The summary as it is shown; nil where that is the merged one.
    public let summary: TextState?
    /// The body as it is shown; nil where that is the merged one.
    public let body: TextState?
    /// The choices that wait for people: in the summary, the body, then others.
    public let conflicts: [ArticleConflict]
    /// What was merged and nobody has seen yet, in the order of the texts.
    public let reviews: [ArticleReview]
    /// Whether no edits of the texts touch, neither those that are a choice nor others.
    public let isUntouched: Bool

    /// A view as it was stored.
    public init(
        summary: TextState?,
        body: TextState?,
        conflicts: [ArticleConflict],
        reviews: [ArticleReview],
        isUntouched: Bool
    ) {
        self.summary = summary
        self.body = body
        self.conflicts = conflicts
        self.reviews = reviews
        self.isUntouched = isUntouched
    }

    /// Whether there is nothing to see but the merged article, and changes that go on from all of
    /// it cannot alter that.
    public var isPlain: Bool {
        summary == nil && body == nil && conflicts.isEmpty && reviews.isEmpty && isUntouched
    }
}

extension ArticleState {
    /// The article with its texts as they are shown.
    public func showing(_ view: ArticleView) -> ArticleState {
        var state = self
        if let summary = view.summary { state.summary = summary }
        if let body = view.body { state.body = body }
        return state
    }
}
