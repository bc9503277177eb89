/// A graph of changes drawn in lanes beside a list of them, children above their parents.
///
/// A lane is a column that leads down to one change. A change with several children has lanes that
/// end in it; one with several parents opens lanes for all but the first. Lanes never move aside, a
/// free one is taken again, so a line has no crossings but where it reaches over others.
public struct GraphLanes<ID: Hashable> {
    /// What each lane leads to; nil for a free one.
    private var lanes: [ID?] = []
    private let signs: GraphSigns

    /// Begins above the first change.
    public init(signs: GraphSigns) { self.signs = signs }

    /// How many columns the lanes take now.
    public var width: Int { lanes.count }

    /// The lines for the next change: those that lead to it, the one it stands on, and those that
    /// lead on from it to its parents.
    public mutating func add(
        _ id: ID,
        parents: [ID]
    ) -> (above: [String], at: String, below: [String]) {
        let ends = lanes.indices.filter { lanes[$0] == id }
        let lane = ends.first ?? open(id)
        var above: [String] = []
        if ends.count > 1 {
            above.append(line(joining: Array(ends.dropFirst()), to: lane, isOpening: false))
            for end in ends.dropFirst() { lanes[end] = nil }
            trim()
        }
        let at = text(lanes.indices.map { $0 == lane ? signs.node : vertical($0) }, fill: " ")
        lanes[lane] = parents.first
        var targets: [Int] = []
        var isNew: Set<Int> = []
        for parent in parents.dropFirst() {
            if let known = lanes.indices.first(where: { $0 != lane && lanes[$0] == parent }) {
                targets.append(known)
            } else {
                let new = open(parent)
                targets.append(new)
                isNew.insert(new)
            }
        }
        var below: [String] = []
        if !targets.isEmpty {
            below.append(
                line(joining: targets.sorted(), to: lane, isOpening: true, newLanes: isNew)
            )
        }
        trim()
        return (above, at, below)
    }

    private mutating func open(_ id: ID) -> Int {
        if let free = lanes.firstIndex(where: { $0 == nil }) {
            lanes[free] = id
            return free
        }
        lanes.append(id)
        return lanes.count - 1
    }

    private mutating func trim() {
        while let last = lanes.last, last == nil { lanes.removeLast() }
    }

    private func vertical(_ lane: Int) -> String { lanes[lane] == nil ? " " : signs.vertical }

    /// A line on which `others` are joined to `lane`: they end in it, or begin there.
    private func line(
        joining others: [Int],
        to lane: Int,
        isOpening: Bool,
        newLanes: Set<Int> = []
    ) -> String {
        let first = min(lane, others.first ?? lane)
        let last = max(lane, others.last ?? lane)
        var cells: [String] = []
        var fills: [String] = []
        for index in lanes.indices {
            let isInside = first < index && index < last
            // A lane that leads on past the line goes through it.
            let goesUp = isOpening ? !newLanes.contains(index) : true
            let goesDown = isOpening
            let sign: String
            if index == lane {
                sign = signs.branch(left: first < lane, right: lane < last)
            } else if others.contains(index) {
                sign = signs.end(
                    up: goesUp,
                    down: goesDown,
                    left: first < index,
                    right: index < last
                )
            } else if isInside {
                sign = lanes[index] == nil ? signs.horizontal : signs.crossing
            } else {
                sign = vertical(index)
            }
            cells.append(sign)
            fills.append(first <= index && index < last ? signs.horizontal : " ")
        }
        return zip(cells, fills).map { $0 + $1 }.joined().trimmed(ofTrailing: 0x20)
    }

    private func text(_ cells: [String], fill: String) -> String {
        cells.joined(separator: fill).trimmed(ofTrailing: 0x20)
    }
}

/// The characters that graphs are drawn with.
public struct GraphSigns: Sendable {
    /// A change.
    public let node: String
    let vertical: String
    let horizontal: String
    let crossing: String
    private let isUnicode: Bool

    /// Box drawing, or ASCII alone.
    public init(isUnicode: Bool) {
        self.isUnicode = isUnicode
        node = isUnicode ? "●" : "*"
        vertical = isUnicode ? "│" : "|"
        horizontal = isUnicode ? "─" : "-"
        crossing = isUnicode ? "│" : "|"
    }

    /// Where lanes leave or meet a lane that goes on.
    func branch(left: Bool, right: Bool) -> String {
        guard isUnicode else { return left || right ? "+" : "|" }
        return switch (left, right) {
        case (true, true): "┼"
        case (true, false): "┤"
        case (false, true): "├"
        case (false, false): "│"
        }
    }

    /// The far end of a line that joins lanes.
    func end(up: Bool, down: Bool, left: Bool, right: Bool) -> String {
        guard isUnicode else {
            if up && down { return "+" }
            if up { return left ? "/" : "\\" }
            return left ? "\\" : "/"
        }
        switch (up, down, left, right) {
        case (true, true, true, true): return "┼"
        case (true, true, true, false): return "┤"
        case (true, true, false, _): return "├"
        case (true, false, true, true): return "┴"
        case (true, false, true, false): return "╯"
        case (true, false, false, _): return "╰"
        case (false, true, true, true): return "┬"
        case (false, true, true, false): return "╮"
        case (false, true, false, _): return "╭"
        case (false, false, _, _): return "─"
        }
    }
}
