import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation
import Signing

/// Merges made-up histories with many branches, one update at a time as it is delivered.
///
/// One line of JSON a history and order of delivery, with the time for the first half of the
/// updates, so that it shows how the time grows, and the means of that over several seeds; false
/// where a text is not that of the whole history merged at once.
enum BranchBenchmark {
    static func run(seeds: [UInt64]) throws -> Bool {
        var isRight = true
        // By history, in the order measured.
        var names: [String] = []
        var growths: [String: [Double]] = [:]
        for seed in seeds {
            for result in try run(seed: seed) {
                isRight = isRight && result.isRight
                if growths[result.history] == nil { names.append(result.history) }
                growths[result.history, default: []].append(result.growth)
            }
        }
        guard seeds.count > 1 else { return isRight }
        for name in names {
            let all = growths[name] ?? []
            let mean = all.reduce(0, +) / Double(max(1, all.count))
            print(#"{"history":"\#(name)","seeds":\#(all.count),"mean_growth":\#(digits(mean))}"#)
        }
        return isRight
    }

    private struct Result {
        let history: String
        let isRight: Bool
        /// The time for all updates by that for the first half.
        let growth: Double
    }

    private static func run(seed: UInt64, rounds: Int = 5) throws -> [Result] {
        let repository = try TraceFile.repository(seed: seed, commitCount: 3_200)
        let offline = try TraceFile.offline(seed: seed, editorCount: 8, editCount: 250)
        let crowd = try TraceFile.offline(seed: seed, editorCount: 24, editCount: 100)
        let typing = try TraceFile.typingTogether(seed: seed, keyCount: 40_000)
        let tasks: [(String, TraceFile)] = [
            ("repository, by date", repository),
            ("repository, at random", repository.deliveredAtRandom(seed: seed)),
            ("8 offline, in a row", offline),
            ("8 offline, in turns", offline.deliveredInTurns()),
            ("8 offline, at random", offline.deliveredAtRandom(seed: seed)),
            ("24 offline, at random", crowd.deliveredAtRandom(seed: seed)),
            ("two typing together", typing),
        ]
        return try tasks.map { try measure($0, $1, rounds) }
    }

    private static func measure(
        _ name: String,
        _ trace: TraceFile,
        _ rounds: Int
    ) throws -> Result {
        let half = try trace.prefix(trace.transactions.count / 2)
        let halfUpdates = Updates(half)
        let updates = Updates(trace)
        let history = try trace.history()
        let halfRunCount = try half.history().runCount
        var halfTimes: [Double] = []
        var times: [Double] = []
        var wholeTimes: [Double] = []
        var isRight = true
        var documentBytes = 0
        for _ in 0..<rounds {
            var start = clock()
            let halfDocument = try halfUpdates.merge()
            halfTimes.append(elapsed(since: start))
            start = clock()
            let document = try updates.merge()
            times.append(elapsed(since: start))
            start = clock()
            let whole = try TextDocument(replaying: history)
            wholeTimes.append(elapsed(since: start))
            documentBytes = document.byteCount
            isRight =
                isRight && halfDocument.utf8.elementsEqual(half.endContent.utf8)
                && document.utf8.elementsEqual(trace.endContent.utf8)
                && whole.utf8.elementsEqual(trace.endContent.utf8)
        }
        let growth = median(times) / max(0.001, median(halfTimes))
        print(
            #"{"history":"\#(name)","updates":\#(trace.transactions.count),"#
                + #""runs":\#(history.runCount),"events":\#(history.eventCount),"#
                + #""one_by_one_ms":\#(digits(median(times))),"#
                + #""first_half_runs":\#(halfRunCount),"#
                + #""first_half_ms":\#(digits(median(halfTimes))),"growth":\#(digits(growth)),"#
                + #""whole_ms":\#(digits(median(wholeTimes))),"#
                + #""bytes":\#(trace.endContent.utf8.count),"document_bytes":\#(documentBytes),"#
                + #""sha256":"\#(SHA256.hash(Array(trace.endContent.utf8)).hexadecimal)","#
                + #""right":\#(isRight)}"#
        )
        return Result(history: name, isRight: isRight, growth: growth)
    }

    private static func digits(_ number: Double) -> String { String(format: "%.3f", number) }
}

/// A trace as updates, made ready so that only merging is measured.
struct Updates {
    let trace: TraceFile
    let patches: [[TextDocument.Patch]]

    init(_ trace: TraceFile) {
        self.trace = trace
        patches = trace.transactions.indices.map { trace.patches(of: $0) }
    }

    /// Merges one update after the other.
    func merge() throws -> TextDocument {
        var document = TextDocument()
        for (number, transaction) in trace.transactions.enumerated() {
            try document.merge(
                patches[number],
                parents: transaction.parents,
                agent: transaction.agent,
                sequence: transaction.sequence
            )
        }
        return document
    }
}
