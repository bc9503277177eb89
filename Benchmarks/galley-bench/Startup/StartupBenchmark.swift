import Foundation

/// How long `galley` takes from start to end, beside a program that does nothing.
enum StartupBenchmark {
    static func run(in folder: URL) throws {
        let replicas = Replicas(in: folder)
        let articles = folder.appending(path: "articles")
        var corpus = Corpus()
        try corpus.write(1000, to: articles)
        try replicas.found("laptop")
        try replicas.galley("laptop", ["import", articles.path])
        let command = replicas.command(for: "laptop")
        let works: [(String, [String])] = [
            ("true (baseline)", ["true"]), ("galley --version", ["galley", "--version"]),
            ("galley list, 1,000 articles", ["galley", "list"]),
        ]
        var times = [[Double]](repeating: [], count: works.count)
        for _ in 0..<41 {
            for (index, work) in works.enumerated() {
                times[index].append(try command.run(work.1).milliseconds)
            }
        }
        print("\nStart-up, wall time, median of 41 alternating runs (process creation included)")
        var table = Table(["program", "ms", "best ms", "ratio to true"])
        let base = median(times[0])
        for (index, work) in works.enumerated() {
            let middle = median(times[index])
            table.add([
                work.0, decimal(middle), decimal(times[index].min() ?? .nan),
                decimal(middle / base, 1),
            ])
        }
        table.print()
    }
}
