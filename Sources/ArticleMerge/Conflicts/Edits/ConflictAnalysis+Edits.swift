public import ArticleModel

extension ConflictAnalysis {
    /// Edits of the shown text of a version, ascending and apart, as a change that goes on from
    /// that version; nil where a head is not in the graph, or a position is past the end.
    ///
    /// Closes each conflict that an edit comes up to: what is shown there is from then on what was
    /// typed, and in everybody's text.
    public func edit(_ hunks: [TextHunk], at version: [ChangeID]? = nil) -> EditDraft? {
        if version == nil, isPlain {
            return EditDraft(
                operations: TextDiff.operations(for: hunks, in: graph.field),
                closes: []
            )
        }
        guard let stand = stand(at: version) else { return nil }
        let maker = EditMaker(self, stand)
        let text = PlaceList(renderer.shownPlaces(at: stand, in: whole))
        var edits: [Replacement] = []
        var end = 0
        for hunk in hunks where hunk.deletedCount > 0 || !hunk.inserted.isEmpty {
            guard hunk.position >= end, hunk.deletedCount >= 0, hunk.position <= text.count,
                hunk.deletedCount <= text.count - hunk.position
            else { return nil }
            end = hunk.position + hunk.deletedCount
            edits.append(Replacement(positions: hunk.position..<end, text: hunk.inserted))
        }
        return maker.draft(text, edits: edits)
    }

    /// Settles conflicts of a version by a change that goes on from it; nil where a head is not in
    /// the graph, or a conflict or alternative is not there.
    public func resolution(
        of choices: [ConflictKey: ConflictChoice],
        at version: [ChangeID]? = nil
    ) -> EditDraft? {
        guard let stand = stand(at: version) else { return nil }
        let maker = EditMaker(self, stand)
        var taken: [Int: [PlaceRange]] = [:]
        var text = renderer.shownPlaces(at: stand, in: whole)
        for (index, cluster) in maker.clusters.enumerated() {
            guard let choice = choices[cluster.key], let outcome = cluster.outcome else { continue }
            var places = outcome.shown.places
            switch choice {
            case .alternative(let number):
                guard outcome.alternatives.indices.contains(number) else { return nil }
                places = outcome.alternatives[number].passage.places
            case .base: places = outcome.base.places
            case .all, .text: break
            }
            taken[index] = places
            text = text.subtracting([cluster.hull]).union(places)
        }
        guard taken.count == choices.count else { return nil }
        let list = PlaceList(text)
        var edits: [Replacement] = []
        for index in taken.keys.sorted() {
            let cluster = maker.clusters[index]
            guard let choice = choices[cluster.key] else { continue }
            edits += replacements(for: choice, of: cluster, in: list)
        }
        return maker.draft(list, taken: taken, edits: edits)
    }

    /// What has to be typed for a choice that is no alternative.
    private func replacements(
        for choice: ConflictChoice,
        of cluster: Cluster,
        in text: PlaceList
    ) -> [Replacement] {
        guard let outcome = cluster.outcome else { return [] }
        let start = text.count(before: cluster.hull.first)
        let end = text.count(before: cluster.hull.last + 1)
        switch choice {
        case .alternative, .base: return []
        case .text(let words):
            let shown = ScalarText(wellFormed: outcome.shown.utf8)
            return TextDiff.hunks(from: shown, to: words).map {
                let position = start + $0.position
                return Replacement(
                    positions: position..<position + $0.deletedCount,
                    text: $0.inserted
                )
            }
        case .all:
            let more = outcome.alternatives.dropFirst().filter { !$0.isNested && !$0.isBlank }
            guard !more.isEmpty else { return [] }
            var words: [UInt8] = []
            var before = outcome.shown.utf8
            let isWhole = isBlock(start..<end, in: text)
            for alternative in more {
                let next = alternative.passage.utf8
                words += joint(before, next, isWhole: isWhole) + next
                before = next
            }
            return [Replacement(positions: end..<end, text: ScalarText(wellFormed: words))]
        }
    }

    /// What parts two alternatives that stand one after the other.
    private func joint(_ before: [UInt8], _ next: [UInt8], isWhole: Bool) -> [UInt8] {
        let separator = graph.separator.utf8
        if before.isEmpty || before.suffix(separator.count).elementsEqual(separator) { return [] }
        if next.starts(with: separator) { return [] }
        if isWhole || before.holds(separator) || next.holds(separator) { return separator }
        let isParted = [before.last, next.first].contains { byte in
            byte.map { WordTable.isSpace(UInt32($0)) } ?? true
        }
        return isParted ? [] : [UInt8(ascii: " ")]
    }

    /// Whether a range is whole blocks.
    private func isBlock(_ range: Range<Int>, in text: PlaceList) -> Bool {
        let separator = graph.separator
        let count = separator.scalarCount
        func words(_ positions: Range<Int>) -> [UInt8] {
            renderer.utf8(of: text.places(at: positions))
        }
        let begins =
            range.lowerBound == 0
            || range.lowerBound >= count
                && words(range.lowerBound - count..<range.lowerBound) == separator.utf8
        let ends =
            range.upperBound == text.count
            || text.count - range.upperBound >= count
                && words(range.upperBound..<range.upperBound + count) == separator.utf8
        return begins && ends
    }
}

extension [UInt8] {
    fileprivate func holds(_ other: [UInt8]) -> Bool {
        indices.contains { self[$0] == other.first && self[$0...].starts(with: other) }
    }
}
