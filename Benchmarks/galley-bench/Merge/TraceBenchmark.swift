import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation

/// Replays editing traces and says how long merging took.
enum TraceBenchmark {
    static func run(in folder: URL) throws {
        let files = try FileManager.default
            .subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json.gz") && !$0.contains("conformance") }
            .sorted()
        var table = Table(["trace", "txns", "end content", "runs", "CPU ms"])
        for name in files {
            let trace = try TraceFile(contentsOf: folder.appending(path: name))
            let (seed, edits) = trace.changes(batchSize: 100)
            let start = clock()
            let state: ArticleState
            if trace.isSequential {
                var appended = try ArticleState(seed: seed)
                for edit in edits { try appended.append(edit) }
                state = appended
            } else {
                var graph = try EventGraph(seed: seed)
                for edit in edits { try graph.insert(edit) }
                state = ArticleState(replaying: graph)
            }
            let milliseconds = Double(clock() - start) * 1_000 / Double(CLOCKS_PER_SEC)
            let isEqual = state.body.text.utf8.elementsEqual(trace.endContent.utf8)
            table.add([
                String(name.dropLast(".json.gz".count)),
                String(trace.transactions.count),
                isEqual ? "equal" : "DIFFERS",
                String(state.body.runs.count),
                decimal(milliseconds, 0),
            ])
        }
        table.print()
    }
}
