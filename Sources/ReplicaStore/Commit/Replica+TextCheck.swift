import ArticleMerge
import ArticleModel

extension Replica {
    /// Refuses a change after which people would see other words than its author did: a mixture.
    func check(
        _ texts: [TextField: ScalarText],
        after draft: Draft,
        _ merged: ArticleState?
    ) throws {
        guard let merged, let graph = try loadGraph(of: draft.article) else { return }
        let analysis = ArticleAnalysis(graph, merged: merged)
        for (field, text) in texts
        where analysis.text(field).shownText(at: [draft.change])?.text != text {
            throw ReplicaError(
                .faultyChange,
                "The edit would show other words than you typed: the conflicts beside it cannot be "
                    + "settled that way. Resolve them first (`galley conflicts`)."
            )
        }
    }
}
