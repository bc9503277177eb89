import ArticleFormats
import ArticleModel
import CommandArguments
import Diagnostics
import ReplicaStore
import Sockets
import SyncEngine
import SyncProtocol

/// `galley sync`.
enum SyncCommand: Command {
    static let description = CommandDescription(
        "sync",
        "exchange changes with the hub",
        discussion: """
            Sends what the hub lacks, takes what it has, and merges. Everything is kept if the \
            network goes away on the way; the next sync goes on from there. With --watch it stays \
            connected: what others change comes at once and is told in a line each, what is changed \
            here is sent, and a connection that is lost is made again.
            """,
        arguments: [
            ArgumentDescription(
                "peer",
                "HOST:PORT of a machine of the library that runs galley listen",
                count: .optional
            )
        ],
        options: [
            OptionDescription(flag: "watch", short: "w", "stay connected until Ctrl-C"),
            OptionDescription(flag: "all", "every library of this machine that has a hub"),
        ],
        examples: [
            CommandExample("galley sync", "send and receive"),
            CommandExample("galley sync --watch", "see what others change as they do"),
            CommandExample("galley sync --all", "all libraries, over one connection a hub"),
            CommandExample("galley sync --json", "for scripts"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        if let text = line.argument("peer") {
            guard let place = HostPort(text) else {
                throw line.misuse("'\(text)' is no HOST:PORT of a machine that listens.")
            }
            guard !line.has("watch"), !line.has("all") else {
                throw line.misuse("--watch and --all are about hubs, not about a machine.")
            }
            return try PeerCall(OpenLibrary(client), at: place).run()
        }
        if line.has("watch") {
            return try Watcher(client, isForAll: line.has("all")).run()
        }
        if line.has("all") {
            var all = SyncAll(client)
            return try all.run()
        }
        let library = try OpenLibrary(client)
        let remote = try library.remote()
        var news = try SyncNews(before: library)
        let outcome = try client.sync(library.replica, with: remote, key: library.key())
        try news.look()
        let after = try report(outcome, of: library.replica, with: remote, client, news: news)
        if !client.output.isText {
            client.output.json(json(outcome, after, remote, news: news))
        }
        return outcome.report.faults.isEmpty ? .done : .partly
    }

    /// Fewer articles than these are left to whoever searches next.
    private static let indexedCountMin = 500

    /// Tells what was done; then, where much has come, brings the search index up to date, which may
    /// take longer.
    ///
    /// Looks at some signatures as well that later ones prove already: a tenth more of the time that
    /// all took is not noticed.
    @discardableResult
    static func report(
        _ outcome: SyncOutcome,
        of replica: Replica,
        with remote: Remote,
        _ client: Client,
        news: SyncNews? = nil,
        name: String? = nil
    ) throws -> AfterSync {
        let summary = outcome.report.summary
        var facts = ["sent \(counted(summary.sentCount, "change set"))"]
        facts.append("received \(summary.receivedCount)")
        if outcome.report.recordCount > 0 {
            facts.append(counted(outcome.report.recordCount, "membership record"))
        }
        if summary.isHubRewound {
            let count = counted(summary.sentAgainCount, "change")
            client.output.message(
                "The hub was restored from a backup: \(count)"
                    + " \(summary.sentAgainCount == 1 ? "was" : "were") sent to it again."
            )
        }
        let pending = try replica.pendingCount()
        let level = pending == 0 ? "Up to date." : "\(pending) pending."
        let size = HumanSize.text(ofBytes: outcome.byteCount)
        if client.output.isText {
            let prefix = name.map { "\($0), " } ?? ""
            client.output.print(
                "\(prefix)\(remote.address): \(facts.joined(separator: ", ")) (\(size)). \(level)\(news?.facts ?? "")"
            )
        }
        news?.tell()
        for fault in outcome.report.faults {
            client.output.warning("The hub did not take a change of yours: \(fault.text)")
        }
        let start = client.now()
        let waiting = try replica.unindexedCount()
        if waiting > 2000 {
            client.output.message("Indexing \(waiting) articles for search…")
        }
        if waiting >= indexedCountMin { _ = try replica.indexForSearch() }
        let indexed = client.now()
        // Each takes about a tenth of a millisecond.
        let spent = Int(clamping: outcome.milliseconds + indexed - start)
        _ = try replica.checkSignatures(upTo: min(max(spent, 16), 10_000))
        return AfterSync(
            indexingMilliseconds: indexed - start,
            checkingMilliseconds: client.now() - indexed
        )
    }

    static func json(
        _ outcome: SyncOutcome,
        _ after: AfterSync,
        _ remote: Remote,
        news: SyncNews? = nil
    ) -> JSONValue {
        let summary = outcome.report.summary
        let (conflicts, reviews, settled) = news?.json ?? ([], [], [])
        return [
            "schema": "galley.sync/1", "hub": .string(remote.address),
            "sent": .integer(Int64(summary.sentCount)),
            "received": .integer(Int64(summary.receivedCount)),
            "refused": .integer(Int64(summary.refusedCount)),
            "restored": .bool(summary.isHubRewound),
            "sent_again": .integer(Int64(summary.sentAgainCount)),
            "position": .integer(Int64(clamping: summary.cursor.position)),
            "bytes": .integer(Int64(outcome.byteCount)),
            "synced_ms": .integer(outcome.milliseconds),
            "indexed_ms": .integer(after.indexingMilliseconds),
            "checked_ms": .integer(after.checkingMilliseconds),
            "conflicts": conflicts, "merged": reviews, "settled": settled,
            "faults": .strings(outcome.report.faults.map(\.text)),
        ]
    }
}

/// How long a sync went on when all that it brought could be listed and shown.
struct AfterSync {
    /// Bringing the search index up to date.
    let indexingMilliseconds: Int64
    /// Looking at signatures that later ones prove already.
    let checkingMilliseconds: Int64
}
