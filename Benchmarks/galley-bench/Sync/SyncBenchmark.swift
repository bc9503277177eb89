import Foundation

/// Import, first sync and a sync with nothing to do, of articles of 4 KB, beside git.
enum SyncBenchmark {
    static func run(articles count: Int, in folder: URL) throws {
        let articles = folder.appending(path: "articles")
        var corpus = Corpus()
        try corpus.write(count, to: articles)
        let replicas = Replicas(in: folder)
        try replicas.startHub()
        let proxy = try CountingProxy(to: replicas.hubPort)
        try replicas.found("laptop")
        let imported = try replicas.galley("laptop", ["import", articles.path])
        _ = proxy.take()
        let pushed = try replicas.addHub("laptop", port: proxy.port)
        let pushedBytes = proxy.take()
        let invitation = try replicas.invitation(from: "laptop", for: "ben")
        _ = proxy.take()
        let first = try replicas.galley(
            "tower",
            ["join", invitation, "--device", "tower", "--json"]
        )
        let firstBytes = proxy.take()
        let synced = timings(first.output)
        var idle: [Double] = []
        var idleBytes = CountingProxy.Count()
        for _ in 0..<11 {
            idle.append(try replicas.galley("tower", ["sync"]).milliseconds)
            idleBytes = proxy.take()
        }
        let git = try GitBaseline.measure(articles: articles, in: folder)
        report(
            count,
            rows: [
                ("import", imported.milliseconds, nil, git?.commitMilliseconds, nil),
                (
                    "upload to the hub, every signature checked", pushed.milliseconds, pushedBytes,
                    nil, nil
                ),
                (
                    "first sync (join): log durable, list and show work",
                    synced["synced_ms"] ?? first.milliseconds, firstBytes,
                    git?.cloneMilliseconds, git?.bytes
                ),
                ("the same to the end of the search index", first.milliseconds, nil, nil, nil),
                ("nothing to do (median of 11)", median(idle), idleBytes, nil, nil),
            ]
        )
    }

    private static func timings(_ output: String) -> [String: Double] {
        let object = try? JSONSerialization.jsonObject(with: Data(output.utf8))
        return (object as? [String: Any])?.compactMapValues { ($0 as? NSNumber)?.doubleValue }
            ?? [:]
    }

    private typealias Row = (
        name: String, milliseconds: Double, bytes: CountingProxy.Count?, gitMilliseconds: Double?,
        gitBytes: Int?
    )

    private static func report(_ count: Int, rows: [Row]) {
        print("\nSync of \(count) articles of 4 KB over loopback; git (baseline) in the same run")
        var table = Table([
            "work", "ms", "bytes", "turns", "git ms", "git bytes", "time ÷ git", "bytes ÷ git",
        ])
        for row in rows {
            table.add([
                row.name, decimal(row.milliseconds, 0),
                row.bytes.map { "\($0.up)↑ \($0.down)↓" } ?? "",
                row.bytes.map { String($0.turns) } ?? "",
                row.gitMilliseconds.map { decimal($0, 0) } ?? "",
                row.gitBytes.map(String.init) ?? "",
                row.gitMilliseconds.map { decimal(row.milliseconds / $0) } ?? "",
                row.bytes.flatMap { bytes in
                    row.gitBytes.map { decimal(Double(bytes.total) / Double($0)) }
                } ?? "",
            ])
        }
        table.print()
    }
}
