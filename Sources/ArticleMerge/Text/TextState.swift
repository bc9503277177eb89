public import ArticleModel

/// A text with the identity of each of its characters.
///
/// Positions without another word are those of the text that people see. Changes count positions of
/// the raw text, in which void changes count as if they were not; where there are none, both are
/// the same.
///
/// Invariants:
/// 1. The runs name every character ever inserted, in merged order, each once.
/// 2. No run of `runs` could be joined with the next one.
/// 3. The visible runs have as many characters as the text, `scalarCount`.
public struct TextState: Sendable {
    var tree: TextTree

    /// An empty text.
    public init() { tree = TextTree() }

    /// A text as it was stored; nil where text and runs do not fit, or runs are not joined.
    public init?(text: ScalarText, runs: [ItemRun]) {
        var visibleCount = 0
        for (index, run) in runs.enumerated() {
            guard run.count > 0, !run.offset.addingReportingOverflow(run.count).overflow else {
                return nil
            }
            if index > 0, runs[index - 1].isContinued(by: run) { return nil }
            visibleCount += run.visibleCount
        }
        guard visibleCount == text.scalarCount else { return nil }
        tree = TextTree(utf8: text.utf8, runs: runs)
    }

    /// The text a seed starts with: scalars of `change` from `offset` on.
    init(seeded text: ScalarText, by change: ChangeID, from offset: UInt32) {
        var builder = TextBuilder()
        if !text.isEmpty {
            let count = UInt32(clamping: text.scalarCount)
            let run = ItemRun(change: change, offset: offset, count: count, isVisible: true)
            builder.append(run, text.utf8[...])
        }
        self = builder.text
    }

    init(tree: TextTree) { self.tree = tree }

    /// The number of scalars in the text.
    public var scalarCount: Int { tree.size.shown }

    /// The number of scalars in the raw text.
    public var rawCount: Int { tree.size.raw }

    /// The text itself; O(n).
    public var text: ScalarText { ScalarText(wellFormed: tree.utf8) }

    /// The characters in merged order, deleted ones included; O(n).
    public var runs: [ItemRun] { tree.runs }

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

    /// How many blocks alterations went through, to check their cost by.
    package var touchedCount: Int { tree.touchedCount }
}

extension TextState: Hashable {
    /// Equal where text and characters are, however it is kept in memory.
    public static func == (left: Self, right: Self) -> Bool {
        left.scalarCount == right.scalarCount && left.rawCount == right.rawCount
            && left.tree.utf8 == right.tree.utf8 && left.runs == right.runs
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(scalarCount)
        hasher.combine(tree.utf8)
    }
}

/// Collects a text run by run.
struct TextBuilder {
    private var utf8: [UInt8] = []
    private var runs: [ItemRun] = []

    /// Puts characters at the end of the text, joined to the last run where they go on with it.
    mutating func append(_ run: ItemRun, _ text: @autoclosure () -> ArraySlice<UInt8>) {
        if let last = runs.last, last.isContinued(by: run) {
            runs[runs.count - 1].count += run.count
        } else {
            runs.append(run)
        }
        if run.isVisible { utf8.append(contentsOf: text()) }
    }

    /// What was collected.
    var text: TextState { TextState(tree: TextTree(utf8: utf8, runs: runs)) }
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
