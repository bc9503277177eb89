import EditingTraces
import Foundation
import Signing

/// Runs files of any form of trace through the merge of texts: one line of JSON a task; false where
/// an end text is not the file's.
///
/// A file of many cases is one replay: times are sums, the digest is that of all end texts, one
/// after the other.
enum ReplayBenchmark {
    static func run(_ files: [String], rounds: Int = 11) throws -> Bool {
        var isRight = true
        for file in files {
            do {
                let contents = try TraceFile.contents(of: URL(filePath: file))
                let replay = try Replay(contents, file: URL(filePath: file).lastPathComponent)
                isRight = try replay.run(rounds: rounds) && isRight
            } catch {
                Program.complain(
                    "galley-bench: " + (error is TraceError ? "" : "\(file): ") + "\(error)"
                )
                isRight = false
            }
            fflush(nil)
        }
        return isRight
    }
}

/// The traces of a file, made ready so that only merging is measured.
private struct Replay {
    /// A task stops short of its rounds after so much CPU time, in milliseconds.
    private static let budget = 3_000.0

    let file: String
    let subjects: [MergeSubject]
    let areCases: Bool

    init(_ contents: TraceFile.Contents, file: String) throws {
        self.file = file
        var subjects: [MergeSubject] = []
        for (number, trace) in contents.traces.enumerated() {
            do {
                subjects.append(try MergeSubject(trace))
            } catch {
                throw UnreplayableTrace(number: number, cause: error)
            }
        }
        self.subjects = subjects
        if case .cases = contents { areCases = true } else { areCases = false }
    }

    struct UnreplayableTrace: Error, CustomStringConvertible {
        let number: Int
        let cause: any Error
        var description: String { "history \(number) cannot be replayed: \(cause)" }
    }

    func run(rounds: Int) throws -> Bool {
        let all = subjects
        func sum(_ count: (MergeSubject) -> Int) -> Int { all.reduce(0) { $0 + count($1) } }
        let size = sum { $0.full.count }
        let saved = sum { $0.saved.bytes.count }
        let updates = sum { $0.trace.transactions.count }
        var isRight = true
        func task(
            _ name: String,
            _ more: String,
            repeated: Int = 1,
            _ work: (MergeSubject) throws -> [UInt8]
        ) throws {
            isRight = try time(name, more, rounds, repeated, work) && isRight
        }
        try task("whole", #""runs":\#(sum(\.runCount))"#) { try $0.replay() }
        try task("decode and replay", #""size":\#(size)"#) { try $0.load() }
        if all.allSatisfy(\.trace.isSequential) {
            try task("typing", #""keys":\#(sum(\.keyCount))"#) { try $0.type() }
        }
        try task("one by one", #""updates":\#(updates)"#) { try $0.mergeOneByOne() }
        if !all.contains(where: \.updates.isEmpty) {
            let bytes = sum { $0.updates.reduce(0) { $0 + $1.body.count } }
            try task("decode one by one", #""updates":\#(updates),"size":\#(bytes)"#) {
                try Update.merge($0.updates[...])
            }
        }
        try task("save and open", #""size":\#(saved)"#) {
            try MergeSubject.Saved(bytes: $0.save()).open()
        }
        // Too short for the clock alone.
        try task("open", #""size":\#(saved)"#, repeated: 100) { try $0.open() }
        let memory = areCases ? "" : #","memory_kb":\#(try memory(of: all[0]))"#
        try task("open and edit", #""size":\#(saved)"# + memory) { try $0.saved.openAndEdit() }
        return isRight
    }

    /// The kilobytes by which a fresh process grows that opens the article and makes one edit.
    private func memory(of subject: MergeSubject) throws -> Int {
        let place = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).saved")
        defer { try? FileManager.default.removeItem(at: place) }
        try Data(subject.saved.bytes).write(to: place)
        let program = try FileManager.default
            .destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let output = try Command()
            .run([program, "merge-worker", "--memory", place.path]).output
        return Int(output.split(separator: "\n").last ?? "") ?? 0
    }

    private func time(
        _ task: String,
        _ more: String,
        _ rounds: Int,
        _ repetitions: Int,
        _ work: (MergeSubject) throws -> [UInt8]
    ) throws -> Bool {
        var milliseconds: [Double] = []
        var ends = [[UInt8]](repeating: [], count: subjects.count)
        for _ in 0..<rounds {
            var taken = 0.0
            for (number, subject) in subjects.enumerated() {
                let start = cpuMilliseconds()
                for _ in 0..<repetitions { ends[number] = try work(subject) }
                taken += cpuMilliseconds() - start
            }
            milliseconds.append(taken / Double(repetitions))
            if milliseconds.reduce(0, +) * Double(repetitions) > Self.budget { break }
        }
        let failed = subjects.indices.filter { ends[$0] != subjects[$0].end }
        let list = failed.map { String($0) }.joined(separator: ",")
        let cases = areCases ? #""cases":\#(subjects.count),"failed":[\#(list)],"# : ""
        let end = zip(subjects, ends).flatMap { $0.trace.original(of: $1) }
        print(
            #"{"file":\#(quoted(file)),"task":"\#(task)",\#(cases)"#
                + #""cpu_ms":\#(decimal(median(milliseconds), 4)),"#
                + #""cpu_ms_min":\#(decimal(milliseconds.min() ?? .nan, 4)),"#
                + #""rounds":\#(milliseconds.count),\#(more),"bytes":\#(end.count),"#
                + #""resident_kb":\#(residentKilobytes()),"#
                + #""sha256":"\#(SHA256.hash(end).hexadecimal)","right":\#(failed.isEmpty)}"#
        )
        fflush(nil)
        return failed.isEmpty
    }

    private func quoted(_ text: String) -> String {
        let data = (try? JSONEncoder().encode(text)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
