public import ArticleModel

/// A text with the identity of each of its characters.
///
/// Invariants:
/// 1. `runs` name every character ever inserted, in merged order, each once.
/// 2. No run could be joined with the next one.
/// 3. The visible runs have as many characters as the text, `scalarCount`.
public struct TextState: Hashable, Sendable {
    var utf8: [UInt8]
    /// The number of scalars in the text.
    public internal(set) var scalarCount: Int
    /// The characters in merged order, deleted ones included.
    public internal(set) var runs: [ItemRun]

    /// An empty text.
    public init() {
        utf8 = []
        scalarCount = 0
        runs = []
    }

    /// A text as it was stored; nil where text and runs do not fit, or runs are not joined.
    public init?(text: ScalarText, runs: [ItemRun]) {
        var visibleCount = 0
        for (index, run) in runs.enumerated() {
            guard run.count > 0, !run.offset.addingReportingOverflow(run.count).overflow else {
                return nil
            }
            if index > 0, runs[index - 1].isContinued(by: run) { return nil }
            if run.isVisible { visibleCount += Int(run.count) }
        }
        guard visibleCount == text.scalarCount else { return nil }
        utf8 = text.utf8
        scalarCount = visibleCount
        self.runs = runs
    }

    /// The text a seed starts with: scalars of `change` from `offset` on.
    init(seeded text: ScalarText, by change: ChangeID, from offset: UInt32) {
        utf8 = text.utf8
        scalarCount = text.scalarCount
        runs =
            text.isEmpty
            ? []
            : [
                ItemRun(
                    change: change,
                    offset: offset,
                    count: UInt32(clamping: scalarCount),
                    isVisible: true
                )
            ]
    }

    init(utf8: [UInt8], scalarCount: Int, runs: [ItemRun]) {
        self.utf8 = utf8
        self.scalarCount = scalarCount
        self.runs = runs
    }

    /// The text itself, in O(1).
    public var text: ScalarText { ScalarText(wellFormed: utf8) }

    /// Who wrote what: the ranges of the text by the change that inserted them, in order.
    public var attribution: [AttributionRun] {
        var result: [AttributionRun] = []
        var position = 0
        for run in runs where run.isVisible {
            let end = position + Int(run.count)
            if let last = result.last, last.change == run.change {
                result[result.count - 1].range = last.range.lowerBound..<end
            } else {
                result.append(AttributionRun(range: position..<end, change: run.change))
            }
            position = end
        }
        return result
    }
}

/// A range of a text that one change inserted.
public struct AttributionRun: Hashable, Sendable {
    /// The scalars of the text.
    public internal(set) var range: Range<Int>
    /// The change that inserted them.
    public let change: ChangeID

    /// Says that `change` inserted `range`.
    public init(range: Range<Int>, change: ChangeID) {
        self.range = range
        self.change = change
    }
}
