import Foundation

/// Measures; each word on the command line is one measurement.
@main
enum Program {
    private static let usage = """
        usage: galley-bench startup | sync [ARTICLES] | connections [COUNT] | traces FOLDER
               galley-bench catchup [CHANGES] | hub [CHANGES] | idle [CHANGES] | live [SUBSCRIBERS]
               galley-bench merge FOLDER --cache FOLDER [--peers PYTHON WORKER] [--all] [M1 … M9]
               galley-bench replay FILE… | conformance FILE… | conflicts FILE…
               galley-bench branches [SEED…] | repeat TASK FILE | history [FOLDER] | analysis
        """

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "galley-bench-\(ProcessInfo.processInfo.processIdentifier)")
        var status: Int32
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            status = try measure(words, in: folder)
        } catch {
            complain("galley-bench: \(error)")
            status = 1
        }
        try? FileManager.default.removeItem(at: folder)
        exit(status)
    }

    /// Gives the program's exit code: 1 where something is not as it must be, 2 for words that are
    /// not understood.
    private static func measure(_ words: [String], in folder: URL) throws -> Int32 {
        let rest = Array(words.dropFirst())
        switch (words.first, rest.count) {
        case ("startup", 0): try StartupBenchmark.run(in: folder)
        case ("sync", 0...1):
            guard let articles = Int(rest.first ?? "10000") else { return misuse() }
            try SyncBenchmark.run(articles: articles, in: folder)
        case ("connections", 0...1):
            guard let count = Int(rest.first ?? "10000"), count > 0 else { return misuse() }
            try ConnectionBenchmark.run(count, in: folder)
        case ("catchup", 0...1):
            guard let count = Int(rest.first ?? "100000") else { return misuse() }
            try CatchUpBenchmark.run(count: count, in: folder)
        case ("hub", 0...1):
            guard let count = Int(rest.first ?? "40000") else { return misuse() }
            try HubBenchmark.run(count: count, in: folder)
        case ("idle", 0...1):
            guard let count = Int(rest.first ?? "1000000") else { return misuse() }
            try IdleBenchmark.run(largest: count, in: folder)
        case ("live", 0...1):
            guard let count = Int(rest.first ?? "100") else { return misuse() }
            try LiveBenchmark.run(subscribers: count, in: folder)
        case ("history", 0...1):
            try HistoryBenchmark.run(traces: rest.first.map { URL(filePath: $0) }, in: folder)
        case ("traces", 1): try TraceBenchmark.run(in: URL(filePath: rest[0]))
        case ("merge", _):
            guard let settings = MergeBenchmark.Settings(words: rest) else { return misuse() }
            var benchmark = try MergeBenchmark(settings)
            return try benchmark.run() ? 0 : 1
        case ("merge-worker", 1): MergeWorker(cache: URL(filePath: rest[0])).run()
        case ("merge-worker", 2) where rest[0] == "--memory": try MemoryProbe.run(rest[1])
        case ("repeat", 2): try MergeWorker(cache: folder).repeatTask(rest[0], rest[1])
        case ("replay", 1...), ("conformance", 1...): return try ReplayBenchmark.run(rest) ? 0 : 1
        case ("conflicts", 1...): return try ConflictBenchmark.check(rest) ? 0 : 1
        case ("analysis", 0): try AnalysisBenchmark.run()
        case ("branches", _):
            let seeds = (rest.isEmpty ? ["1"] : rest).compactMap { UInt64($0) }
            guard seeds.count == max(1, rest.count) else { return misuse() }
            return try BranchBenchmark.run(seeds: seeds) ? 0 : 1
        default: return misuse()
        }
        return 0
    }

    private static func misuse() -> Int32 {
        complain(usage)
        return 2
    }

    /// Says `text` to whoever reads the errors.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
