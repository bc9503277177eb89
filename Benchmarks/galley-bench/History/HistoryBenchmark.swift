import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation

/// How long it takes to tell of long histories: `log` of 10,000 changes, `blame` of a whole paper.
enum HistoryBenchmark {
    private static let rounds = 5

    static func run(traces: URL?, in folder: URL) throws {
        try log(in: folder.appending(path: "log"))
        guard let traces,
            case let file = traces.appending(path: "sequential/automerge-paper.json.gz"),
            FileManager.default.fileExists(atPath: file.path)
        else {
            return print("\nblame: left out, as there is no trace of automerge-paper")
        }
        try blame(TraceFile(contentsOf: file), in: folder.appending(path: "blame"))
    }

    // MARK: log

    private static func log(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let replicas = Replicas(in: folder)
        try replicas.found("laptop")
        var history = try LongHistory(home: replicas.home(of: "laptop"))
        var corpus = Corpus()
        var texts: [String] = []
        var one: ArticleID?
        for number in 0..<20 {
            let (text, versions) = edits(500, of: corpus.article(number))
            let article = try history.article(text)
            try history.edit(article, versions.map(\.operations))
            texts += versions.map(\.text)
            one = article
        }
        guard let article = one?.handle.prefix(12) else { return }
        let command = replicas.command(for: "laptop")
        var works: [(String, () throws -> Double)] = [
            (
                "reading the same entries (baseline)",
                { try time { _ = try history.readAllEntries() } }
            ), ("galley log", { try command.run(["galley", "log"]).milliseconds }),
            ("galley log --json", { try command.run(["galley", "log", "--json"]).milliseconds }),
            ("galley log -n 20", { try command.run(["galley", "log", "-n", "20"]).milliseconds }),
            (
                "galley log ID, 500 of them",
                { try command.run(["galley", "log", String(article)]).milliseconds }
            ),
        ]
        if let git = try repository(of: texts, in: folder) {
            works.append(
                ("git log -p, the same texts", { try git.run(["git", "log", "-p"]).milliseconds })
            )
        }
        try measure("log of 10,000 changes to 20 articles", works)
    }

    /// A text at random edits of it: each replaces a word by another.
    private static func edits(
        _ count: Int,
        of text: String
    ) -> (text: String, versions: [(operations: [ArticleModel.Operation], text: String)]) {
        var scalars = Array(text.unicodeScalars)
        var versions: [(operations: [ArticleModel.Operation], text: String)] = []
        for number in 0..<count {
            let start = number * 7919 % max(1, scalars.count - 40)
            let first = scalars[start...].firstIndex(of: " ").map { $0 + 1 } ?? 0
            let end = scalars[first...].firstIndex { $0 == " " || $0 == "\n" } ?? scalars.count
            let word = Array("word\(number)".unicodeScalars)
            var operations: [ArticleModel.Operation] = [
                .insert(.body, position: first, text: ScalarText(scalars: word) ?? "")
            ]
            if end > first {
                operations.append(
                    .delete(.body, position: first + word.count, count: end - first)
                )
            }
            scalars.replaceSubrange(first..<end, with: word)
            versions.append((operations, String(String.UnicodeScalarView(scalars))))
        }
        return (text, versions)
    }

    /// A repository with a commit for each text; nil without git.
    private static func repository(of texts: [String], in folder: URL) throws -> Command? {
        guard Command.path(of: "git") != nil else { return nil }
        let place = folder.appending(path: "repository")
        let git = Command(environment: [
            "HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_DIR": place.path + "/.git",
        ])
        try git.run(["git", "init", "-q", "-b", "main", place.path])
        var stream = ""
        for (number, text) in texts.enumerated() {
            stream += "commit refs/heads/main\n"
            stream += "committer a <a@example.org> \(1_750_000_000 + number) +0000\n"
            stream += "data 4\nedit\nM 100644 inline article\(number / 500)\n"
            stream += "data \(text.utf8.count)\n\(text)\n"
        }
        let file = folder.appending(path: "stream")
        try Data(stream.utf8).write(to: file)
        try git.run(["sh", "-c", "git fast-import --quiet < '\(file.path)'"])
        return git
    }

    // MARK: blame

    private static func blame(_ trace: TraceFile, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let replicas = Replicas(in: folder)
        try replicas.found("laptop")
        var history = try LongHistory(home: replicas.home(of: "laptop"))
        let article = try history.article("")
        let (_, edits) = trace.changes(batchSize: 5)
        try history.edit(article, edits.map(\.operations))
        guard let graph = try history.graph(of: article) else { return }
        let command = replicas.command(for: "laptop")
        let id = String(article.handle.prefix(12))
        let works: [(String, () throws -> Double)] = [
            (
                "merging its text (baseline)",
                { time { _ = ArticleState(replaying: graph) } }
            ),
            (
                "reading its changes from the log",
                { try time { _ = try history.graph(of: article) } }
            ), ("galley blame", { try command.run(["galley", "blame", id]).milliseconds }),
            (
                "galley blame --json",
                { try command.run(["galley", "blame", id, "--json"]).milliseconds }
            ),
            (
                "galley blame --rev @^ (all read and merged)",
                { try command.run(["galley", "blame", id, "--rev", "@^"]).milliseconds }
            ),
            (
                "galley log -n 20",
                { try command.run(["galley", "log", id, "-n", "20"]).milliseconds }
            ), ("galley diff", { try command.run(["galley", "diff", id]).milliseconds }),
        ]
        try measure("automerge-paper's full history, \(edits.count) changes", works)
    }

    // MARK: Measuring

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// Alternates, so that what else the machine does strikes all alike; the first is the baseline.
    private static func measure(
        _ title: String,
        _ works: [(name: String, run: () throws -> Double)]
    ) throws {
        var times = [[Double]](repeating: [], count: works.count)
        for _ in 0..<rounds {
            for (index, work) in works.enumerated() { times[index].append(try work.run()) }
        }
        print("\nHistory: \(title), wall time, median of \(rounds) alternating runs")
        var table = Table(["", "ms", "best ms", "ratio to the baseline"])
        let base = median(times[0])
        for (index, work) in works.enumerated() {
            let middle = median(times[index])
            table.add([
                work.name, decimal(middle, 1), decimal(times[index].min() ?? .nan, 1),
                decimal(middle / base, 2),
            ])
        }
        table.print()
    }
}
