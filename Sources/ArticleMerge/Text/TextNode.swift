internal import ArticleModel

/// How much of a text lies at one place.
struct TextSize: Equatable {
    /// Runs, of which adjoining ones may go on with each other.
    var runs = 0
    /// Characters of the raw text.
    var raw = 0
    /// Characters of the text that people see.
    var shown = 0

    static func += (size: inout Self, other: Self) {
        size.runs += other.runs
        size.raw += other.raw
        size.shown += other.shown
    }

    static func -= (size: inout Self, other: Self) {
        size.runs -= other.runs
        size.raw -= other.raw
        size.shown -= other.shown
    }
}

/// A part of a text: a leaf with runs and what people see of them, or a branch of such parts.
///
/// A value throughout, so that a text that is kept elsewhere shares all but the path to what was
/// altered. Leaves have some runs and some bytes of text; a long run is spread over several.
///
/// Invariants:
/// 1. Either `children` is empty or `runs` and `utf8` are; a part is empty only as a whole tree.
/// 2. `size` is the sum over all below.
struct TextNode: Sendable {
    static let runCountMax = 64
    static let byteCountMax = 4_096
    static let childCountMax = 16

    private(set) var size = TextSize()
    private(set) var children: [TextNode] = []
    private(set) var runs: [ItemRun] = []
    private(set) var utf8: [UInt8] = []

    /// A part without anything.
    init() {}

    /// A leaf.
    init(runs: [ItemRun], utf8: [UInt8]) {
        self.runs = runs
        self.utf8 = utf8
        for run in runs { size += TextSize(runs: 1, raw: run.aliveCount, shown: run.visibleCount) }
    }

    /// A branch.
    init(children: [TextNode]) {
        self.children = children
        for child in children { size += child.size }
    }

    var isLeaf: Bool { children.isEmpty }

    /// Goes down to a run and alters its leaf; gives what was split off, to stand right of this
    /// part.
    ///
    /// `ordinal` is the number of the run; with `isBetween`, the number of runs left of a place
    /// between runs. `touched` counts the parts gone through.
    mutating func alter(
        _ ordinal: Int,
        isBetween: Bool,
        touched: inout Int,
        _ body: (inout TextNode, Int) -> Void
    ) -> TextNode? {
        touched += 1
        guard !isLeaf else {
            body(&self, ordinal)
            return splitLeaf()
        }
        var rest = ordinal
        var index = 0
        while index + 1 < children.count,
            isBetween ? rest > children[index].size.runs : rest >= children[index].size.runs
        {
            rest -= children[index].size.runs
            index += 1
        }
        size -= children[index].size
        let split = children[index].alter(rest, isBetween: isBetween, touched: &touched, body)
        size += children[index].size
        guard let split else { return nil }
        size += split.size
        children.insert(split, at: index + 1)
        guard children.count > Self.childCountMax else { return nil }
        let half = children.count / 2
        let other = TextNode(children: Array(children[half...]))
        children.removeSubrange(half...)
        size -= other.size
        return other
    }

    private mutating func splitLeaf() -> TextNode? {
        guard runs.count > Self.runCountMax || utf8.count > Self.byteCountMax else { return nil }
        var kept = runs.count / 2
        var shown = 0
        if runs.count <= Self.runCountMax {
            // In the middle of the text, inside of a run where that is long.
            kept = 0
            while kept < runs.count, shown + runs[kept].visibleCount <= size.shown / 2 {
                shown += runs[kept].visibleCount
                kept += 1
            }
            let inside = UInt32(size.shown / 2 - shown)
            if kept < runs.count, inside > 0 {
                let run = runs[kept]
                runs[kept].count = inside
                runs.insert(run.part(from: inside, count: run.count - inside), at: kept + 1)
                kept += 1
            }
        }
        shown = runs[..<kept].reduce(0) { $0 + $1.visibleCount }
        let byte = byte(ofShown: shown)
        let other = TextNode(runs: Array(runs[kept...]), utf8: Array(utf8[byte...]))
        self = TextNode(runs: Array(runs[..<kept]), utf8: Array(utf8[..<byte]))
        return other
    }

    private func byte(ofShown position: Int) -> Int {
        utf8.count == size.shown ? position : utf8.byteOffset(ofScalar: position)
    }
}

// MARK: - Leaves

extension TextNode {
    /// Inserts a run, with its text where it is visible, before the `offset`-th character of the
    /// run at `index`, which may be the end.
    mutating func insert(_ run: ItemRun, _ text: ArraySlice<UInt8>, at index: Int, _ offset: UInt32)
    {
        var shown = runs[..<index].reduce(0) { $0 + $1.visibleCount }
        if offset > 0, runs[index].isVisible { shown += Int(offset) }
        if run.isVisible { utf8.insert(contentsOf: text, at: byte(ofShown: shown)) }
        size += TextSize(runs: 1, raw: run.aliveCount, shown: run.visibleCount)
        if offset > 0 {
            let parted = runs[index]
            runs[index].count = offset
            runs.insert(
                contentsOf: [run, parted.part(from: offset, count: parted.count - offset)],
                at: index + 1
            )
            size.runs += 1
        } else {
            runs.insert(run, at: index)
            join(around: index..<index + 1)
        }
    }

    /// Gives `count` characters of the run at `index`, from its `start`-th on, another fate; `text`
    /// is theirs where they become visible.
    mutating func mark(
        _ index: Int,
        from start: UInt32,
        count: UInt32,
        isVisible: Bool,
        isAlive: Bool,
        _ text: ArraySlice<UInt8>
    ) {
        let run = runs[index]
        let shown = runs[..<index].reduce(0) { $0 + $1.visibleCount }
        if run.isVisible, !isVisible {
            let first = byte(ofShown: shown + Int(start))
            let last = byte(ofShown: shown + Int(start) + Int(count))
            utf8.removeSubrange(first..<last)
        } else if !run.isVisible, isVisible {
            utf8.insert(contentsOf: text, at: byte(ofShown: shown))
        }
        let part = run.part(from: start, count: count, isVisible: isVisible, isAlive: isAlive)
        let end = start + count
        var parts: [ItemRun] = []
        if start > 0 { parts.append(run.part(from: 0, count: start)) }
        parts.append(part)
        if end < run.count { parts.append(run.part(from: end, count: run.count - end)) }
        runs.replaceSubrange(index...index, with: parts)
        size.runs += parts.count - 1
        size.raw += part.aliveCount - (run.isAlive ? Int(count) : 0)
        size.shown += part.visibleCount - (run.isVisible ? Int(count) : 0)
        join(around: index..<index + parts.count)
    }

    /// Joins runs that go on with each other, from the one before `range` to the one after it.
    private mutating func join(around range: Range<Int>) {
        var index = min(range.upperBound, runs.count - 1)
        while index > 0, index >= range.lowerBound {
            if runs[index - 1].isContinued(by: runs[index]) {
                runs[index - 1].count += runs[index].count
                runs.remove(at: index)
                size.runs -= 1
            }
            index -= 1
        }
    }
}
