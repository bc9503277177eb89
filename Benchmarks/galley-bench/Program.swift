import Foundation

/// Measures; each word on the command line is one measurement.
@main
enum Program {
    static func main() throws {
        var words = Array(CommandLine.arguments.dropFirst())
        guard let name = words.first else {
            print(
                "usage: galley-bench startup | sync [ARTICLES] | traces FOLDER | replay FILE… | branches [SEED] | conformance FILE…"
            )
            exit(2)
        }
        words.removeFirst()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "galley-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        switch name {
        case "startup": try StartupBenchmark.run(in: folder)
        case "sync":
            try SyncBenchmark.run(articles: words.first.flatMap { Int($0) } ?? 10_000, in: folder)
        case "traces":
            guard let traces = words.first else {
                print("galley-bench traces needs the folder of the traces")
                exit(2)
            }
            try TraceBenchmark.run(in: URL(filePath: traces))
        case "replay":
            guard try ReplayBenchmark.run(words) else { exit(1) }
        case "branches":
            let seed = words.first.flatMap { UInt64($0) } ?? 1
            guard try BranchBenchmark.run(seed: seed) else { exit(1) }
        case "conformance":
            guard try ReplayBenchmark.conformance(words) else { exit(1) }
        default:
            print(
                "there is no measurement '\(name)': startup, sync, traces, replay, branches, conformance"
            )
            exit(2)
        }
    }
}
