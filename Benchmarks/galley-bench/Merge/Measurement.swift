/// A figure and where it comes from.
struct Figure {
    var value: Double
    /// How many runs it is the median of; nil where a run gives it for good, as a size.
    var runCount: Int?
    /// What of `value`, before, was taken off.
    var before: Double?
    /// Whether it was recorded elsewhere.
    var isRecorded = false
    /// Whether it tells of the machine that ours was measured on.
    var isComparable = true
}

/// Has engines do one task in turn, so that all of them meet the same disturbances.
struct Measurement {
    /// The median of so many runs is taken.
    static let runCount = 11

    /// When an engine is left at fewer runs, in milliseconds of CPU; nil for never.
    let budget: Double?

    /// The CPU milliseconds of each task, by the engine that does it.
    func run(
        _ tasks: [(worker: EngineProcess, task: String)],
        on trace: String
    ) throws -> [Figure?] {
        var times = [[Double]](repeating: [], count: tasks.count)
        var isDone = [Bool](repeating: false, count: tasks.count)
        for _ in 0..<Self.runCount {
            for (index, (worker, task)) in tasks.enumerated() where !isDone[index] {
                guard let time = try worker.number(of: task, trace) else {
                    isDone[index] = true
                    continue
                }
                times[index].append(time)
                if let budget, times[index].reduce(0, +) >= budget { isDone[index] = true }
            }
        }
        return times.map { $0.isEmpty ? nil : Figure(value: median($0), runCount: $0.count) }
    }
}
