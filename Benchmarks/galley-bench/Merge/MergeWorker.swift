import EditingTraces
import Foundation

/// Runs our engine through editing traces, one task a line, as the comparison asks.
///
/// Answers each line `TASK<tab>TRACE` of standard input by one line: `ms N` CPU time of one run,
/// `count N`, `path FILE`, `yes`, `no`, `none` where the trace has no such task, `error TEXT`.
/// Reading a trace and building its history are never in the time. Other engines' workers speak
/// the same.
final class MergeWorker {
    /// Work shorter than this is repeated within a run.
    private static let shortestMilliseconds = 2.0

    private let cache: URL
    private var path = ""
    private var subject: MergeSubject?
    private var rewritten: MergeSubject.Saved?
    private var repetitions: [String: Int] = [:]

    init(cache: URL) { self.cache = cache }

    /// Answers until there are no more lines.
    func run() {
        while let line = readLine() {
            let words = line.split(separator: "\t", maxSplits: 1).map { String($0) }
            do {
                print(try answer(words.first ?? "", words.count > 1 ? words[1] : ""))
            } catch {
                print("error \(error)".replacing("\n", with: " "))
            }
            fflush(nil)
        }
    }

    /// Does one task over and over for ten seconds, for a profiler to watch.
    func repeatTask(_ task: String, _ path: String) throws {
        let end = ContinuousClock.now + .seconds(10)
        var times: [Double] = []
        repeat {
            let answer = try answer(task, path)
            guard answer.hasPrefix("ms "), let time = Double(answer.dropFirst(3)) else {
                Program.complain("there is nothing to time: \(answer)")
                return
            }
            times.append(time)
        } while ContinuousClock.now < end
        print("\(task): median \(decimal(median(times), 4)) ms")
    }

    private func answer(_ task: String, _ path: String) throws -> String {
        if task == "hello" { return "version galley" }
        if task == "is-built" { return "yes" }
        let subject = try subject(at: path)
        switch task {
        case "right": return try subject.load() == subject.end ? "yes" : "no"
        case "size": return "count \(subject.full.count)"
        case "keys": return "count \(subject.keyCount)"
        case "text": return "count \(subject.end.count)"
        case "save":
            let file = cache.appending(path: "\(ProcessInfo.processInfo.processIdentifier).saved")
            try Data(subject.saved.bytes).write(to: file)
            return "path \(file.path)"
        case "load": return try time(task, subject.end) { try subject.load() }
        case "open": return try time(task, subject.end) { try subject.open() }
        case "open-rewritten":
            let saved = try rewritten ?? subject.savedAfterRewriting()
            rewritten = saved
            return try time(task, subject.end) { try saved.open() }
        case "type", "calls":
            guard subject.trace.isSequential else { return "none" }
            // There is no border of languages to cross.
            if task == "calls" { return "ms 0" }
            return try time(task, subject.end) { try subject.type() }
        case "live", "live-half", "merge":
            guard !subject.trace.isSequential else { return "none" }
            if task == "merge" {
                return try time(task, subject.end) { try subject.mergeOneByOne() }
            }
            guard !subject.updates.isEmpty else { return "none" }
            let half = subject.updates.prefix(subject.updates.count / 2)
            let updates = task == "live" ? subject.updates[...] : half
            return try time(task, task == "live" ? subject.end : nil) {
                try Update.merge(updates)
            }
        default: return "none"
        }
    }

    private func subject(at path: String) throws -> MergeSubject {
        if let subject, path == self.path { return subject }
        let subject = try MergeSubject(TraceFile(contentsOf: URL(filePath: path)))
        self.subject = subject
        self.path = path
        repetitions = [:]
        rewritten = nil
        return subject
    }

    struct WrongEnd: Error, CustomStringConvertible {
        let task: String
        var description: String { "\(task) ends in another text than the trace" }
    }

    /// The CPU time of one run of `work`, whose result must be `end`.
    private func time(
        _ task: String,
        _ end: [UInt8]?,
        _ work: () throws -> [UInt8]
    ) throws -> String {
        if repetitions[task] == nil {
            let start = cpuMilliseconds()
            let result = try work()
            let taken = cpuMilliseconds() - start
            if let end, result != end { throw WrongEnd(task: task) }
            repetitions[task] = max(
                1,
                Int((Self.shortestMilliseconds / max(taken, 0.001)).rounded())
            )
            // Too long for a run to warm up with: it counts.
            if taken > 1_000 { return "ms \(taken)" }
        }
        let count = repetitions[task] ?? 1
        let start = cpuMilliseconds()
        for _ in 0..<count { _ = try work() }
        return "ms \((cpuMilliseconds() - start) / Double(count))"
    }
}
