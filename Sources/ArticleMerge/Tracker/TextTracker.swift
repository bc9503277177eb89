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
struct TextTracker: ~Copyable {
    var tree = SpanTree()
    var fates = Arena<Fate>()
    /// The deletions that revivals cancel.
    var cancelled: [UInt32] = []
    /// What the changes did, by number counted from `firstChange` on.
    var deeds: [Deed] = []
    var insertedRanges: [Range<UInt32>] = []
    /// The first change that can be applied here.
    private(set) var firstChange = 0
    /// What was done to the text at the end, where that is asked for.
    var edits: [TextEdit] = []
    var keepsEdits = false
    /// The leaf looked at last: what one change did mostly lies together.
    var hint = 0

    /// What one change did to the text.
    struct Deed {
        var inserted = 0..<0
        var fates = 0..<0
        var isApplied = false
        /// Found faulty: as if it were no part of any version.
        var isVoid = false
    }

    /// Begins with an empty text, or one of `baseCount` characters that each change knows.
    init(baseCount: Int = 0, firstChange: Int = 0) { begin(baseCount, firstChange) }

    var byteCount: Int {
        tree.byteCount + fates.byteCount + cancelled.capacity * 4
            + deeds.capacity * MemoryLayout<Deed>.stride + insertedRanges.capacity * 8
    }

    /// Forgets all and begins anew; memory is kept.
    mutating func restart(baseCount: Int, firstChange: Int) {
        tree.removeAll()
        hint = 0
        fates.removeAll()
        cancelled.removeAll(keepingCapacity: true)
        deeds.removeAll(keepingCapacity: true)
        insertedRanges.removeAll(keepingCapacity: true)
        edits.removeAll(keepingCapacity: true)
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
        let before = tree.counts(before: place).visible
        return (before + (isVisible ? Int(offset) : 0), isVisible)
    }

    /// The character at `position`, which lies in the text, and the change that inserted it.
    func character(at position: Int) -> (change: UInt32, character: UInt32) {
        let (place, offset, _) = tree.find(position)
        return (tree[place].change, tree[place].first + offset)
    }

    /// Begins to apply `change`: what follows is done by it.
    mutating func open(_ change: Int) {
        let place = change - firstChange
        while deeds.count <= place { deeds.append(Deed()) }
        let inserted = insertedRanges.count
        deeds[place] = Deed(
            inserted: inserted..<inserted,
            fates: fates.count..<fates.count,
            isApplied: true
        )
    }

    /// Whether what the change did counts at the version walked.
    func isApplied(_ change: UInt32) -> Bool {
        let place = Int(change) - firstChange
        return place >= 0 && place < deeds.count && deeds[place].isApplied
    }

    /// Inserts `count` characters, numbered from `first` on, for the change opened last.
    ///
    /// `position` is at most `self.count`.
    mutating func insert(
        _ first: UInt32,
        count: UInt32,
        at position: Int,
        by change: Int,
        _ order: some InsertionOrder
    ) {
        note(first..<first + count, by: change)
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
            span.leftOrigin = leftSpan.first + offset
            end = endBefore + (leftSpan.isVisibleAtEnd ? Int(offset) + 1 : 0)
            if offset + 1 < leftSpan.count {
                // Who knows one character of a span knows all, so that nothing stands between.
                span.rightParent = span.leftOrigin + 1
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
            if leftSpan.change == span.change, leftSpan.last == span.leftOrigin,
                span.leftOrigin + 1 == first, leftSpan.fate == TrackedSpan.none
            {
                tree[left].count += count
                tree.add(visible: Int(count), end: Int(count), above: left.leaf)
                if keepsEdits { keep(insertion: span, at: end) }
                return
            }
        }
        finish(span, at: place, end)
    }

    private mutating func finish(_ span: TrackedSpan, at place: SpanTree.Place, _ end: Int) {
        tree.insert(span, at: place)
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

    private mutating func note(_ characters: Range<UInt32>, by change: Int) {
        let place = change - firstChange
        if !deeds[place].inserted.isEmpty, let last = insertedRanges.last,
            last.upperBound == characters.lowerBound
        {
            insertedRanges[insertedRanges.count - 1] = last.lowerBound..<characters.upperBound
        } else {
            insertedRanges.append(characters)
            deeds[place].inserted = deeds[place].inserted.lowerBound..<insertedRanges.count
        }
    }

    /// Finds the right parent of a span that goes to `place`, and passes the characters there that
    /// its author did not know as far as the rule says.
    @inline(__always)
    private func pass(
        _ span: inout TrackedSpan,
        _ place: inout SpanTree.Place,
        _ end: inout Int,
        _ order: some InsertionOrder
    ) {
        var probe = place
        guard tree.settle(&probe) else { return }
        if tree[probe].isInserted {
            span.rightParent = rightParent(tree[probe], for: span)
            return
        }
        while tree.settle(&probe) {
            if tree[probe].isInserted {
                span.rightParent = rightParent(tree[probe], for: span)
                break
            }
            probe.index += 1
        }
        var passed = 0
        var isScanning = false
        probe = place
        while tree.settle(&probe), !tree[probe].isInserted {
            let other = tree[probe]
            if other.leftOrigin == span.leftOrigin {
                if other.rightParent == span.rightParent {
                    if order.precedes(span.change, other.change) { break }
                    isScanning = false
                } else {
                    isScanning = isLeft(other.rightParent, of: span.rightParent, none: false)
                }
            } else if isLeft(other.leftOrigin, of: span.leftOrigin, none: true) {
                break
            }
            passed += Int(other.endCount)
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
                span.leftOrigin >= TrackedSpan.firstOfBase
            } else {
                next.leftOrigin == span.leftOrigin
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
