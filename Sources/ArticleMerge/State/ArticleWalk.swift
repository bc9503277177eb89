public import ArticleModel

/// The merge of one article, kept warm: a change costs what lies between it and the last one, not
/// what the article's history holds.
///
/// Gives the state that replaying the graph gives. May be dropped and built again at will.
public final class ArticleWalk {
    var replay: Replay<TrackedTexts>

    /// Replays a graph, to go on from there; nil where it holds more characters than can be
    /// numbered (2^31).
    public init?(_ graph: EventGraph) {
        guard TrackedTexts.canWalk(graph) else { return nil }
        replay = Replay(graph)
        for number in graph.branchOrder() where number > 0 { replay.visit(number) }
    }

    /// All changes so far.
    public var graph: EventGraph { replay.graph }

    /// The number of changes so far, in O(1).
    public var count: Int { replay.graph.count }

    /// Whether a change is among them.
    public func contains(_ change: ChangeID) -> Bool { replay.graph.contains(change) }

    /// About the bytes it takes.
    public var byteCount: Int { replay.texts.byteCount + replay.graph.insertedCount * 2 }

    /// Takes in a change whose parents are here; one that was here before is left alone.
    ///
    /// Throws `needsReplay` where there would be more characters than can be numbered.
    public func insert(_ change: Change) throws(MergeError) {
        guard TrackedTexts.canWalk(replay.graph, with: change) else {
            throw MergeError(
                .needsReplay,
                "the article holds more characters than a warm walk can number: replay the graph"
            )
        }
        try replay.insert(change)
    }

    /// Takes in a change that was found faulty before it came here.
    public func insert(_ faulty: FaultyChange) { replay.insert(faulty) }

    /// The article after all changes.
    ///
    /// O(n) for a text of n bytes and runs, as that is what a state is made of.
    public var state: ArticleState { replay.finish() }
}

/// The walks that were used last, within a bound of memory.
public struct WarmWalks {
    private var walks: [ArticleID: (walk: ArticleWalk, use: UInt64)] = [:]
    private var useCount: UInt64 = 0
    private let byteCountMax: Int

    /// Keeps walks of up to `byteCountMax` bytes together, and at least the last one.
    public init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// The number of walks kept.
    public var count: Int { walks.count }

    /// The walk of an article, if it is warm.
    public mutating func walk(of article: ArticleID) -> ArticleWalk? {
        useCount += 1
        walks[article]?.use = useCount
        return walks[article]?.walk
    }

    /// Keeps a walk, and drops those that were not used for longest where memory runs out.
    public mutating func keep(_ walk: ArticleWalk) {
        useCount += 1
        walks[walk.graph.article] = (walk, useCount)
        var byteCount = walks.values.reduce(0) { $0 + $1.walk.byteCount }
        while byteCount > byteCountMax, walks.count > 1,
            let oldest = walks.min(by: { $0.value.use < $1.value.use })
        {
            walks.removeValue(forKey: oldest.key)
            byteCount -= oldest.value.walk.byteCount
        }
    }

    /// Drops an article's walk, for one whose graph was altered by someone else.
    public mutating func drop(_ article: ArticleID) { walks.removeValue(forKey: article) }

    /// Drops all walks.
    public mutating func removeAll() { walks.removeAll() }
}
