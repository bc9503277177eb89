public import ArticleModel

/// What people see of one text, at any version of it, and where they have to choose.
///
/// A pure function of the event graph: the same in whatever order the changes came. Keeps what it
/// found, so that asking again costs little; to be dropped when a change comes.
public final class ConflictAnalysis {
    let graph: TextGraph
    private let lineage: Lineage
    private let heads: [Int32]
    /// The text at the end where it is known and nothing is concurrent or void.
    private let plainText: ScalarText?
    private lazy var finder = ClusterFinder(graph, lineage)
    lazy var renderer = Renderer(finder)

    /// Analyses the changes of one text.
    public convenience init(_ graph: TextGraph) { self.init(graph, plainText: nil) }

    private init(_ graph: TextGraph, plainText: ScalarText?) {
        self.graph = graph
        lineage = Lineage(graph)
        heads = graph.heads.map { Int32($0) }
        let hasVoid = graph.changes.contains { $0.isVoid }
        self.plainText = lineage.isForked || hasVoid ? nil : plainText
    }

    /// Analyses one text of an article; `state` is what the graph's changes end with.
    public convenience init(
        _ graph: EventGraph,
        state: ArticleState,
        field: TextField
    ) {
        self.init(
            TextGraph(graph, field: field, faults: state.faults),
            plainText: state.text(of: field).text
        )
    }

    /// One text of an article after all its changes, as people see it.
    ///
    /// O(n) for n changes with little for each where each goes on from the one before.
    public static func shownText(
        of graph: EventGraph,
        state: ArticleState,
        field: TextField
    ) -> ShownText {
        if !graph.holdsVoids, state.faults.isEmpty, graph.isSequence {
            return ShownText(merged: state.text(of: field).text)
        }
        return ConflictAnalysis(graph, state: state, field: field).shownText()
    }

    /// Whether any two changes of the text are concurrent.
    public var isForked: Bool { lineage.isForked }

    /// The text after all changes.
    public func shownText() -> ShownText {
        if let plainText { return ShownText(merged: plainText) }
        return shownText(at: stand(ofHeads: heads))
    }

    /// The merged text after all changes, void ones left out, whatever is shown of it.
    public func rawText(at version: [ChangeID]? = nil) -> ScalarText {
        if version == nil, let plainText { return plainText }
        guard let stand = stand(at: version) else { return ScalarText() }
        let places = renderer.rawPlaces(at: stand, in: whole)
        return ScalarText(wellFormed: renderer.utf8(of: places))
    }

    /// The text of a version given by its heads; nil where one is not in the graph.
    public func shownText(at version: [ChangeID]) -> ShownText? {
        stand(at: version).map { shownText(at: $0) }
    }

    /// Whether asking needs no look at single characters: the shown text is the merged one.
    var isPlain: Bool { plainText != nil }

    func stand(at version: [ChangeID]?) -> Stand? {
        guard let version else { return stand(ofHeads: heads) }
        var changes: [Int32] = []
        for id in version {
            guard let number = graph.number(of: id) else { return nil }
            changes.append(Int32(number))
        }
        return stand(ofHeads: lineage.latest(changes))
    }

    private func stand(ofHeads heads: [Int32]) -> Stand {
        heads.count == 1 ? .head(heads[0]) : .set(lineage.version(of: heads))
    }

    /// From the first to the last place; nothing is in it where no change inserted anything.
    var whole: PlaceRange { PlaceRange(first: 0, last: renderer.finder.order.placeCount - 1) }

    private func shownText(at stand: Stand) -> ShownText {
        let raw = renderer.rawPlaces(at: stand, in: whole)
        let clusters = renderer.finder.clusters(at: stand)
        guard !clusters.isEmpty else {
            return ShownText(merged: ScalarText(wellFormed: renderer.utf8(of: raw)))
        }
        var builder = ShownTextBuilder()
        var places: [PlaceRange] = []
        var conflicts: [TextConflict] = []
        var agreed: [AgreedEdit] = []
        var next: Int32 = 0
        for cluster in clusters {
            renderer.prepare(cluster)
            if next < cluster.hull.first {
                let gap = raw.clipped(to: PlaceRange(first: next, last: cluster.hull.first - 1))
                builder.addBoth(gap)
                for range in gap { places.append(first: range.first, last: range.last) }
            }
            let shown = cluster.outcome?.shown.places ?? []
            let start = builder.shownCount
            builder.add(shown: shown, raw: raw.clipped(to: cluster.hull))
            for range in shown { places.append(first: range.first, last: range.last) }
            let range = start..<builder.shownCount
            if let conflict = conflict(of: cluster, range) {
                conflicts.append(conflict)
            } else {
                agreed.append(agreedEdit(of: cluster, range))
            }
            next = cluster.hull.last + 1
        }
        let rest = raw.clipped(to: PlaceRange(first: next, last: whole.last))
        builder.addBoth(rest)
        for range in rest { places.append(first: range.first, last: range.last) }
        return ShownText(
            text: ScalarText(wellFormed: renderer.utf8(of: places)),
            segments: builder.segments,
            conflicts: conflicts,
            agreed: agreed
        )
    }
}

extension ConflictAnalysis {
    private func conflict(of cluster: Cluster, _ range: Range<Int>) -> TextConflict? {
        guard let outcome = cluster.outcome, outcome.isOpen else { return nil }
        let isDeleted =
            outcome.alternatives.contains(where: \.isBlank)
            && !WordTable.isBlank(outcome.base.utf8)
        return TextConflict(
            field: graph.field,
            key: cluster.key,
            kind: isDeleted ? .deleted : .edited,
            sides: ids(of: cluster.frame?.sides ?? []),
            range: range,
            base: ScalarText(wellFormed: outcome.base.utf8),
            baseCharacters: characters(at: outcome.base.places),
            alternatives: outcome.alternatives.map {
                TextConflict.Alternative(
                    text: ScalarText(wellFormed: $0.passage.utf8),
                    sides: ids(of: $0.sides),
                    isNested: $0.isNested,
                    characters: characters(at: $0.passage.places)
                )
            }
        )
    }

    private func agreedEdit(of cluster: Cluster, _ range: Range<Int>) -> AgreedEdit {
        AgreedEdit(
            key: cluster.key,
            range: range,
            text: ScalarText(wellFormed: cluster.outcome?.shown.utf8 ?? []),
            sides: ids(of: cluster.frame?.sides ?? [])
        )
    }

    func ids(of changes: [Int32]) -> [ChangeID] {
        changes.map { graph.changes[Int($0)].id }.sorted()
    }

    /// The characters at some places.
    func characters(at places: [PlaceRange]) -> [CharacterRange] {
        let order = renderer.finder.order
        var result: [CharacterRange] = []
        for range in places {
            var number = order.span(at: range.first)
            var next = range.first
            while next <= range.last {
                let span = order.spans[number]
                let last = min(span.end - 1, range.last)
                let ranges = order.characters.ranges(
                    of: span.first + UInt32(next - span.place),
                    count: UInt32(last - next + 1),
                    by: Int(span.change)
                )
                let change = graph.changes[Int(span.change)].id
                for range in ranges {
                    if let end = result.last, end.change == change,
                        end.offset + end.count == range.lowerBound
                    {
                        result[result.count - 1] = CharacterRange(
                            change: change,
                            offset: end.offset,
                            count: end.count + UInt32(range.count)
                        )
                    } else {
                        result.append(
                            CharacterRange(
                                change: change,
                                offset: range.lowerBound,
                                count: UInt32(range.count)
                            )
                        )
                    }
                }
                next = last + 1
                number += 1
            }
        }
        return result
    }

    /// The hunks of a change, in the order of the text: what it alters in the text its author saw;
    /// none of a void one, nil for one that is not in the graph.
    public func hunks(of change: ChangeID) -> [ChangedCharacters]? {
        guard let number = graph.number(of: change) else { return nil }
        guard !graph.changes[number].isVoid else { return [] }
        var table = HunkTable()
        renderer.finder.finder.find(of: Int32(number), in: &table)
        return table.hunks.map { hunk in
            var (deleted, inserted, revived) = ([CharacterID](), [CharacterID](), [CharacterID]())
            for range in table.places[Int(hunk.altered.lowerBound)..<Int(hunk.altered.upperBound)] {
                let characters = characters(at: [range]).flatMap { range in
                    (0..<range.count).map {
                        CharacterID(change: range.change, offset: range.offset + $0)
                    }
                }
                if renderer.finder.finder.wasThere(range.first, before: Int32(number)) {
                    deleted += characters
                } else if characters.first?.change == change {
                    inserted += characters
                } else {
                    revived += characters
                }
            }
            return ChangedCharacters(deleted: deleted, inserted: inserted, revived: revived)
        }
    }
}

extension EventGraph {
    /// Whether each change goes on from the one before alone.
    fileprivate var isSequence: Bool {
        for number in 1..<max(1, nodes.count) {
            let parents = nodes[number].parents
            guard parents.count == 1, parents[0] == number - 1 else { return false }
        }
        return true
    }
}
