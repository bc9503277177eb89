/// Prints tables of figures against goals, and keeps count of what is reached.
struct GoalReport {
    /// The figures of one trace.
    struct Row {
        let goal: GoalRow
        let textSize: Double
        /// Times of our own: of less work, and of more.
        var growth: (Double, Double)?
        /// Our time without decoding.
        var undecoded: Figure?
        private var figures: [Engine: Figure] = [:]

        init(_ goal: GoalRow, textSize: Double) {
            self.goal = goal
            self.textSize = textSize
        }

        subscript(engine: Engine) -> Figure? {
            get { figures[engine] }
            set { figures[engine] = newValue }
        }

        /// How many times ours a rival's figure is.
        func ratio(_ rival: Engine) -> Double? {
            guard let ours = figures[.ours]?.value, let theirs = figures[rival]?.value else {
                return nil
            }
            return theirs / ours
        }

        /// Takes the cost of calls off a figure.
        mutating func takeOff(_ calls: Figure?, from engine: Engine) {
            guard let calls, calls.value > 0, let figure = figures[engine] else { return }
            figures[engine] = Figure(
                value: max(0, figure.value - calls.value),
                runCount: figure.runCount,
                before: figure.value
            )
        }

        /// Puts recorded figures where there are none, scaled by one measured there and here.
        mutating func addRecorded(_ task: String) {
            guard let recorded = RecordedFigures.of(task, goal.trace) else { return }
            var scale = 1.0
            var isComparable = task == "size"
            if task != "size" {
                for engine in GoalReport.scales(of: task) {
                    guard let figure = figures[engine], !figure.isRecorded,
                        let there = recorded[engine]
                    else { continue }
                    scale = (figure.before ?? figure.value) / there
                    isComparable = true
                    break
                }
            }
            for engine in Engine.rivals where figures[engine] == nil {
                guard let value = recorded[engine] else { continue }
                figures[engine] = Figure(
                    value: value * scale,
                    isRecorded: true,
                    isComparable: isComparable
                )
            }
        }

        mutating func convert(to unit: FigureUnit, keys: Double) {
            let factor: Double =
                switch unit {
                case .milliseconds, .bytes, .kilobytes: 1
                case .microseconds: 1_000
                case .nanosecondsPerKey: 1_000_000 / keys
                }
            for (engine, figure) in figures {
                var converted = figure
                converted.value = figure.value * factor
                converted.before = figure.before.map { $0 * factor }
                figures[engine] = converted
            }
            growth = growth.map { ($0.0 * factor, $0.1 * factor) }
        }
    }

    private var floors = Tally()
    private var aims = Tally()

    /// The engines whose figures, there and here, say how much faster this machine is.
    ///
    /// Yrs's typing walks a list through memory, its opening reads all history: neither is like
    /// what is scaled by it.
    static func scales(of task: String) -> [Engine] {
        ["type", "open"].contains(task) ? [.loro, .yrs] : [.yrs, .loro]
    }

    static func printHead(hasRivals: Bool, budget: Double?) {
        Swift.print(
            """

            Merging texts, CPU time, the engines in turn, median of \(Measurement.runCount) runs; work below 2 ms is repeated within a run
            """
        )
        if let budget {
            Swift.print(
                "A cell ends after \(number(budget / 1_000)) s of one engine: it then says of how many runs. (--all: all of them)"
            )
        }
        Swift.print(
            """
            'Loro/ours' is Loro's figure divided by ours: above 1 we take less. r: recorded elsewhere, not run here.
            *: the goal was set on this trace; the others are held against the same ratios.
            diamond-types' times are recorded ones times Yrs here / Yrs recorded on that trace (M2, M3: Loro's); sizes are as recorded.
            """
        )
        if !hasRivals {
            Swift.print(
                "No other engine is here: recorded times are not scaled, and no goal is held against them."
            )
        }
    }

    mutating func print(_ goal: MergeGoal, _ rows: [Row]) {
        Swift.print("\n\(goal.name) \(goal.title) (\(goal.unit.rawValue))")
        var table = Table(
            ["trace", "Galley"] + Engine.rivals.map(\.rawValue)
                + ["Loro/ours", "Yrs/ours", "d.-t./ours", "floor", "aim"],
            textColumns: [0, 8, 9]
        )
        for row in rows {
            let isNamed = goal.named.contains(row.goal.trace)
            let floor = judge(row.goal.floor, row)
            let aim = judge(row.goal.aim, row)
            let name = "\(goal.name) \(row.goal.trace)"
            floors.count(floor.isReached, name, isNamed: isNamed)
            aims.count(aim.isReached, name, isNamed: isNamed)
            table.add(
                [row.goal.trace + (isNamed ? " *" : "")]
                    + ([.ours] + Engine.rivals).map { Self.cell(row[$0]) }
                    + Engine.rivals.map { row.ratio($0).map(Self.number) ?? "" }
                    + [floor.text, aim.text]
            )
        }
        table.print()
        if let growth = goal.growth { print(growth, of: goal, rows) }
        printUndecoded(rows)
    }

    /// Prints how much more of our own time more work takes.
    private mutating func print(_ growth: GrowthLimit, of goal: MergeGoal, _ rows: [Row]) {
        Swift.print("\n  \(goal.name) \(growth.words) (\(goal.unit.rawValue))")
        let bound = "\(growth.isFloor ? "floor" : "aim"): at most \(decimal(growth.limit, 1))"
        var table = Table(["trace", "", "", "ratio", bound], textColumns: [0, 4])
        for row in rows {
            guard let times = row.growth else { continue }
            let ratio = times.1 / times.0
            let isReached = ratio <= growth.limit
            let name = "\(goal.name) growth \(row.goal.trace)"
            if growth.isFloor {
                floors.count(isReached, name, isNamed: true)
            } else {
                aims.count(isReached, name, isNamed: true)
            }
            table.add([
                row.goal.trace, Self.number(times.0), Self.number(times.1), decimal(ratio),
                isReached ? "reached" : "MISSED",
            ])
        }
        table.print()
    }

    /// Prints our times without decoding beside recorded ones that leave it out too.
    private func printUndecoded(_ rows: [Row]) {
        let rows = rows.filter { $0.undecoded != nil }
        guard !rows.isEmpty else { return }
        Swift.print("\n  without decoding, as diamond-types' times are (ms)")
        var table = Table(["trace", "Galley", "diamond-types", "d.-t./ours"])
        for row in rows {
            guard let ours = row.undecoded?.value else { continue }
            let theirs = row[.diamondTypes]
            table.add([
                row.goal.trace, Self.number(ours), Self.cell(theirs),
                theirs.map { Self.number($0.value / ours) } ?? "",
            ])
        }
        table.print()
    }

    mutating func printCorrectness(count: Int, failed: Int) {
        Swift.print("\nM9 correctness")
        Swift.print(
            """
              conformance cases: \(count - failed) of \(count) end as they must (merged at once, one at a time, saved and opened)
              random histories against the plain walk: ./run test tries 100,000, ./run soak 1,000,000
            """
        )
        if count > 0 { floors.count(failed == 0, "M9 conformance", isNamed: true) }
    }

    /// Prints what was reached and says whether every floor was where it was set.
    func printEnd() -> Bool {
        Swift.print("\nFloors: \(floors.inWords)\nAims: \(aims.inWords)")
        return !floors.missed.contains { $0.hasSuffix("*") }
    }

    /// What is right of a goal, in words; nil for what could not be known.
    struct Verdict {
        let isReached: Bool?
        let text: String
    }

    private func judge(_ demands: [Demand], _ row: Row) -> Verdict {
        guard !demands.isEmpty else { return Verdict(isReached: nil, text: "-") }
        var missed: [String] = []
        var unknown = false
        for demand in demands {
            switch demand {
            case .times(let factor, let rival):
                guard let ratio = row.ratio(rival), row[rival]?.isComparable ?? false else {
                    unknown = true
                    continue
                }
                if ratio < factor {
                    missed.append(
                        "\(rival.rawValue) \(Self.number(ratio)) of \(Self.number(factor))"
                    )
                }
            case .atMost(let limit):
                check(row, limit, &missed)
            case .atMostPerByte(let factor):
                check(row, factor * row.textSize / 1_000, &missed)
            }
        }
        if !missed.isEmpty {
            return Verdict(isReached: false, text: "MISSED: " + missed.joined(separator: ", "))
        }
        return unknown
            ? Verdict(isReached: nil, text: "not known") : Verdict(isReached: true, text: "reached")
    }

    private func check(_ row: Row, _ limit: Double, _ missed: inout [String]) {
        guard let ours = row[.ours]?.value, ours > limit else { return }
        missed.append("\(Self.number(ours)), at most \(Self.number(limit))")
    }

    private static func cell(_ figure: Figure?) -> String {
        guard let figure else { return "" }
        var text = number(figure.value) + (figure.isRecorded ? "r" : "")
        if let count = figure.runCount, count < 3 { text += count == 1 ? " (1 run)" : " (2 runs)" }
        return text
    }

    /// Three digits that count, thousands apart.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        if value < 0.1 { return decimal(value, 4) }
        if value < 1 { return decimal(value, 3) }
        if value < 10 { return decimal(value, 2) }
        if value < 100 { return decimal(value, 1) }
        var digits = decimal(value, 0)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}

/// How often something was reached, and what was not.
private struct Tally {
    private(set) var reached: [String] = []
    private(set) var missed: [String] = []
    private var named: Set<String> = []

    mutating func count(_ isReached: Bool?, _ name: String, isNamed: Bool) {
        if isNamed { named.insert(name) }
        switch isReached {
        case true: reached.append(name)
        case false: missed.append(name + (isNamed ? " *" : ""))
        default: break
        }
    }

    var inWords: String {
        let namedCount = reached.count { named.contains($0) }
        let namedMissed = missed.count { $0.hasSuffix("*") }
        return "\(namedCount) of \(namedCount + namedMissed) reached where they were set,"
            + " \(reached.count) of \(reached.count + missed.count) on all traces"
            + (missed.isEmpty ? "" : "; missed: \(missed.joined(separator: ", "))")
    }
}
