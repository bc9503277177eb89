/// Which of two concurrent changes puts its insertion first where both are at one place.
protocol InsertionOrder {
    func precedes(_ change: UInt32, _ other: UInt32) -> Bool
}

/// An alteration of the text at the end, as it follows from one of the version walked.
struct TextEdit {
    var position: Int
    var deletedCount: Int
    /// The number of the first character inserted.
    var first: UInt32
    var insertedCount: Int
}

/// One text while its event graph is walked (Eg-walker), fast.
///
/// Says the same as ``MergedText``, which holds the rule of the order. An operation is applied
/// while the walk stands at the version of its change's parents; going to another version takes
/// back and adds what lies between. What is done is found by character, so neither looks through
/// the text.
///
/// Several walks may share a tracker: each slot stands at a version of its own (see ``SpanTree``),
/// so that branches which go on by turns need not be taken back for each other.
struct TextTracker: ~Copyable {
    var tree = SpanTree()
    var fates = Arena<Fate>()
    /// The deletions that revivals cancel.
    var cancelled: [UInt32] = []
    /// What the changes did, by number counted from `firstChange` on.
    var deeds = Arena<Deed>()
    var insertedRanges = Arena<InsertedRange>()
    /// The first change that can be applied here.
    private(set) var firstChange = 0
    /// What was done to the text at the end, where that is asked for.
    var edits = Arena<TextEdit>(capacity: 4)
    var keepsEdits = false

    /// What one change did to the text.
    struct Deed: BitwiseCopyable {
        /// The first and the end of the ranges of characters it inserted.
        var firstInserted: UInt32 = 0
        var insertedEnd: UInt32 = 0
        /// The first and the end of what it did to characters.
        var firstFate: UInt32 = 0
        var fatesEnd: UInt32 = 0
        /// By slot, a bit: whether what it did counts at the version there.
        var applied: UInt32 = 0
        /// What the version it leads to weighs, for who asks for that.
        var weight: UInt32 = 0
        /// Found faulty: as if it were no part of any version.
        var isVoid = false
    }

    struct InsertedRange: BitwiseCopyable {
        var first: UInt32
        var end: UInt32
        /// The leaf the first character was in last.
        var leaf: UInt32
    }

    /// Begins with an empty text, or one of `baseCount` characters that each change knows.
    init(baseCount: Int = 0, firstChange: Int = 0) { begin(baseCount, firstChange) }

    var byteCount: Int {
        tree.byteCount + fates.byteCount + cancelled.capacity * 4 + deeds.byteCount
            + insertedRanges.byteCount + edits.byteCount
    }

    /// Forgets all and begins anew in one slot; memory is kept.
    mutating func restart(baseCount: Int, firstChange: Int) {
        tree.removeAll()
        fates.removeAll()
        if !cancelled.isEmpty { cancelled.removeAll(keepingCapacity: true) }
        deeds.removeAll()
        insertedRanges.removeAll()
        edits.removeAll()
        begin(baseCount, firstChange)
    }

    private mutating func begin(_ baseCount: Int, _ firstChange: Int) {
        self.firstChange = firstChange
        guard baseCount > 0 else { return }
        let base = TrackedSpan(
            first: TrackedSpan.firstOfBase,
            count: UInt32(baseCount),
            leftOrigin: TrackedSpan.none,
            rightParent: TrackedSpan.none,
            change: TrackedSpan.none
        )
        tree.insert(base, at: SpanTree.Place(leaf: 0, index: 0))
    }

    /// The length of the text at the version walked.
    var count: Int { tree.visibleCount }

    /// The length of the text at the end.
    var endCount: Int { tree.endCount }

    /// How many characters stand left of one at the version walked, and whether it is visible
    /// there; nil where it was never here.
    func place(of character: UInt32) -> (position: Int, isVisible: Bool)? {
        guard let (place, offset) = tree.locate(character) else { return nil }
        let isVisible = tree[place].isVisible
        return (tree.visibleCount(before: place) + (isVisible ? Int(offset) : 0), isVisible)
    }

    /// The character at `position`, which lies in the text, and the change that inserted it.
    func character(at position: Int) -> (change: UInt32, character: UInt32) {
        let (place, offset, _) = tree.find(position)
        let span = tree[place]
        return (span.lasting.change, span.first + offset)
    }

    /// Begins to apply `change`: what follows is done by it.
    mutating func open(_ change: Int) {
        let place = change - firstChange
        if place >= deeds.count {
            _ = deeds.append(repeating: Deed(), count: place + 1 - deeds.count)
        }
        let inserted = UInt32(insertedRanges.count)
        let fate = UInt32(fates.count)
        deeds[place] = Deed(
            firstInserted: inserted,
            insertedEnd: inserted,
            firstFate: fate,
            fatesEnd: fate,
            applied: 1 << UInt32(tree.slot)
        )
    }

    /// Whether the version of a slot has a change, one of those shown or one before them.
    @inline(__always)
    func has(_ change: Int, in slot: Int) -> Bool {
        let place = change - firstChange
        return place < 0 || place < deeds.count && deeds[place].applied >> UInt32(slot) & 1 != 0
    }

    /// What the version that a change leads to weighs.
    func weight(after change: Int) -> Int {
        let place = change - firstChange
        return place >= 0 && place < deeds.count ? Int(deeds[place].weight) : 0
    }

    /// Notes what the version that a change leads to weighs.
    mutating func setWeight(_ weight: Int, after change: Int) {
        deeds[change - firstChange].weight = UInt32(clamping: weight)
    }

    /// Whether what the change did counts at the version walked.
    func isApplied(_ change: UInt32) -> Bool {
        let place = Int(change) - firstChange
        return place >= 0 && place < deeds.count
            && deeds[place].applied & 1 << UInt32(tree.slot) != 0
    }

    /// Inserts `count` characters, numbered from `first` on, for the change opened last.
    ///
    /// `position` is at most `self.count`.
    mutating func insert(
        _ first: UInt32,
        count: UInt32,
        at position: Int,
        by change: Int,
        _ order: borrowing some InsertionOrder
    ) {
        var span = TrackedSpan(
            first: first,
            count: count,
            leftOrigin: TrackedSpan.none,
            rightParent: TrackedSpan.none,
            change: UInt32(change)
        )
        var place = SpanTree.Place(leaf: 0, index: 0)
        var end = 0
        if position > 0 {
            var (leftPlace, offset, endBefore) = tree.find(position - 1)
            let leftSpan = tree[leftPlace]
            span.lasting.leftOrigin = leftSpan.first + offset
            end = endBefore + (leftSpan.lasting.isVisibleAtEnd ? Int(offset) + 1 : 0)
            if offset + 1 < leftSpan.count {
                // Who knows one character of a span knows all, so that nothing stands between.
                span.lasting.rightParent = span.lasting.leftOrigin + 1
                tree.cut(&leftPlace, after: offset + 1)
                place = SpanTree.Place(leaf: leftPlace.leaf, index: leftPlace.index + 1)
                finish(span, at: place, end)
                return
            }
            place = SpanTree.Place(leaf: leftPlace.leaf, index: leftPlace.index + 1)
        }
        let start = place
        pass(&span, &place, &end, order)
        if place == start, position > 0 {
            let left = SpanTree.Place(leaf: place.leaf, index: place.index - 1)
            let leftSpan = tree[left]
            if leftSpan.lasting.change == span.lasting.change,
                leftSpan.last == span.lasting.leftOrigin,
                span.lasting.leftOrigin + 1 == first, leftSpan.lasting.fate == TrackedSpan.none
            {
                tree.counts[left.leaf * SpanTree.leafSize + left.index] += count
                tree.add(visible: Int(count), end: Int(count), above: left.leaf)
                note(first..<first + count, in: left.leaf, by: change)
                if keepsEdits { keep(insertion: span, at: end) }
                return
            }
        }
        finish(span, at: place, end)
    }

    private mutating func finish(_ span: TrackedSpan, at place: SpanTree.Place, _ end: Int) {
        let place = tree.insert(span, at: place)
        note(span.first..<span.first + span.count, in: place.leaf, by: Int(span.lasting.change))
        if keepsEdits { keep(insertion: span, at: end) }
    }

    private mutating func keep(insertion span: TrackedSpan, at end: Int) {
        edits.append(
            TextEdit(
                position: end,
                deletedCount: 0,
                first: span.first,
                insertedCount: Int(span.count)
            )
        )
    }

    private mutating func note(_ characters: Range<UInt32>, in leaf: Int, by change: Int) {
        let place = change - firstChange
        let last = insertedRanges.count - 1
        if deeds[place].firstInserted < deeds[place].insertedEnd,
            insertedRanges[last].end == characters.lowerBound
        {
            insertedRanges[last].end = characters.upperBound
        } else {
            insertedRanges.append(
                InsertedRange(
                    first: characters.lowerBound,
                    end: characters.upperBound,
                    leaf: UInt32(leaf)
                )
            )
            deeds[place].insertedEnd = UInt32(insertedRanges.count)
        }
    }

    /// Finds the right parent of a span that goes to `place`, and passes the characters there that
    /// its author did not know as far as the rule says.
    private func pass(
        _ span: inout TrackedSpan,
        _ place: inout SpanTree.Place,
        _ end: inout Int,
        _ order: borrowing some InsertionOrder
    ) {
        var probe = place
        guard tree.settle(&probe) else { return }
        if tree[probe].isInserted {
            span.lasting.rightParent = rightParent(tree[probe], for: span)
            return
        }
        while tree.settle(&probe) {
            if tree[probe].isInserted {
                span.lasting.rightParent = rightParent(tree[probe], for: span)
                break
            }
            probe.index += 1
        }
        let mine = span.lasting
        var passed = 0
        var isScanning = false
        probe = place
        while tree.settle(&probe) {
            let next = tree[probe]
            guard !next.isInserted else { break }
            let other = next.lasting
            if other.leftOrigin == mine.leftOrigin {
                if other.rightParent == mine.rightParent {
                    if order.precedes(mine.change, other.change) { break }
                    isScanning = false
                } else {
                    isScanning = isLeft(other.rightParent, of: mine.rightParent, none: false)
                }
            } else if isLeft(other.leftOrigin, of: mine.leftOrigin, none: true) {
                break
            }
            passed += Int(next.endCount)
            probe.index += 1
            if !isScanning {
                place = probe
                end += passed
                passed = 0
            }
        }
    }

    /// The first character of `next`, where that bounds `span` on its right.
    private func rightParent(_ next: TrackedSpan, for span: TrackedSpan) -> UInt32 {
        let isBound =
            if next.first >= TrackedSpan.firstOfBase {
                // What is known of the base is its order. Whoever inserts right of one of its
                // characters, or at the start, finds the same bound here, and that is enough.
                span.lasting.leftOrigin >= TrackedSpan.firstOfBase
            } else {
                next.lasting.leftOrigin == span.lasting.leftOrigin
            }
        return isBound ? next.first : TrackedSpan.none
    }

    /// Whether a character stands left of another one; `none` is the start or the end.
    private func isLeft(_ character: UInt32, of other: UInt32, none isStart: Bool) -> Bool {
        if character == other { return false }
        if character == TrackedSpan.none { return isStart }
        if other == TrackedSpan.none { return !isStart }
        return tree.isOrdered(character, other)
    }
}
