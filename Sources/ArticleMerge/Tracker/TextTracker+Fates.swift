extension TextTracker {
    /// Deletes `count` characters, at least 1, from `position` on, for the change opened last.
    ///
    /// So many characters are there.
    mutating func delete(at position: Int, count: Int, by change: Int) {
        var rest = UInt32(count)
        var (place, offset, end) = tree.find(position)
        if offset > 0 {
            if tree[place].lasting.isVisibleAtEnd { end += Int(offset) }
            tree.cut(&place, after: offset)
            place.index += 1
        }
        while rest > 0, tree.settle(&place) {
            let span = tree[place]
            if span.isVisible {
                if span.count > rest { tree.cut(&place, after: rest) }
                rest -= min(rest, span.count)
                strike(place, by: change, end)
            } else {
                end += Int(span.endCount)
            }
            place.index += 1
        }
        deeds[change - firstChange].fatesEnd = UInt32(fates.count)
    }

    private mutating func strike(_ place: SpanTree.Place, by change: Int, _ end: Int) {
        let before = tree[place]
        var span = before
        let fate = fates.append(
            Fate(
                first: span.first,
                count: span.count,
                previous: span.lasting.fate,
                change: UInt32(change),
                cancelled: 0,
                cancelledCount: 0,
                leaf: UInt32(place.leaf),
                isRevival: false
            )
        )
        span.lasting.fate = UInt32(fate)
        // What is visible is not deleted, so one deletion can be counted.
        span.state.setDeleted(true)
        span.lasting.isVisibleAtEnd = false
        tree[place] = span
        tree.add(visible: -Int(span.count), end: -Int(before.endCount), above: place.leaf)
        guard keepsEdits, before.lasting.isVisibleAtEnd else { return }
        let last = edits.count - 1
        if last >= 0, edits[last].insertedCount == 0, edits[last].position == end {
            edits[last].deletedCount += Int(span.count)
        } else {
            edits.append(
                TextEdit(
                    position: end,
                    deletedCount: Int(span.count),
                    first: 0,
                    insertedCount: 0
                )
            )
        }
    }

    /// Whether all these characters were inserted here at some time.
    func contains(_ characters: Range<UInt32>) -> Bool {
        var next = characters.lowerBound
        while next < characters.upperBound {
            guard let (place, offset) = tree.locate(next) else { return false }
            next += tree[place].count - offset
        }
        return true
    }

    /// Brings back those of the characters, all of which are here, that are not visible.
    mutating func revive(_ characters: Range<UInt32>, by change: Int) {
        var next = characters.lowerBound
        while next < characters.upperBound, let (found, offset) = tree.locate(next) {
            var place = found
            let rest = tree[place].count - offset
            let length = min(rest, characters.upperBound - next)
            next += length
            // Those that are visible as well, where deletions of theirs were cancelled: with one that
            // cancels void, it is this revival that counts.
            guard tree[place].lasting.fate != TrackedSpan.none, !appliedDeletions(at: place).isEmpty
            else {
                continue
            }
            if offset > 0 {
                tree.cut(&place, after: offset)
                place.index += 1
                guard tree.settle(&place) else { return }
            }
            if length < rest { tree.cut(&place, after: length) }
            revive(place, by: change)
        }
        deeds[change - firstChange].fatesEnd = UInt32(fates.count)
    }

    private mutating func revive(_ place: SpanTree.Place, by change: Int) {
        let before = tree[place]
        let standing = appliedDeletions(at: place)
        let fate = fates.append(
            Fate(
                first: before.first,
                count: before.count,
                previous: before.lasting.fate,
                change: UInt32(change),
                cancelled: UInt32(cancelled.count),
                cancelledCount: UInt32(standing.count),
                leaf: UInt32(place.leaf),
                isRevival: true
            )
        )
        cancelled.append(contentsOf: standing)
        var span = before
        span.lasting.fate = UInt32(fate)
        tree[place] = span
        judge(place)
        let after = tree[place]
        tree.add(
            visible: Int(after.visibleCount) - Int(before.visibleCount),
            end: Int(after.endCount) - Int(before.endCount),
            above: place.leaf
        )
    }

    /// Looks at all that befell a span to see whether it is visible, from now on always; the
    /// lengths above are left to the caller.
    ///
    /// In other slots, what was counted stays right until what befell it is turned there.
    mutating func judge(_ place: SpanTree.Place) {
        var span = tree[place]
        let fate = span.lasting.fate
        let isDeleted = !standingDeletions(of: fate) { isApplied($0) }.isEmpty
        let isDeletedAtEnd = !standingDeletions(of: fate) { !isVoid($0) }.isEmpty
        span.state.setDeleted(isDeleted)
        span.lasting.isVisibleAtEnd = !isDeletedAtEnd && !isVoid(span.lasting.change)
        span.lasting.isJudgedByFates = true
        tree[place] = span
    }

    /// The deletions of a span that are part of the version walked, cancelled ones included.
    private func appliedDeletions(at place: SpanTree.Place) -> [UInt32] {
        var deletions: [UInt32] = []
        var next = tree[place].lasting.fate
        while next != TrackedSpan.none {
            let fate = fates[Int(next)]
            if !fate.isRevival, isApplied(fate.change) { deletions.append(next) }
            next = fate.previous
        }
        return deletions
    }

    /// The spans in merged order but those of changes that were taken out for ever.
    var lastingSpans: [TrackedSpan] {
        var spans: [TrackedSpan] = []
        var place = SpanTree.Place(leaf: 0, index: 0)
        while tree.settle(&place) {
            if !isVoid(tree[place].lasting.change) { spans.append(tree[place]) }
            place.index += 1
        }
        return spans
    }

    func isVoid(_ change: UInt32) -> Bool {
        let place = Int(change) - firstChange
        return place >= 0 && place < deeds.count && deeds[place].isVoid
    }

    /// The deletions, back from `fate`, that count and that no revival that counts cancels.
    func standingDeletions(of fate: UInt32, _ counts: (UInt32) -> Bool) -> [UInt32] {
        var standing: [UInt32] = []
        var isCancelled: Set<UInt32> = []
        var next = fate
        while next != TrackedSpan.none {
            let fate = fates[Int(next)]
            if counts(fate.change) {
                if fate.isRevival {
                    let start = Int(fate.cancelled)
                    isCancelled.formUnion(cancelled[start..<start + Int(fate.cancelledCount)])
                } else if !isCancelled.contains(next) {
                    standing.append(next)
                }
            }
            next = fate.previous
        }
        return standing
    }
}
