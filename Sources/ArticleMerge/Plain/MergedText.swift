/// One text while its event graph is walked (Eg-walker): every character that was ever inserted,
/// in merged order, with what decides whether it is in the text of a version.
///
/// Plain on purpose: one flat list, searched from its start. An operation is applied while the
/// walk stands at the version of its change's parents, where its positions mean what they meant to
/// its author.
///
/// Insertions that did not know of each other are ordered by the rule of FugueMax (the same as
/// YjsMod's), which never interleaves runs:
/// - An insertion's left origin is the character left of its place, as its author saw the text.
/// - Let `next` be the first character to the right that its author knew, deleted ones included.
///   If that has the same left origin, it is the insertion's right parent; otherwise the end of
///   the text is.
/// - Characters that its author did not know and that stand between are passed from left to right:
///   one with a left origin further left ends the search; of two with the same left origin, the
///   one whose right parent stands further right goes first, and where these are the same, the one
///   of the smaller (chain, sequence, change).
struct MergedText {
    private(set) var spans: [ItemSpan] = []
    private var histories = DeletionHistories()

    /// Whether the characters are in the text of the version walked.
    func isVisible(_ span: ItemSpan, _ walk: Walk) -> Bool {
        walk.isApplied(span.change) && histories.isLive[Int(span.history)]
    }

    /// Whether people see the characters: with what the void changes did to them left out.
    func isShown(_ span: ItemSpan, _ walk: Walk, isVoid: (Int32) -> Bool) -> Bool {
        walk.isApplied(span.change) && !isVoid(span.change)
            && histories.isUndeleted(span.history) { walk.isApplied($0) && !isVoid($0) }
    }

    /// To be called after the walk took back or added `changes`.
    mutating func refresh(_ changes: [Int], _ walk: Walk) { histories.refresh(changes, walk) }

    /// Inserts `count` characters of `change`, numbered from `offset` on.
    mutating func insert(
        _ item: Item,
        count: UInt32,
        at position: Int,
        _ walk: Walk
    ) throws(Fault.Code) {
        guard let start = cut(after: position, walk) else { throw .pastTheEnd }
        let left = start == 0 ? Item.none : lastItem(of: spans[start - 1])
        var right = Item.none
        if let next = spans[start...].first(where: { walk.isApplied($0.change) }),
            next.leftOrigin == left
        {
            right = Item(change: next.change, offset: next.offset)
        }
        let span = ItemSpan(
            change: item.change,
            offset: item.offset,
            count: count,
            leftOrigin: left,
            rightParent: right,
            history: DeletionHistories.none
        )
        let index = place(for: span, from: start, walk)
        if index > 0, spans[index - 1].history == span.history,
            lastItem(of: spans[index - 1]) == left, left.change == item.change,
            left.offset + 1 == item.offset
        {
            // Typed on: the same change goes on where it stopped, and whoever knows one of these
            // characters knows all, so that none can come between.
            spans[index - 1].count += count
        } else {
            spans.insert(span, at: index)
        }
    }

    /// Deletes `count` characters from `position` on, on behalf of `change`.
    mutating func delete(
        at position: Int,
        count: Int,
        by change: Int32,
        _ walk: Walk
    ) throws(Fault.Code) {
        guard count > 0, var index = cut(after: position, walk) else { throw .pastTheEnd }
        var left = count
        var last: (before: Int32, after: Int32)?
        while left > 0 {
            guard index < spans.count else { throw .pastTheEnd }
            if isVisible(spans[index], walk) {
                if left < Int(spans[index].count) { split(index, at: UInt32(left)) }
                left -= Int(spans[index].count)
                let before = spans[index].history
                let after =
                    if let last, last.before == before { last.after } else {
                        histories.deleting(before, by: change, walk)
                    }
                last = (before, after)
                spans[index].history = after
            }
            index += 1
        }
    }

    /// Brings back those characters of `revival` that are deleted, on behalf of `change`.
    ///
    /// Of those brought back before, this revival is kept as well: others may turn out void.
    /// Faulty where one of them is not in this text.
    mutating func revive(
        _ revival: Revival,
        by change: Int32,
        _ walk: Walk
    ) throws(Fault.Code) {
        var found: UInt64 = 0
        var result: [ItemSpan] = []
        result.reserveCapacity(spans.count)
        for span in spans {
            var rest = span
            var cutCount: UInt32 = 0
            for part in revival.parts(of: span) {
                found += UInt64(part.count)
                guard histories.hasDeletions(span.history, walk) else { continue }
                if part.lowerBound > cutCount {
                    result.append(Self.cut(&rest, at: part.lowerBound - cutCount))
                    cutCount = part.lowerBound
                }
                var named = rest
                if part.count < rest.count {
                    named = Self.cut(&rest, at: UInt32(part.count))
                } else {
                    rest.count = 0
                }
                cutCount = part.upperBound
                named.history = histories.reviving(span.history, by: change, walk)
                result.append(named)
            }
            if rest.count > 0 { result.append(rest) }
        }
        guard found == revival.count else { throw .unknownCharacter }
        spans = result
    }

    /// Takes out all that `change`, the last one applied, has done.
    mutating func erase(_ change: Int32) {
        spans.removeAll { $0.change == change }
        for index in spans.indices {
            spans[index].history = histories.undoing(change, in: spans[index].history)
        }
    }
}

extension MergedText {
    /// Splits spans so that one begins right after the `count`-th visible character, and gives its
    /// index; nil where there are fewer characters.
    private mutating func cut(after count: Int, _ walk: Walk) -> Int? {
        guard count >= 0 else { return nil }
        var left = count
        var index = 0
        while left > 0 {
            guard index < spans.count else { return nil }
            if isVisible(spans[index], walk) {
                if left < Int(spans[index].count) { split(index, at: UInt32(left)) }
                left -= Int(spans[index].count)
            }
            index += 1
        }
        return index
    }

    private mutating func split(_ index: Int, at count: UInt32) {
        let rest = spans[index].suffix(from: count)
        spans[index].count = count
        spans.insert(rest, at: index + 1)
    }

    /// Splits `rest` at `count`: gives the first part and leaves the second.
    private static func cut(_ rest: inout ItemSpan, at count: UInt32) -> ItemSpan {
        var first = rest
        first.count = count
        rest = rest.suffix(from: count)
        return first
    }

    private func lastItem(of span: ItemSpan) -> Item {
        Item(change: span.change, offset: span.offset + span.count - 1)
    }

    /// Where among unknown characters from `start` on a new span goes.
    private func place(for span: ItemSpan, from start: Int, _ walk: Walk) -> Int {
        guard start < spans.count, !walk.isApplied(spans[start].change) else { return start }
        let left = place(of: span.leftOrigin, none: .start)
        let right = place(of: span.rightParent, none: .end)
        var result = start
        var index = start
        var isScanning = false
        while index < spans.count, !walk.isApplied(spans[index].change) {
            let other = spans[index]
            let otherLeft = place(of: other.leftOrigin, none: .start)
            if otherLeft < left { break }
            if otherLeft == left {
                let otherRight = place(of: other.rightParent, none: .end)
                let isFirst = walk.rank[Int(span.change)] < walk.rank[Int(other.change)]
                if otherRight == right, isFirst { break }
                isScanning = otherRight < right
            }
            index += 1
            if !isScanning { result = index }
        }
        return result
    }

    private func place(of item: Item, none: Place) -> Place {
        guard item != .none else { return none }
        let index = spans.firstIndex {
            $0.change == item.change && item.offset >= $0.offset
                && item.offset - $0.offset < $0.count
        }
        return Place(span: index ?? spans.endIndex, offset: item.offset)
    }
}

/// A place in the list of spans.
private struct Place: Comparable {
    let span: Int
    let offset: UInt32

    static let start = Place(span: -1, offset: 0)
    static let end = Place(span: .max, offset: 0)

    static func < (left: Self, right: Self) -> Bool {
        left.span == right.span ? left.offset < right.offset : left.span < right.span
    }
}
