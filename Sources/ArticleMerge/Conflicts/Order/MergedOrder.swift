internal import ArticleModel

/// All characters of a text in merged order, deleted ones included, with what decides whether they
/// are in the text of a version.
///
/// A *place* is the number of a character in that order, from 0.
struct MergedOrder {
    /// Characters that one change inserted, that stand together and share one past.
    struct Span {
        /// The number of the first in ``CharacterTable``.
        var first: UInt32
        var count: UInt32
        let change: Int32
        /// The place of the first.
        var place: Int32
        /// The deletions of it.
        let past: Int32

        var end: Int32 { place + Int32(count) }
    }

    /// A deletion, and which of all revivers cancel it.
    struct Deletion {
        let change: Int32
        let revivers: Range<Int32>
    }

    let characters: CharacterTable
    let spans: [Span]
    /// By number of character: its span, or nothing for those of changes without effect.
    private let spanNumbers: [Int32]
    /// By past: its deletions, of which the past numbered 0 has none.
    private let pasts: [Range<Int32>]
    private let deletions: [Deletion]
    private let revivers: [Int32]
    /// By change: the characters it deleted or revived, among `deeds`.
    private let deedStarts: [Int32]
    private let deeds: [Range<UInt32>]
    /// The number of places.
    let placeCount: Int32

    init(_ graph: TextGraph, _ lineage: Lineage) {
        characters = CharacterTable(graph)
        let merge = OrderMerge(graph, characters)
        var pasts = PastTable(lineage)
        var spans: [Span] = []
        var place: Int32 = 0
        merge.forEachSpan { first, count, change, fates in
            let past = pasts.past(of: fates)
            if let last = spans.last, last.change == change, last.past == past,
                last.first + last.count == first
            {
                spans[spans.count - 1].count += count
            } else {
                spans.append(
                    Span(first: first, count: count, change: change, place: place, past: past)
                )
            }
            place += Int32(count)
        }
        var numbers = [Int32](repeating: -1, count: characters.count)
        for (number, span) in spans.enumerated() {
            for character in Int(span.first)..<Int(span.first + span.count) {
                numbers[character] = Int32(number)
            }
        }
        self.spans = spans
        spanNumbers = numbers
        placeCount = place
        self.pasts = pasts.pasts
        deletions = pasts.deletions
        revivers = pasts.revivers
        (deedStarts, deeds) = (merge.deedStarts, merge.deeds)
    }

    /// Whether the characters of a span are in the text of the version that `contains` tells.
    @inline(__always)
    func isAlive(_ span: Span, _ contains: (Int32) -> Bool) -> Bool {
        guard contains(span.change) else { return false }
        if span.past == 0 { return true }
        return isUndeleted(span, contains)
    }

    @inline(__always)
    func isUndeleted(_ span: Span, _ contains: (Int32) -> Bool) -> Bool {
        let past = pasts[Int(span.past)]
        for index in past.lowerBound..<past.upperBound {
            let deletion = deletions[Int(index)]
            guard contains(deletion.change) else { continue }
            var isCancelled = false
            for reviver in deletion.revivers where contains(revivers[Int(reviver)]) {
                isCancelled = true
                break
            }
            if !isCancelled { return false }
        }
        return true
    }

    /// The span that holds a place.
    func span(at place: Int32) -> Int { spans.sortedIndex { $0.end <= place } }

    /// The spans a change inserted, deleted or revived, ascending, each once.
    func spans(touchedBy change: Int) -> [Int32] {
        var result: [Int32] = []
        add(characters.firsts[change]..<characters.firsts[change + 1], to: &result)
        for index in Int(deedStarts[change])..<Int(deedStarts[change + 1]) {
            add(deeds[index], to: &result)
        }
        var isSorted = true
        for index in result.indices.dropFirst() where result[index - 1] >= result[index] {
            isSorted = false
        }
        guard !isSorted else { return result }
        result.sort()
        var distinct: [Int32] = []
        distinct.reserveCapacity(result.count)
        for span in result where distinct.last != span { distinct.append(span) }
        return distinct
    }

    private func add(_ numbers: Range<UInt32>, to result: inout [Int32]) {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let span = spanNumbers[Int(next)]
            guard span >= 0 else { return }
            result.append(span)
            next = spans[Int(span)].first + spans[Int(span)].count
        }
    }

    /// The value of the scalar at an offset in a span.
    @inline(__always)
    func scalar(_ span: Span, _ offset: UInt32) -> UInt32 { characters.scalar(span.first + offset) }
}
