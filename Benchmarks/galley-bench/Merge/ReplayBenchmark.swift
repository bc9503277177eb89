import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation
import Signing

/// Runs traces through the merge of texts.
///
/// The whole history at once, one update after the other, saved and opened again. One line of JSON
/// a task; false where an end text is not the file's.
enum ReplayBenchmark {
    static func run(_ files: [String], rounds: Int = 11) throws -> Bool {
        var isRight = true
        for file in files {
            let trace = try TraceFile(contentsOf: URL(filePath: file))
            let replay = try Replay(trace, name: URL(filePath: file).lastPathComponent)
            isRight = try replay.run(rounds: rounds) && isRight
        }
        return isRight
    }

    /// Says of each case of conformance files whether it ends as it must.
    static func conformance(_ files: [String]) throws -> Bool {
        var isRight = true
        for file in files {
            let cases = try TraceFile.conformanceCases(at: URL(filePath: file))
            var failed: [Int] = []
            for (number, trace) in cases.enumerated() {
                let history = try trace.history()
                let expected = Array(trace.endContent.utf8)
                let isEqual =
                    try TextDocument(replaying: history).utf8 == expected
                    && TextDocument(replaying: history.compacted()).utf8 == expected
                    && Replay(trace, name: "").oneByOne().utf8 == expected
                if !isEqual { failed.append(number) }
            }
            let list = failed.map { String($0) }.joined(separator: ",")
            let name = URL(filePath: file).lastPathComponent
            print(
                #"{"file":"\#(name)","cases":\#(cases.count),"failed":[\#(list)]}"#
            )
            if !failed.isEmpty { isRight = false }
        }
        return isRight
    }
}

/// A trace, made ready so that only merging is measured.
private struct Replay {
    let trace: TraceFile
    let name: String
    let patches: [[TextDocument.Patch]]
    let history: TextHistory

    init(_ trace: TraceFile, name: String) throws {
        self.trace = trace
        self.name = name
        patches = trace.transactions.indices.map { trace.patches(of: $0) }
        history = try trace.history()
    }

    func run(rounds: Int) throws -> Bool {
        let compacted = history.compacted()
        var end: [UInt8] = []
        var milliseconds: [Double] = []
        for _ in 0..<rounds {
            let start = clock()
            let document = try TextDocument(replaying: compacted)
            end = document.utf8
            milliseconds.append(elapsed(since: start))
        }
        var isRight = report("whole", milliseconds, end, "\"runs\":\(compacted.runCount)")

        isRight = try runSaved(compacted, rounds: rounds) && isRight

        if trace.isSequential {
            let keys = patches.flatMap { $0 }
            milliseconds = []
            for _ in 0..<rounds {
                let start = clock()
                var document = TextDocument()
                var sequence: UInt64 = 0
                for key in keys {
                    try document.edit(key, agent: 0, sequence: sequence)
                    sequence += 1
                }
                milliseconds.append(elapsed(since: start))
                end = document.utf8
            }
            isRight = report("typing", milliseconds, end, "\"keys\":\(keys.count)") && isRight
        }

        milliseconds = []
        for _ in 0..<rounds {
            let start = clock()
            let document = try oneByOne()
            milliseconds.append(elapsed(since: start))
            end = document.utf8
            if milliseconds.reduce(0, +) > 3_000 { break }
        }
        isRight = report("one by one", milliseconds, end, "\"updates\":\(patches.count)") && isRight
        return isRight
    }

    /// Reading a saved history and replaying it; opening a saved document to read its text.
    private func runSaved(_ compacted: TextHistory, rounds: Int) throws -> Bool {
        let saved = compacted.encoded(effort: 19)
        var end: [UInt8] = []
        var milliseconds: [Double] = []
        for _ in 0..<rounds {
            let start = clock()
            let document = try TextDocument(replaying: TextHistory(decoding: saved))
            end = document.utf8
            milliseconds.append(elapsed(since: start))
        }
        var isRight = report("decode and replay", milliseconds, end, "\"size\":\(saved.count)")

        let whole = try TextDocument(replaying: compacted).encoded(effort: 19)
        milliseconds = []
        for _ in 0..<rounds {
            // Too short for the clock alone.
            let start = clock()
            for _ in 0..<100 { end = try SavedText(decoding: whole).text.utf8 }
            milliseconds.append(elapsed(since: start) / 100)
        }
        isRight = report("open", milliseconds, end, "\"size\":\(whole.count)") && isRight

        var document = try SavedText(decoding: whole).document()
        let patch = TextDocument.Patch(position: 0, deletedCount: 0, inserted: "x")
        try document.edit(patch, agent: .max, sequence: 0)
        print(
            #"{"file":"\#(name)","task":"memory of an open document after one edit","#
                + #""document_bytes":\#(document.byteCount)}"#
        )
        return isRight
    }

    func oneByOne() throws -> TextDocument {
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

    private func report(
        _ task: String,
        _ milliseconds: [Double],
        _ end: [UInt8],
        _ more: String
    ) -> Bool {
        let isRight = end.elementsEqual(trace.endContent.utf8)
        let time = String(format: "%.3f", median(milliseconds))
        let least = String(format: "%.3f", milliseconds.min() ?? .nan)
        print(
            #"{"file":"\#(name)","task":"\#(task)","cpu_ms":\#(time),"cpu_ms_min":\#(least),"#
                + #"\#(more),"bytes":\#(end.count),"resident_kb":\#(residentKilobytes()),"#
                + #""sha256":"\#(SHA256.hash(end).hexadecimal)","right":\#(isRight)}"#
        )
        return isRight
    }
}

func elapsed(since start: clock_t) -> Double {
    Double(clock() - start) * 1_000 / Double(CLOCKS_PER_SEC)
}

/// The memory of this process that is in use.
func residentKilobytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4
}
