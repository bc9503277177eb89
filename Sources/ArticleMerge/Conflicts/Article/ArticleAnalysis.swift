public import ArticleModel

/// What people see of an article, what they have to choose, and what their choices and edits are
/// as changes.
///
/// To be dropped when a change comes.
public final class ArticleAnalysis {
    /// All changes of the article.
    public let graph: EventGraph
    /// What they merge to.
    public let merged: ArticleState
    private lazy var summary = analysis(of: .summary)
    private lazy var body = analysis(of: .body)
    /// What is to be seen and chosen after all changes.
    public private(set) lazy var view = makeView()

    /// Analyses the article of `graph`, whose changes end with `merged`.
    public init(_ graph: EventGraph, merged: ArticleState) {
        self.graph = graph
        self.merged = merged
    }

    /// One of the article's texts.
    public func text(_ field: TextField) -> ConflictAnalysis {
        switch field {
        case .summary: summary
        case .body: body
        }
    }

    private func analysis(of field: TextField) -> ConflictAnalysis {
        ConflictAnalysis(graph, state: merged, field: field)
    }

    private func makeView() -> ArticleView {
        var texts: [TextField: TextState] = [:]
        var conflicts: [ArticleConflict] = []
        var reviews: [ArticleReview] = []
        var isUntouched = true
        for field in TextField.allCases {
            let analysis = text(field)
            let shown = analysis.shownText()
            let merged = merged.text(of: field)
            if !shown.isMerged {
                texts[field] = analysis.shownState(of: merged, shown, at: nil)
            }
            let state = texts[field] ?? merged
            conflicts += shown.conflicts.map(ArticleConflict.init)
            isUntouched = isUntouched && shown.conflicts.isEmpty && shown.agreed.isEmpty
            for item in analysis.reviewItems() ?? [] {
                reviews.append(
                    ArticleReview(
                        field: field,
                        range: item.range,
                        first: state.characterID(at: item.range.lowerBound),
                        changes: item.changes
                    )
                )
            }
        }
        return ArticleView(
            summary: texts[.summary],
            body: texts[.body],
            conflicts: conflicts + valueConflicts(),
            reviews: reviews,
            isUntouched: isUntouched
        )
    }

    /// The article as it is shown after all changes.
    public var shown: ArticleState { merged.showing(view) }

    /// A version of the article as it was shown; nil where a head of it is unknown.
    ///
    /// `state` is what the changes of the version merge to.
    public func shown(_ state: ArticleState, at version: [ChangeID]) -> ArticleState? {
        var texts: [TextField: TextState] = [:]
        for field in TextField.allCases {
            let analysis = text(field)
            guard let shown = analysis.shownText(at: version) else { return nil }
            texts[field] = analysis.shownState(of: state.text(of: field), shown, at: version)
        }
        return state.showing(
            ArticleView(
                summary: texts[.summary],
                body: texts[.body],
                conflicts: [],
                reviews: [],
                isUntouched: false
            )
        )
    }
}
