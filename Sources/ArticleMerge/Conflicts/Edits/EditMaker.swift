internal import ArticleModel

/// A replacement in a list of characters.
struct Replacement {
    let positions: Range<Int>
    let text: ScalarText
}

/// Makes the operations that turn the merged text of a version into what its author wants to see.
struct EditMaker {
    let renderer: Renderer
    let stand: Stand
    let whole: PlaceRange
    let analysis: ConflictAnalysis
    let clusters: [Cluster]

    init(_ analysis: ConflictAnalysis, _ stand: Stand) {
        self.analysis = analysis
        self.stand = stand
        renderer = analysis.renderer
        whole = analysis.whole
        clusters = renderer.finder.clusters(at: stand)
        for cluster in clusters { renderer.prepare(cluster) }
    }

    /// Closes the clusters of `taken` with the places given for each, and those that the edits come
    /// up to with what is shown; `text` is the shown text with `taken` put in.
    func draft(
        _ text: PlaceList,
        taken: [Int: [PlaceRange]] = [:],
        edits: [Replacement]
    ) -> EditDraft {
        var closed = Set(taken.keys)
        for edit in edits { close(near: reach(of: edit, in: text), &closed) }
        var wanted = renderer.rawPlaces(at: stand, in: whole)
        for index in closed.sorted() {
            let cluster = clusters[index]
            wanted = wanted.subtracting([cluster.hull])
                .union(taken[index] ?? cluster.outcome?.shown.places ?? [])
        }
        return draft(wanted: wanted, closed: closed, text, edits)
    }

    /// Adds the clusters that reach into a range.
    func close(near range: PlaceRange, _ closed: inout Set<Int>) {
        for (index, cluster) in clusters.enumerated() where cluster.hull.meets(range) {
            closed.insert(index)
        }
    }

    /// Makes the merged text hold exactly the characters at `wanted`, then edits it.
    func draft(
        wanted: [PlaceRange],
        closed: Set<Int>,
        _ text: PlaceList = PlaceList([]),
        _ edits: [Replacement] = []
    ) -> EditDraft {
        let alive = renderer.rawPlaces(at: stand, in: whole)
        // What void changes inserted is hidden and stays; what they deleted is shown, but has to be
        // brought back before it can be deleted.
        let counted = renderer.countedPlaces(at: stand, in: whole)
        let unwanted = alive.subtracting(wanted)
        let replaced = edits.reduce(into: [PlaceRange]()) {
            $0 = $0.union(text.places(at: $1.positions))
        }
        let revived = wanted.subtracting(alive)
            .union(unwanted.union(replaced).subtracting(counted))
        var writer = OperationWriter(field: analysis.graph.field, counted.union(revived))
        let closes = closed.sorted().map { clusters[$0].key }
        if !closes.isEmpty { writer.operations.append(.close(analysis.graph.field, closes)) }
        if !revived.isEmpty {
            writer.operations.append(
                .revive(analysis.graph.field, analysis.characters(at: revived))
            )
        }
        writer.delete(unwanted)
        for edit in edits.reversed() {
            let left = edit.positions.lowerBound - 1
            writer.replace(
                text.places(at: edit.positions),
                by: edit.text,
                after: text.place(at: left)
            )
        }
        return EditDraft(operations: writer.operations, closes: closes)
    }

    /// From the first to the last place that an edit comes up to: its neighbours, which stay, and
    /// the words it touches before and after.
    private func reach(of edit: Replacement, in text: PlaceList) -> PlaceRange {
        let (start, end) = (edit.positions.lowerBound, edit.positions.upperBound)
        let left = text.place(at: start - 1)
        let right = text.place(at: end)
        var range = PlaceRange(first: left ?? 0, last: right ?? whole.last)
        let deleted = text.places(at: edit.positions)
        extend(&range, by: text, from: deleted.first?.first, deleted.last?.last, left, right)
        let words = edit.text.string.unicodeScalars
        if let first = words.first, let last = words.last {
            if WordTable.isWord(first.value) { extendLeft(&range, in: text, from: start) }
            if WordTable.isWord(last.value) { extendRight(&range, in: text, from: end) }
        } else if isWord(left), isWord(right) {
            extendLeft(&range, in: text, from: start)
            extendRight(&range, in: text, from: end)
        }
        return range
    }

    /// Extends a range by the words of `text` that hold the first or last of some characters that
    /// stand between two others; of none, by the word that spans the place.
    func extend(
        _ range: inout PlaceRange,
        by text: PlaceList,
        from first: Int32?,
        _ last: Int32?,
        _ left: Int32?,
        _ right: Int32?
    ) {
        if let first, let last {
            if isWord(first) { extendLeft(&range, in: text, from: text.count(before: first)) }
            if isWord(last) { extendRight(&range, in: text, from: text.count(before: last) + 1) }
        } else if isWord(left), isWord(right), let left, let right {
            extendLeft(&range, in: text, from: text.count(before: left) + 1)
            extendRight(&range, in: text, from: text.count(before: right))
        }
    }

    private func extendLeft(_ range: inout PlaceRange, in text: PlaceList, from position: Int) {
        var position = position
        while let place = text.place(at: position - 1), isWord(place) {
            range.first = min(range.first, place)
            position -= 1
        }
    }

    private func extendRight(_ range: inout PlaceRange, in text: PlaceList, from position: Int) {
        var position = position
        while let place = text.place(at: position), isWord(place) {
            range.last = max(range.last, place)
            position += 1
        }
    }

    private func isWord(_ place: Int32?) -> Bool {
        guard let place else { return false }
        let order = renderer.finder.order
        let span = order.spans[order.span(at: place)]
        return WordTable.isWord(order.scalar(span, UInt32(place - span.place)))
    }
}
