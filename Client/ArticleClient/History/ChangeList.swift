import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// Changes in the order in which they are listed: the last first, by their authors' clocks, none
/// above a change that goes on from it.
struct ChangeList {
    /// The changes of one article.
    struct OfArticle {
        let changes: [LoggedChange]
        /// For each listed change the listed ones that it goes on from, directly or by way of
        /// changes that are not listed.
        let parents: [ChangeID: [ChangeID]]
    }

    private let library: OpenLibrary

    init(_ library: OpenLibrary) { self.library = library }

    // MARK: One article

    /// The changes of an article that a filter admits, at most `limit`.
    func changes(
        of history: ArticleHistory,
        _ filter: ChangeFilter,
        limit: Int?
    ) throws -> OfArticle {
        let headings = Array(Self.ordered(history).filter(filter.admits).prefix(limit ?? .max))
        let handles = try library.replica.shortHandles(ofChanges: headings.map(\.change))
        let listed = Set(headings.map(\.change))
        let text = history.text(of: listed)
        let changes = zip(headings, handles).map { heading, handle in
            LoggedChange(
                heading,
                handle: handle,
                change: history.graph.change(heading.change),
                in: text,
                fault: history.state.faults.first { $0.change == heading.change }?.fault,
                isVoid: history.graph.isVoid(heading.change)
            )
        }
        // A lane goes on to the parent that is listed next.
        var places: [ChangeID: Int] = [:]
        for (place, heading) in headings.enumerated() { places[heading.change] = place }
        let parents = Self.parents(of: listed, in: history.graph).mapValues { parents in
            parents.sorted { places[$0] ?? .max < places[$1] ?? .max }
        }
        return OfArticle(changes: changes, parents: parents)
    }

    /// The change of an article that is listed first of those with an effect.
    static func last(of history: ArticleHistory) -> ChangeID? {
        let faulty = Set(history.state.faults.map(\.change))
        return ordered(history).map(\.change).first { change in
            history.graph.change(change) != nil && !faulty.contains(change)
                && !history.graph.isVoid(change)
        }
    }

    private static func ordered(_ history: ArticleHistory) -> [ChangeHeading] {
        var order: [ChangeID: Int64] = [:]
        var headings: [ChangeHeading] = []
        for change in history.graph.changes {
            guard var heading = history.headings[change.id] else { continue }
            for parent in change.parents {
                heading.raise(order[parent] ?? heading.orderMilliseconds)
            }
            order[change.id] = heading.orderMilliseconds
            headings.append(heading)
        }
        headings += history.headings.values.filter { order[$0.change] == nil }
        return headings.sorted { one, other in
            // A seed's carrier may have come after what goes on from the seed.
            let (isSeed, otherIsSeed) = (
                one.change == history.graph.seed, other.change == history.graph.seed
            )
            if isSeed != otherIsSeed { return otherIsSeed }
            return ChangeHeading.isLater(one, than: other)
        }
    }

    private static func parents(
        of listed: Set<ChangeID>,
        in graph: EventGraph
    ) -> [ChangeID: [ChangeID]] {
        // What a change that is not listed stands for: the nearest listed ones behind it.
        var behind: [ChangeID: [ChangeID]] = [:]
        var result: [ChangeID: [ChangeID]] = [:]
        for change in graph.changes {
            var parents: [ChangeID] = []
            for parent in change.parents {
                for known in behind[parent] ?? [] where !parents.contains(known) {
                    parents.append(known)
                }
            }
            if parents.count > 1, change.parents.contains(where: { !listed.contains($0) }) {
                parents = parents.filter { parent in
                    !parents.contains { graph.isAncestor(parent, of: $0) }
                }
            }
            if listed.contains(change.id) {
                result[change.id] = parents
                behind[change.id] = [change.id]
            } else {
                behind[change.id] = parents
            }
        }
        return result
    }

    // MARK: All articles

    /// Hands over the changes of the whole library that a filter admits, at most `limit`, a page at
    /// a time, until one is not wanted any more.
    func forEachPage(
        _ filter: ChangeFilter,
        limit: Int?,
        _ body: ([LoggedChange]) throws -> Bool
    ) throws {
        let headings = Array(try library.replica.headings(filter).prefix(limit ?? .max))
        try forEachPage(headings, body)
    }

    /// Hands over changes with what they did, a page at a time, until one is not wanted any more.
    func forEachPage(
        _ headings: [ChangeHeading],
        _ body: ([LoggedChange]) throws -> Bool
    ) throws {
        let handles = try library.replica.shortHandles(ofChanges: headings.map(\.change))
        var waiting: [ArticleID: Set<ChangeID>] = [:]
        for heading in headings { waiting[heading.article, default: []].insert(heading.change) }
        var articles = try summaries(of: Set(waiting.keys))
        var open: [ArticleID: Chronicle] = [:]
        for start in stride(from: 0, to: headings.count, by: Self.pageSize) {
            var page: [LoggedChange] = []
            for index in start..<min(start + Self.pageSize, headings.count) {
                let heading = headings[index]
                if !heading.isSeed, open[heading.article] == nil {
                    open[heading.article] = try chronicle(
                        of: heading.article,
                        waiting[heading.article] ?? []
                    )
                }
                let chronicle = open[heading.article]
                page.append(
                    LoggedChange(
                        heading,
                        handle: handles[index],
                        change: chronicle?.graph.change(heading.change),
                        in: chronicle?.text,
                        fault: chronicle?.faults[heading.change],
                        isVoid: chronicle?.graph.isVoid(heading.change) ?? false,
                        article: articles[heading.article]
                    )
                )
                waiting[heading.article]?.remove(heading.change)
                if waiting[heading.article]?.isEmpty ?? true {
                    open[heading.article] = nil
                    articles[heading.article] = nil
                }
            }
            guard try body(page) else { return }
        }
    }

    private static let pageSize = 256

    /// What is needed of an article to tell of its changes.
    private struct Chronicle {
        let graph: EventGraph
        let text: ChangeText
        let faults: [ChangeID: Fault]
    }

    private func chronicle(of article: ArticleID, _ changes: Set<ChangeID>) throws -> Chronicle? {
        guard let graph = try library.replica.graph(of: article),
            let state = try library.replica.article(article)
        else { return nil }
        let text = ChangeText(
            graph,
            changes,
            body: state.body.text,
            summary: state.summary.text
        )
        var faults: [ChangeID: Fault] = [:]
        for fault in state.faults { faults[fault.change] = fault.fault }
        return Chronicle(graph: graph, text: text, faults: faults)
    }

    private func summaries(of articles: Set<ArticleID>) throws -> [ArticleID: ArticleSummary] {
        var result: [ArticleID: ArticleSummary] = [:]
        if articles.count <= 64 {
            for article in articles { result[article] = try library.replica.summary(of: article) }
        } else {
            var filter = ArticleFilter()
            filter.deleted = .included
            for summary in try library.replica.articles(filter) { result[summary.id] = summary }
        }
        return result
    }
}
