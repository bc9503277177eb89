internal import ArticleMerge
internal import ArticleModel
import Testing

/// Compares what is shown with the plain reading of the rules.
struct NaiveComparison {
    private let naive: NaiveConflicts
    private let analysis: ConflictAnalysis

    init(_ naive: NaiveConflicts, _ analysis: ConflictAnalysis) {
        self.naive = naive
        self.analysis = analysis
    }

    func check(_ shown: ShownText, _ name: String) {
        let version = naive.text.all
        let clusters = naive.clusters(version)
        #expect(analysis.rawText().string.bytes == words(naive.text.raw(version)), "\(name)")
        #expect(shown.text.utf8 == words(naive.shown(version)), "\(name)")
        let open = clusters.filter(\.isOpen)
        #expect(shown.conflicts.map(\.key) == open.map { naive.key(of: $0) }, "\(name)")
        for (conflict, cluster) in zip(shown.conflicts, open) {
            #expect(conflict.sides == ids(Set(cluster.sides)), "\(name)")
            #expect(conflict.base.utf8 == words(cluster.base), "\(name)")
            #expect(characters(conflict.baseCharacters) == characters(cluster.base), "\(name)")
            #expect(conflict.alternatives.count == cluster.alternatives.count, "\(name)")
            for (one, other) in zip(conflict.alternatives, cluster.alternatives) {
                #expect(one.text.utf8 == other.text.bytes, "\(name)")
                #expect(one.sides == ids(other.sides), "\(name)")
                #expect(one.isNested == other.isNested, "\(name)")
                #expect(characters(one.characters) == characters(other.places), "\(name)")
            }
            let part = shown.text.scalars[conflict.range]
            #expect(Array(part) == conflict.alternatives[0].text.scalars, "\(name)")
        }
        let agreed = clusters.filter { !$0.isOpen }
        #expect(shown.agreed.map(\.key) == agreed.map { naive.key(of: $0) }, "\(name)")
        #expect(shown.agreed.map(\.text.utf8) == agreed.map { words($0.shown) }, "\(name)")
        checkSegments(shown, name)
    }

    private func checkSegments(_ shown: ShownText, _ name: String) {
        let visible = Set(naive.shown(naive.text.all))
        let raw = Set(naive.text.raw(naive.text.all))
        var kinds: [ShownText.Segment.Kind] = []
        for place in naive.text.order.indices {
            switch (visible.contains(place), raw.contains(place)) {
            case (true, true): kinds.append(.both)
            case (true, false): kinds.append(.shown)
            case (false, true): kinds.append(.raw)
            case (false, false): break
            }
        }
        let given = shown.segments.flatMap { Array(repeating: $0.kind, count: $0.count) }
        #expect(given == kinds, "\(name)")
        for (one, other) in zip(shown.segments, shown.segments.dropFirst()) {
            #expect(one.kind != other.kind, "\(name)")
        }
    }

    private func words(_ places: [Int]) -> [UInt8] { naive.text.words(places).bytes }

    private func ids(_ changes: Set<Int>) -> [ChangeID] {
        changes.map { naive.text.changes[$0].id }.sorted()
    }

    private func characters(_ places: [Int]) -> [CharacterID] {
        places.map { naive.text.items[naive.text.order[$0]].id }
    }

    private func characters(_ ranges: [CharacterRange]) -> [CharacterID] {
        ranges.flatMap { range in
            (0..<range.count).map { CharacterID(change: range.change, offset: range.offset + $0) }
        }
    }
}

/// What people were promised, checked on the plain reading of the rules.
struct ConflictLaws {
    private let naive: NaiveConflicts

    init(_ naive: NaiveConflicts) { self.naive = naive }

    func check(_ name: String) {
        checkWords(name)
        checkNothingIsLost(name)
    }

    /// Each word that is shown, or would be with another alternative, was shown to its author.
    private func checkWords(_ name: String) {
        let text = naive.text
        let typed = Set(text.changes.indices.flatMap { words(naive.shown(text.known[$0])) })
        let shown = naive.shown(text.all)
        var views = [shown]
        for cluster in naive.clusters(text.all) {
            for alternative in cluster.alternatives {
                views.append(
                    shown.filter { $0 < cluster.hull.lowerBound } + alternative.places
                        + shown.filter { $0 > cluster.hull.upperBound }
                )
            }
        }
        for view in views {
            for word in words(view) where !typed.contains(word) {
                Issue.record("\(name): nobody typed '\(text.words(word))'")
            }
        }
    }

    private func words(_ places: [Int]) -> [[Int]] {
        places.split { !NaiveConflicts.isWord(naive.text.scalar($0)) }.map { Array($0) }
    }

    /// Each character of the merged text is shown, in an alternative or in a side that another one
    /// went on from; each side's text is an alternative, the base, or was passed.
    private func checkNothingIsLost(_ name: String) {
        let text = naive.text
        var seen = Set(naive.shown(text.all))
        for cluster in naive.clusters(text.all) {
            seen.formUnion(cluster.base)
            cover(cluster, &seen)
            let texts = Set(
                (cluster.alternatives.map(\.text) + [text.words(cluster.base)]).map(\.bytes)
            ).union(cluster.passed.map(\.bytes))
            for side in cluster.sides
            where !cluster.alternatives.contains(where: { $0.sides.contains(side) }) {
                let places = naive.shown(text.known[side]).filter(cluster.hull.contains)
                if !texts.contains(text.words(places).bytes) {
                    Issue.record("\(name): '\(text.words(places))' is lost")
                }
            }
        }
        for place in text.raw(text.all) where !seen.contains(place) {
            Issue.record("\(name): the character at \(place) is nowhere to be seen")
        }
    }

    private func cover(_ cluster: NaiveConflicts.Cluster, _ seen: inout Set<Int>) {
        seen.formUnion(cluster.seen)
        for alternative in cluster.alternatives { seen.formUnion(alternative.places) }
        for side in cluster.sides {
            let version = naive.text.known[side]
            seen.formUnion(naive.shown(version).filter(cluster.hull.contains))
            for inner in naive.clusters(version) { cover(inner, &seen) }
        }
    }
}
