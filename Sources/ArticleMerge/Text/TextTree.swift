internal import ArticleModel

/// The runs of a text in merged order with what people see of them, in a tree of blocks.
///
/// Places are found and texts altered in O(log n); how it is cut into blocks shows nowhere.
struct TextTree: Sendable {
    private var root = TextNode()
    /// How many blocks alterations went through so far.
    private(set) var touchedCount = 0

    /// No text.
    init() {}

    /// A text with its runs, of which those that are visible have as many characters.
    init(utf8: [UInt8], runs: [ItemRun]) {
        var level: [TextNode] = []
        var scalars = ScalarCursor(utf8)
        var leaf: [ItemRun] = []
        var start = 0
        func isFull(_ shown: Int) -> Bool {
            leaf.count >= TextNode.runCountMax / 2 || shown >= TextNode.byteCountMax / 4
        }
        var shown = 0
        func close() {
            guard !leaf.isEmpty else { return }
            level.append(TextNode(runs: leaf, utf8: Array(utf8[start..<scalars.byte])))
            leaf = []
            start = scalars.byte
            shown = 0
        }
        for run in runs {
            var rest = run
            while rest.isVisible, shown + Int(rest.count) > TextNode.byteCountMax / 4 {
                let length = UInt32(TextNode.byteCountMax / 4 - shown)
                if length > 0, length < rest.count {
                    leaf.append(rest.part(from: 0, count: length))
                    scalars.advance(by: Int(length))
                    rest = rest.part(from: length, count: rest.count - length)
                }
                close()
            }
            leaf.append(rest)
            scalars.advance(by: rest.visibleCount)
            shown += rest.visibleCount
            if isFull(shown) { close() }
        }
        close()
        while level.count > 1 {
            let width = TextNode.childCountMax / 2
            level = stride(from: 0, to: level.count, by: width).map { first in
                TextNode(children: Array(level[first..<min(first + width, level.count)]))
            }
        }
        root = level.first ?? TextNode()
    }

    var size: TextSize { root.size }

    /// The text that people see.
    var utf8: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(size.shown)
        forEachLeaf { result.append(contentsOf: $0.utf8) }
        return result
    }

    /// The runs, joined where they go on with each other.
    var runs: [ItemRun] {
        var result: [ItemRun] = []
        result.reserveCapacity(size.runs)
        forEachLeaf { leaf in
            for run in leaf.runs {
                if let last = result.last, last.isContinued(by: run) {
                    result[result.count - 1].count += run.count
                } else {
                    result.append(run)
                }
            }
        }
        return result
    }

    private func forEachLeaf(_ body: (TextNode) -> Void) {
        func visit(_ node: TextNode) {
            if node.isLeaf { body(node) } else { node.children.forEach(visit) }
        }
        visit(root)
    }
}

// MARK: - Finding

/// Which of a text's characters are counted.
enum TextMeasure {
    /// Those of the raw text.
    case raw
    /// Those that people see.
    case shown

    func count(_ size: TextSize) -> Int {
        switch self {
        case .raw: size.raw
        case .shown: size.shown
        }
    }

    func count(_ run: ItemRun) -> Int {
        switch self {
        case .raw: run.aliveCount
        case .shown: run.visibleCount
        }
    }
}

/// A run of a text, and what stands before it.
struct FoundRun {
    /// Its number.
    var ordinal: Int
    var run: ItemRun
    /// The characters before it.
    var raw: Int
    var shown: Int

    func before(_ measure: TextMeasure) -> Int {
        switch measure {
        case .raw: raw
        case .shown: shown
        }
    }
}

extension TextTree {
    /// The run that holds the character numbered `position`; nil past the end.
    func run(at position: Int, _ measure: TextMeasure) -> FoundRun? {
        guard position >= 0, position < measure.count(size) else { return nil }
        return find { found, size in found.before(measure) + measure.count(size) > position }
    }

    /// The run numbered `ordinal`; nil past the end.
    func run(numbered ordinal: Int) -> FoundRun? {
        guard ordinal >= 0, ordinal < size.runs else { return nil }
        return find { found, size in found.ordinal + size.runs > ordinal }
    }

    /// Goes down to the first run that `holds` says yes to, given what stands before it.
    private func find(_ holds: (FoundRun, TextSize) -> Bool) -> FoundRun? {
        guard var run = firstRun else { return nil }
        var node = root
        while !node.isLeaf {
            var next: TextNode?
            for child in node.children {
                if holds(run, child.size) {
                    next = child
                    break
                }
                run.ordinal += child.size.runs
                run.raw += child.size.raw
                run.shown += child.size.shown
            }
            guard let next else { return nil }
            node = next
        }
        for candidate in node.runs {
            let size = TextSize(
                runs: 1,
                raw: candidate.aliveCount,
                shown: candidate.visibleCount
            )
            if holds(run, size) {
                run.run = candidate
                return run
            }
            run.ordinal += 1
            run.raw += size.raw
            run.shown += size.shown
        }
        return nil
    }

    private var firstRun: FoundRun? {
        var node = root
        while let first = node.children.first { node = first }
        return node.runs.first.map { FoundRun(ordinal: 0, run: $0, raw: 0, shown: 0) }
    }

    /// The run that holds a character, nil where it was never here; O(runs).
    func run(of character: CharacterID) -> FoundRun? {
        guard var run = firstRun else { return nil }
        var result: FoundRun?
        forEachLeaf { leaf in
            guard result == nil else { return }
            for candidate in leaf.runs {
                if candidate.contains(character) {
                    run.run = candidate
                    result = run
                    return
                }
                run.ordinal += 1
                run.raw += candidate.aliveCount
                run.shown += candidate.visibleCount
            }
        }
        return result
    }
}

// MARK: - Altering

extension TextTree {
    /// Inserts a run, with its text where it is visible, before the `offset`-th character of the
    /// run numbered `ordinal`, which may be the end.
    mutating func insert(_ run: ItemRun, _ text: [UInt8], at ordinal: Int, _ offset: UInt32) {
        var rest = run
        var bytes = text[...]
        var ordinal = ordinal
        var offset = offset
        // Piece by piece, so that blocks stay small. The pieces are joined where a block has room.
        while true {
            let scalars = min(rest.count, UInt32(TextNode.byteCountMax / 4))
            let isLast = scalars == rest.count
            let piece = isLast ? rest : rest.part(from: 0, count: scalars)
            var end = bytes.endIndex
            if !isLast, run.isVisible {
                let start = bytes.startIndex
                end =
                    start + Array(bytes.prefix(Int(scalars) * 4)).byteOffset(ofScalar: Int(scalars))
            }
            let count = size.runs
            alter(ordinal, isBetween: offset == 0) { leaf, index in
                leaf.insert(piece, bytes[..<end], at: index, offset)
            }
            guard !isLast else { return }
            rest = rest.part(from: scalars, count: rest.count - scalars)
            bytes = bytes[end...]
            // Behind what was put, wherever a block was split.
            let last = CharacterID(change: piece.change, offset: piece.end - 1)
            var next = max(0, ordinal - 1)
            while let found = self.run(numbered: next), !found.run.contains(last) { next += 1 }
            ordinal = next + 1
            offset = 0
            assert(size.runs >= count)
        }
    }

    /// Gives characters of the run numbered `ordinal` another fate; see ``TextNode``.
    mutating func mark(
        _ ordinal: Int,
        from start: UInt32,
        count: UInt32,
        isVisible: Bool,
        isAlive: Bool,
        _ text: ArraySlice<UInt8> = []
    ) {
        alter(ordinal, isBetween: false) { leaf, index in
            leaf.mark(
                index,
                from: start,
                count: count,
                isVisible: isVisible,
                isAlive: isAlive,
                text
            )
        }
    }

    private mutating func alter(
        _ ordinal: Int,
        isBetween: Bool,
        _ body: (inout TextNode, Int) -> Void
    ) {
        let split = root.alter(ordinal, isBetween: isBetween, touched: &touchedCount, body)
        guard let split else { return }
        let left = root
        root = TextNode(children: [left, split])
    }
}
