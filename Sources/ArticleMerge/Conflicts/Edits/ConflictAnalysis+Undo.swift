public import ArticleModel

extension ConflictAnalysis {
    /// Takes back one change, at a version that holds it, by a change that goes on from that
    /// version; nil where the version or the change in it is not there.
    ///
    /// What only the change keeps in the text goes, what only it keeps out comes back. Conflicts that
    /// it has a part in, or that lie beside, are closed.
    public func undo(_ change: ChangeID, at version: [ChangeID]? = nil) -> EditDraft? {
        guard let stand = stand(at: version), let number = graph.number(of: change),
            stand.contains(Int32(number), renderer.finder.lineage)
        else { return nil }
        let undone = Int32(number)
        let maker = EditMaker(self, stand)
        let order = renderer.finder.order
        let shown = renderer.shownPlaces(at: stand, in: whole)
        // What is there, or is not, for this change alone; so undoing can be undone as well.
        var gone: [PlaceRange] = []
        var back: [PlaceRange] = []
        for number in renderer.finder.finder.alteredSpans(of: undone) {
            let span = order.spans[Int(number)]
            let places = PlaceRange(first: span.place, last: span.end - 1)
            let staysWithout = order.isAlive(span) { $0 != undone && counts($0, at: stand) }
            if staysWithout { back.append(places) } else { gone.append(places) }
        }
        back = back.subtracting(shown)
        gone = gone.intersection(shown)

        var closed: Set<Int> = []
        closeBeside(maker, shown, gone, back, &closed)
        for (index, cluster) in maker.clusters.enumerated() {
            let takesPart = cluster.members.contains {
                renderer.finder.table[$0].change == undone
            }
            if takesPart { closed.insert(index) }
        }
        var wanted = renderer.rawPlaces(at: stand, in: whole)
        for index in closed {
            let cluster = maker.clusters[index]
            wanted = wanted.subtracting([cluster.hull])
                .union(cluster.outcome?.shown.places ?? [])
        }
        return maker.draft(wanted: wanted.subtracting(gone).union(back), closed: closed)
    }

    private func counts(_ change: Int32, at stand: Stand) -> Bool {
        stand.contains(change, renderer.finder.lineage) && !graph.changes[Int(change)].isVoid
    }

    /// Adds the clusters that the characters that go or come back are beside of, or share a word
    /// with.
    private func closeBeside(
        _ maker: EditMaker,
        _ shown: [PlaceRange],
        _ gone: [PlaceRange],
        _ back: [PlaceRange],
        _ closed: inout Set<Int>
    ) {
        let changed = gone.union(back)
        let before = PlaceList(shown)
        let after = PlaceList(shown.subtracting(gone).union(back))
        let staying = PlaceList(shown.subtracting(gone))
        var index = 0
        while index < changed.count {
            // What nothing that stays parts is one run.
            let stretch = changed[index].first
            let position = staying.count(before: stretch)
            var end = changed[index].last
            index += 1
            while index < changed.count, staying.count(before: changed[index].first) == position {
                end = changed[index].last
                index += 1
            }
            let run = PlaceRange(first: stretch, last: end)
            let left = staying.place(at: position - 1)
            let right = staying.place(at: position)
            var range = PlaceRange(first: left ?? 0, last: right ?? whole.last)
            for (text, marked) in [(before, gone), (after, back)] {
                let marked = marked.clipped(to: run)
                maker.extend(
                    &range,
                    by: text,
                    from: marked.first?.first,
                    marked.last?.last,
                    left,
                    right
                )
            }
            maker.close(near: range, &closed)
        }
    }
}
