extension TextTracker {
    /// Deletes `count` characters, at least 1, from `position` on, for the change opened last.
    ///
    /// So many characters are there.
    mutating func delete(at position: Int, count: Int, by change: Int) {
        var rest = UInt32(count)
        var (place, offset, end) = tree.find(position)
        if offset > 0 {
            if tree[place].isVisibleAtEnd { end += Int(offset) }
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
        deeds[change - firstChange].fates =
            deeds[change - firstChange].fates.lowerBound..<fates.count
    }

    private mutating func strike(_ place: SpanTree.Place, by change: Int, _ end: Int) {
        let span = tree[place]
        let fate = fates.append(
            Fate(
                first: span.first,
                count: span.count,
                previous: span.fate,
                change: UInt32(change),
                cancelled: 0,
                cancelledCount: 0,
                isRevival: false
            )
        )
        tree[place].fate = UInt32(fate)
        if span.wasRevived {
            tree[place].setDeleted(true)
        } else {
            tree[place].countDeletion(true)
        }
        tree[place].isVisibleAtEnd = false
        tree.add(visible: -Int(span.count), end: -Int(span.endCount), above: place.leaf)
        if keepsEdits, span.isVisibleAtEnd {
            if let last = edits.last, last.insertedCount == 0, last.position == end {
                edits[edits.count - 1].deletedCount += Int(span.count)
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
            guard !tree[place].isVisible else { continue }
            if offset > 0 {
                tree.cut(&place, after: offset)
                place.index += 1
                guard tree.settle(&place) else { return }
            }
            if length < rest { tree.cut(&place, after: length) }
            revive(place, by: change)
        }
        deeds[change - firstChange].fates =
            deeds[change - firstChange].fates.lowerBound..<fates.count
    }

    private mutating func revive(_ place: SpanTree.Place, by change: Int) {
        let span = tree[place]
        let standing = standingDeletions(of: span.fate) { isApplied($0) }
        let fate = fates.append(
            Fate(
                first: span.first,
                count: span.count,
                previous: span.fate,
                change: UInt32(change),
                cancelled: UInt32(cancelled.count),
                cancelledCount: UInt32(standing.count),
                isRevival: true
            )
        )
        cancelled.append(contentsOf: standing)
        let before = (Int(span.visibleCount), Int(span.endCount))
        tree[place].fate = UInt32(fate)
        tree[place].beginRevival()
        review(place)
        let after = tree[place]
        tree.add(
            visible: Int(after.visibleCount) - before.0,
            end: Int(after.endCount) - before.1,
            above: place.leaf
        )
    }

    /// Looks again at what decides whether a span that was revived is visible; the lengths above
    /// are left to the caller.
    private mutating func review(_ place: SpanTree.Place) {
        let fate = tree[place].fate
        let isDeleted = !standingDeletions(of: fate) { isApplied($0) }.isEmpty
        let isDeletedAtEnd = !standingDeletions(of: fate) { !isVoid($0) }.isEmpty
        tree[place].setDeleted(isDeleted)
        tree[place].isVisibleAtEnd = !isDeletedAtEnd && !isVoid(tree[place].change)
    }

    /// The spans in merged order but those of changes that were taken out for ever.
    var lastingSpans: [TrackedSpan] {
        var spans: [TrackedSpan] = []
        var place = SpanTree.Place(leaf: 0, index: 0)
        while tree.settle(&place) {
            if !isVoid(tree[place].change) { spans.append(tree[place]) }
            place.index += 1
        }
        return spans
    }

    private func isVoid(_ change: UInt32) -> Bool {
        let place = Int(change) - firstChange
        return place >= 0 && place < deeds.count && deeds[place].isVoid
    }

    /// The deletions, back from `fate`, that count and that no revival that counts cancels.
    private func standingDeletions(of fate: UInt32, _ counts: (UInt32) -> Bool) -> [UInt32] {
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

extension TextTracker {
    /// Takes back changes and adds others, to stand at another version.
    mutating func move(retreat: [Int], advance: [Int]) {
        for change in retreat { mark(change, false) }
        for change in advance { mark(change, true) }
        for change in retreat { turn(change, false) }
        for change in advance { turn(change, true) }
    }

    /// Takes out for ever what the change, the last one applied, has done.
    mutating func erase(_ change: Int) {
        let place = change - firstChange
        guard place < deeds.count, deeds[place].isApplied else { return }
        deeds[place].isVoid = true
        mark(change, false)
        turn(change, false)
        for range in deeds[place].inserted {
            forEachSpan(insertedRanges[range]) { tracker, span in
                tracker.tree[span].isVisibleAtEnd = false
            }
        }
        for fate in deeds[place].fates {
            let first = fates[fate].first
            forEachSpan(first..<first + fates[fate].count) { tracker, span in
                tracker.tree[span].beginRevival()
                tracker.review(span)
            }
        }
    }

    private mutating func mark(_ change: Int, _ isApplied: Bool) {
        let place = change - firstChange
        if place >= 0, place < deeds.count { deeds[place].isApplied = isApplied }
    }

    private mutating func turn(_ change: Int, _ isApplied: Bool) {
        let place = change - firstChange
        guard place >= 0, place < deeds.count else { return }
        let deed = deeds[place]
        for range in deed.inserted {
            forEachSpan(insertedRanges[range]) { tracker, span in
                tracker.tree[span].isInserted = isApplied
            }
        }
        for fate in deed.fates {
            let first = fates[fate].first
            let isRevival = fates[fate].isRevival
            forEachSpan(first..<first + fates[fate].count) { tracker, span in
                if tracker.tree[span].wasRevived || isRevival {
                    tracker.review(span)
                } else {
                    tracker.tree[span].countDeletion(isApplied)
                }
            }
        }
    }

    /// Alters each span of some characters, which make up whole spans.
    @inline(__always)
    private mutating func forEachSpan(
        _ characters: Range<UInt32>,
        _ alter: (inout TextTracker, SpanTree.Place) -> Void
    ) {
        var next = characters.lowerBound
        while next < characters.upperBound, let found = tree.locate(next, near: hint) {
            hint = found.leaf
            var place = found
            var visible = 0
            var end = 0
            let count = tree.leaves[place.leaf].count
            repeat {
                let before = tree[place]
                alter(&self, place)
                let after = tree[place]
                visible += Int(after.visibleCount) - Int(before.visibleCount)
                end += Int(after.endCount) - Int(before.endCount)
                next += before.count
                place.index += 1
            } while place.index < count && next < characters.upperBound
                && tree[place].first == next
            tree.add(visible: visible, end: end, above: place.leaf)
        }
    }
}
