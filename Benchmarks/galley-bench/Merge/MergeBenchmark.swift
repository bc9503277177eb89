import EditingTraces
import Foundation

/// Runs our engine and others through the same traces in turn, and holds the figures against the
/// goals.
struct MergeBenchmark {
    /// An engine is given so much CPU time for one cell of a table, in milliseconds.
    private static let budget = 4_000.0
    /// What took longer than this when it was recorded is not measured unless all is.
    private static let recordedMax = 60_000.0
    /// Building a history takes about as long as taking it in one update at a time.
    private static let buildingMax = 90_000.0

    private let settings: Settings
    private let files: [String: String]
    private let ours: EngineProcess
    private var rivals: [EngineProcess] = []
    private let measurement: Measurement
    /// The histories an engine has.
    private var built: Set<String> = []
    private var report = GoalReport()

    init(_ settings: Settings) throws {
        self.settings = settings
        measurement = Measurement(budget: settings.isComplete ? nil : Self.budget)
        let names = try FileManager.default.subpathsOfDirectory(atPath: settings.traces.path)
        var files: [String: String] = [:]
        for name in names where !name.contains("conformance") {
            let file = settings.traces.appending(path: name)
            for suffix in [".json.gz", ".json"] where name.hasSuffix(suffix) {
                files[String(file.lastPathComponent.dropLast(suffix.count))] = file.path
            }
        }
        self.files = files
        try FileManager.default.createDirectory(
            at: settings.cache,
            withIntermediateDirectories: true
        )
        // A worker that ends by itself is told by what it does not answer.
        signal(SIGPIPE, SIG_IGN)
        let program = "/proc/self/exe"
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: program)
        ours = try EngineProcess(.ours, command: [own, "merge-worker"], cache: settings.cache)
        guard let peers = settings.peers else { return }
        for engine in [Engine.loro, .yrs] {
            do {
                rivals.append(
                    try EngineProcess(
                        engine,
                        command: [peers.python, peers.worker, engine.rawValue.lowercased()],
                        cache: settings.cache
                    )
                )
            } catch {
                print("\(engine.rawValue) is left out: \(error)")
            }
        }
    }

    /// Measures and prints; false where a floor is missed or an end text is wrong.
    mutating func run() throws -> Bool {
        defer { for worker in rivals + [ours] { worker.end() } }
        let goals = MergeGoal.all.filter { isWanted($0.name) }
        let traces = MergeGoal.traces.filter { trace in
            files[trace] != nil && goals.contains { $0.rows.contains { $0.trace == trace } }
        }
        try buildHistories(traces)
        // Trace by trace, since reading one takes longer than most tasks; printed goal by goal.
        var results: [String: GoalReport.Row] = [:]
        for trace in traces {
            guard let file = files[trace] else { continue }
            for goal in goals {
                guard let row = goal.rows.first(where: { $0.trace == trace }) else { continue }
                results[goal.name + trace] = try measure(goal, row, file)
            }
        }
        GoalReport.printHead(hasRivals: !rivals.isEmpty, budget: measurement.budget)
        for goal in goals {
            let rows = goal.rows.compactMap { results[goal.name + $0.trace] }
            if !rows.isEmpty { report.print(goal, rows) }
        }
        if isWanted("M9") { try checkConformance() }
        return report.printEnd()
    }

    private func isWanted(_ goal: String) -> Bool {
        settings.goals.isEmpty || settings.goals.contains(goal)
    }

    /// Has the others build their histories, all at the same time: nothing is measured yet.
    private mutating func buildHistories(_ traces: [String]) throws {
        for trace in traces {
            guard let file = files[trace] else { continue }
            var asked: [EngineProcess] = []
            for worker in rivals {
                let recorded = RecordedFigures.of("live", trace)?[worker.engine] ?? 0
                let isKept = try worker.result(of: "is-built", file) == "yes"
                guard isKept || settings.isComplete || recorded < Self.buildingMax else {
                    print(
                        "\(trace): building \(worker.engine.rawValue)'s history takes minutes; with --all it is built and kept"
                    )
                    continue
                }
                if !isKept {
                    Program.complain("building \(worker.engine.rawValue)'s history of \(trace)")
                }
                built.insert("\(worker.engine) \(trace)")
                try worker.ask("right", file)
                asked.append(worker)
            }
            for worker in asked {
                do {
                    _ = try worker.answer()
                } catch {
                    Program.complain("\(trace) is left out: \(error)")
                    built.remove("\(worker.engine) \(trace)")
                }
            }
        }
    }

    private func measure(
        _ goal: MergeGoal,
        _ row: GoalRow,
        _ file: String
    ) throws -> GoalReport.Row {
        var result = GoalReport.Row(row, textSize: try ours.number(of: "text", file) ?? .nan)
        let workers = [ours] + rivals.filter { built.contains("\($0.engine) \(row.trace)") }
        switch goal.task {
        case "size":
            for worker in workers {
                result[worker.engine] = try worker.number(of: "size", file).map {
                    Figure(value: $0)
                }
            }
        case "memory":
            for worker in workers { result[worker.engine] = try memory(worker, file) }
        default:
            let fast = workers.filter { worker in
                let recorded = RecordedFigures.of(goal.task, row.trace)?[worker.engine] ?? 0
                return settings.isComplete || recorded < Self.recordedMax
            }
            let figures = try measurement.run(fast.map { ($0, goal.task) }, on: file)
            for (worker, figure) in zip(fast, figures) { result[worker.engine] = figure }
            if goal.task == "type" {
                let calls = try measurement.run(fast.map { ($0, "calls") }, on: file)
                for (worker, figure) in zip(fast, calls) {
                    result.takeOff(figure, from: worker.engine)
                }
            }
        }
        if let growth = goal.growth, growth.traces.contains(row.trace) {
            let tasks = [(ours, growth.lesser), (ours, growth.greater)]
            let figures = try measurement.run(tasks, on: file)
            if let lesser = figures[0], let greater = figures[1] {
                result.growth = (lesser.value, greater.value)
            }
        }
        if goal.name == "M6" {
            result.undecoded = try measurement.run([(ours, "merge")], on: file)[0]
        }
        result.addRecorded(goal.task)
        result.convert(to: goal.unit, keys: try ours.number(of: "keys", file) ?? .nan)
        return result
    }

    /// The kilobytes an article takes, in fresh processes.
    private func memory(_ worker: EngineProcess, _ file: String) throws -> Figure? {
        guard let saved = try worker.result(of: "save", file) else { return nil }
        var sizes: [Double] = []
        for _ in 0..<3 {
            let output = try Command().run(worker.command + ["--memory", saved]).output
            sizes.append(Double(output.split(separator: "\n").last ?? "") ?? .nan)
        }
        return Figure(value: median(sizes), runCount: sizes.count)
    }

    private mutating func checkConformance() throws {
        let folder = settings.traces.appending(path: "conformance")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        var count = 0
        var failed = 0
        for name in names.sorted() {
            let cases = try TraceFile.contents(of: folder.appending(path: name)).traces
            count += cases.count
            failed += try cases.filter { try !MergeSubject($0).endsRight() }.count
        }
        report.printCorrectness(count: count, failed: failed)
    }
}
