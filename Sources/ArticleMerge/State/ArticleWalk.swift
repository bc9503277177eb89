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
        if let zones = Replay<TrackedTexts>.byZones(graph) {
            replay = zones
        } else {
            replay = Self.walked(graph)
        }
    }

    /// Whether it holds all the history: it begins with what follows the last critical version.
    package var isWhole: Bool { replay.texts.base == nil }

    /// Walks all the history, for what cannot be told without what came before the base.
    func makeWhole() {
        if !isWhole { replay = Self.walked(replay.graph) }
    }

    /// Whether a change can only be merged with all the history: it was made before the base was
    /// known, or names characters that may have been deleted before.
    private func needsWhole(_ change: Change) -> Bool {
        guard let base = replay.texts.base else { return false }
        if replay.graph.isVoid(change.id) { return true }
        let isEarlier = change.parents.contains { parent in
            replay.graph.number(of: parent).map { $0 < base.number } ?? false
        }
        if isEarlier || change.parents.isEmpty { return true }
        return change.operations.contains { if case .revive = $0 { true } else { false } }
    }

    private static func walked(_ graph: EventGraph) -> Replay<TrackedTexts> {
        var replay = Replay<TrackedTexts>(graph)
        for number in graph.branchOrder() where number > 0 { replay.visit(number) }
        return replay
    }

    /// Says which changes are void (``EventGraph/setVoid(_:)``), whether they came before or will.
    ///
    /// Where that alters what is known of changes that are here, all is walked anew.
    public func setVoid(_ changes: Set<ChangeID>) {
        var graph = replay.graph
        let before = graph.voidNumbers
        graph.setVoid(changes)
        if graph.voidNumbers == before {
            replay.setVoid(changes)
        } else {
            replay = Self.walked(graph)
        }
    }

    /// All changes so far.
    public var graph: EventGraph { replay.graph }

    /// The number of changes so far, in O(1).
    public var count: Int { replay.graph.count }

    /// Whether a change is among them.
    public func contains(_ change: ChangeID) -> Bool { replay.graph.contains(change) }

    /// About the bytes it takes.
    public var byteCount: Int { replay.texts.byteCount + replay.graph.insertedCount * 2 }

    /// Takes in a change whose parents are here, and gives what it does to the texts that people
    /// see after all changes; one that was here before is left alone.
    ///
    /// O(its size · log n), beside what lies between its parents and the change that came before
    /// it. Where void changes are part of the article, the texts are made anew: O(n). Throws
    /// `needsReplay` where there would be more characters than can be numbered.
    @discardableResult
    public func insert(_ change: Change) throws(MergeError) -> [ShownEdit] {
        guard TrackedTexts.canWalk(replay.graph, with: change) else {
            throw MergeError(
                .needsReplay,
                "the article holds more characters than a warm walk can number: replay the graph"
            )
        }
        guard !contains(change.id) else { return [] }
        if needsWhole(change) { makeWhole() }
        replay.makeTexts()
        guard replay.graph.holdsVoids || replay.graph.isVoid(change.id) else {
            try replay.insert(change)
            guard replay.hasTexts else {
                // Cannot be: what a walk says of its texts fits them.
                throw MergeError(.needsReplay, "a walk and its texts differ: replay the graph")
            }
            return replay.shownEdits.edits
        }
        let before = TextField.allCases.map { replay.state.text(of: $0).tree.utf8 }
        try replay.insert(change)
        replay.makeTexts()
        return zip(TextField.allCases, before).compactMap { field, old in
            ShownEdit(field, from: old, to: replay.state.text(of: field).tree.utf8)
        }
    }

    /// Takes in a change that was found faulty before it came here.
    public func insert(_ faulty: FaultyChange) { replay.insert(faulty) }

    /// The article after all changes.
    ///
    /// O(1) but for the first time, and where void changes are part of it: then O(n).
    public var state: ArticleState { replay.finish() }
}

/// The walks that were used last, within a bound of memory.
public struct WarmWalks {
    private struct Kept {
        let walk: ArticleWalk
        /// What it took when it was last kept; measured once, as that costs more than a look-up.
        let byteCount: Int
        var use: UInt64
    }

    private var walks: [ArticleID: Kept] = [:]
    private var byteCount = 0
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
        let article = walk.graph.article
        drop(article)
        useCount += 1
        let size = walk.byteCount
        walks[article] = Kept(walk: walk, byteCount: size, use: useCount)
        byteCount += size
        guard byteCount > byteCountMax, walks.count > 1 else { return }
        // Many at once: to look for the oldest goes through all.
        let oldest = walks.filter { $0.key != article }.sorted { $0.value.use < $1.value.use }
        for (article, _) in oldest where byteCount > byteCountMax / 8 * 7 { drop(article) }
    }

    /// Drops an article's walk, for one whose graph was altered by someone else.
    public mutating func drop(_ article: ArticleID) {
        byteCount -= walks.removeValue(forKey: article)?.byteCount ?? 0
    }

    /// Drops all walks.
    public mutating func removeAll() {
        walks.removeAll()
        byteCount = 0
    }
}
