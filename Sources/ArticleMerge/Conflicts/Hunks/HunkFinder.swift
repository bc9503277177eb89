internal import ArticleModel

/// Finds the hunks of a change: what it alters in the text its author saw.
///
/// Nothing of what is concurrent with the change plays a part but for the numbers of places.
struct HunkFinder {
    /// How many scalars of a word count on either side of a hunk: what nobody reads as a word may
    /// be as long as the text.
    static let wordReachMax: UInt32 = 256

    private let lineage: Lineage
    let order: MergedOrder
    let separator: [UInt32]

    init(_ graph: TextGraph, _ lineage: Lineage, _ order: MergedOrder) {
        self.lineage = lineage
        self.order = order
        separator = graph.separator.scalars.map(\.value)
    }

    /// Appends the hunks of a change to `table`.
    func find(of change: Int32, in table: inout HunkTable) {
        let altered = alteredSpans(of: change)
        var index = 0
        var number: Int32 = 0
        var left = -1
        while index < altered.count {
            // The spans up to the first that stays make up one hunk.
            var end = index + 1
            var next = Int(altered[index]) + 1
            while true {
                if end < altered.count, next == Int(altered[end]) {
                    end += 1
                } else if next >= order.spans.count || isAfter(order.spans[next], change) {
                    break
                }
                next += 1
            }
            let run = altered[index..<end]
            let first = Int(altered[index])
            if index == 0 || left < 0 {
                left = first - 1
                while left >= 0, !isAfter(order.spans[left], change) { left -= 1 }
            }
            let hunk = Stretch(
                change: change,
                number: number,
                spans: run,
                left: left,
                right: next
            )
            append(hunk, to: &table)
            number += 1
            index = end
            // What stays right of this hunk may stand left of the next one; the nearest counts.
            left = -1
            guard index < altered.count else { break }
        }
    }

    /// The spans whose state a change alters, ascending.
    func alteredSpans(of change: Int32) -> [Int32] {
        var spans = order.spans(touchedBy: Int(change))
        spans.removeAll {
            isBefore(order.spans[Int($0)], change) == isAfter(order.spans[Int($0)], change)
        }
        return spans
    }

    /// Whether the character at a place was in the text before a change.
    func wasThere(_ place: Int32, before change: Int32) -> Bool {
        isBefore(order.spans[order.span(at: place)], change)
    }

    /// Whether characters are in the text that the author of a change saw.
    @inline(__always)
    func isBefore(_ span: MergedOrder.Span, _ change: Int32) -> Bool {
        order.isAlive(span) { $0 != change && lineage.isKnown($0, to: change) }
    }

    /// Whether characters are in the text right after a change.
    @inline(__always)
    func isAfter(_ span: MergedOrder.Span, _ change: Int32) -> Bool {
        order.isAlive(span) { lineage.isKnown($0, to: change) }
    }

    /// A run of spans that a change alters, and its unaltered neighbours.
    struct Stretch {
        let change: Int32
        let number: Int32
        let spans: ArraySlice<Int32>
        let left: Int
        let right: Int
    }

    private func append(_ stretch: Stretch, to table: inout HunkTable) {
        let start = Int32(table.places.count)
        var taken: [Int32] = []
        var put: [Int32] = []
        for span in stretch.spans {
            let characters = order.spans[Int(span)]
            table.places.append(PlaceRange(first: characters.place, last: characters.end - 1))
            if isBefore(characters, stretch.change) { taken.append(span) } else { put.append(span) }
        }
        let altered = start..<Int32(table.places.count)
        let core = PlaceRange(
            first: table.places[Int(start)].first,
            last: table.places[table.places.count - 1].last
        )
        addWords(taken, of: stretch, wasThere: true, to: &table.places)
        addWords(put, of: stretch, wasThere: false, to: &table.places)
        var words = altered
        var extent = core
        if table.places.count > Int(altered.upperBound) {
            // Words and characters in the order of the text, kept apart from the characters.
            let all = table.places[Int(start)...].sorted()
            table.places.removeSubrange(Int(altered.upperBound)...)
            for range in all {
                if let last = table.places.last,
                    table.places.count > Int(altered.upperBound), range.first <= last.last + 1
                {
                    table.places[table.places.count - 1].last = max(last.last, range.last)
                } else {
                    table.places.append(range)
                }
            }
            words = altered.upperBound..<Int32(table.places.count)
            extent = PlaceRange(
                first: table.places[Int(words.lowerBound)].first,
                last: table.places[Int(words.upperBound) - 1].last
            )
        }
        table.hunks.append(
            Hunk(
                change: stretch.change,
                number: stretch.number,
                extent: extent,
                left: stretch.left < 0 ? -1 : order.spans[stretch.left].end - 1,
                right: stretch.right < order.spans.count
                    ? order.spans[stretch.right].place : order.placeCount,
                core: core,
                words: words,
                altered: altered,
                forms: forms(of: stretch, taken, put),
                takes: !taken.isEmpty
            )
        )
    }

    /// Adds the words that hold a marked character, in the text before or after the change.
    ///
    /// With none, the word that spans the place. The characters of the stretch itself are known.
    private func addWords(
        _ marked: [Int32],
        of stretch: Stretch,
        wasThere: Bool,
        to places: inout [PlaceRange]
    ) {
        var goesLeft = isWord(lastOf: stretch.left)
        var goesRight = isWord(firstOf: stretch.right)
        if let first = marked.first, let last = marked.last {
            let (one, other) = (order.spans[Int(first)], order.spans[Int(last)])
            goesLeft = goesLeft && WordTable.isWord(order.scalar(one, 0))
            goesRight = goesRight && WordTable.isWord(order.scalar(other, other.count - 1))
        } else {
            (goesLeft, goesRight) = (goesLeft && goesRight, goesLeft && goesRight)
        }
        if goesLeft {
            var span = stretch.left
            var rest = Self.wordReachMax
            while span >= 0,
                addWord(endOf: span, of: stretch.change, wasThere, &rest, to: &places)
            {
                span -= 1
            }
        }
        if goesRight {
            var span = stretch.right
            var rest = Self.wordReachMax
            while span < order.spans.count,
                addWord(startOf: span, of: stretch.change, wasThere, &rest, to: &places)
            {
                span += 1
            }
        }
    }

    private func isWord(lastOf span: Int) -> Bool {
        guard span >= 0 else { return false }
        return WordTable.isWord(order.scalar(order.spans[span], order.spans[span].count - 1))
    }

    private func isWord(firstOf span: Int) -> Bool {
        span < order.spans.count && WordTable.isWord(order.scalar(order.spans[span], 0))
    }

    /// Adds the end of a span as far as it belongs to a word; false where the word began in it.
    private func addWord(
        endOf number: Int,
        of change: Int32,
        _ wasThere: Bool,
        _ rest: inout UInt32,
        to places: inout [PlaceRange]
    ) -> Bool {
        let span = order.spans[number]
        guard wasThere ? isBefore(span, change) : isAfter(span, change) else { return true }
        var offset = span.count
        while offset > 0, rest > 0, WordTable.isWord(order.scalar(span, offset - 1)) {
            offset -= 1
            rest -= 1
        }
        if offset < span.count {
            places.append(PlaceRange(first: span.place + Int32(offset), last: span.end - 1))
        }
        return offset == 0
    }

    private func addWord(
        startOf number: Int,
        of change: Int32,
        _ wasThere: Bool,
        _ rest: inout UInt32,
        to places: inout [PlaceRange]
    ) -> Bool {
        let span = order.spans[number]
        guard wasThere ? isBefore(span, change) : isAfter(span, change) else { return true }
        var offset: UInt32 = 0
        while offset < span.count, rest > 0, WordTable.isWord(order.scalar(span, offset)) {
            offset += 1
            rest -= 1
        }
        if offset > 0 {
            places.append(PlaceRange(first: span.place, last: span.place + Int32(offset) - 1))
        }
        return offset == span.count
    }
}
