import ArticleFormats
import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol

/// A library while `galley sync --watch` runs: what came is told as it comes.
final class WatchedLibrary {
    private(set) var library: OpenLibrary
    let name: String
    private let hubAddress: String
    private let own: DeviceKey
    private let key: PrivateKey
    private var news: SyncNews
    /// The last entry that was told of.
    private var lastRow: Int64
    private var otherWrites: Int64
    /// What came and went since both sides were level last.
    private var since = ClientProgress.Counts()
    private(set) var sentCount = 0
    private(set) var receivedCount = 0
    /// Whether a session about it is open.
    var isOpen = false
    /// Whether it was level since the connection was made.
    private var wasLevel = false
    /// When the next session may begin; nil where none is wanted for now.
    var retryAt: Int64 = .min
    var backoff = Backoff()

    /// Whether no signature is left to be looked at, as far as is known.
    private var hasCheckedAll = false
    /// Signatures looked at in one go: some ten milliseconds of work.
    private static let signatureCountMax = 100

    /// More changes at once are counted, not listed.
    private static let lineCountMax = 20

    init(_ library: LibraryAtHub) throws {
        self.library = library.library
        name = library.name
        hubAddress = library.remote.address
        own = try DeviceKey(library.key.publicKey)
        key = library.key
        news = try SyncNews(before: library.library)
        lastRow = try library.replica.lastEntryRow()
        otherWrites = try library.replica.otherWrites()
    }

    var replica: Replica { library.replica }
    private var output: Output { library.client.output }

    /// Whether another process has written to the library since this was asked last.
    func hasChanged() throws -> Bool {
        let writes = try replica.otherWrites()
        defer { otherWrites = writes }
        return writes != otherWrites
    }

    /// Sees to it that nothing leaves this machine that the anchor knows nothing of.
    func secureOwnChain() throws {
        try replica.secureOwnChain(
            as: library.client.signer(with: key, in: replica.library)
        )
    }

    /// Looks at some signatures that later ones prove already; to be called when idle.
    func checkSomeSignatures() throws {
        guard isOpen, wasLevel, !hasCheckedAll else { return }
        hasCheckedAll = try replica.checkSignatures(upTo: Self.signatureCountMax).isDone
    }

    /// Notes that a session begins.
    func opened() {
        isOpen = true
        wasLevel = false
        since = ClientProgress.Counts()
    }

    /// Takes note of what a session has done, and tells of it when both sides are level.
    func progressed(_ progress: ClientProgress) throws {
        since.add(progress)
        for fault in progress.faults {
            event("refused", [.init("message", .string(fault.text))])
            output.warning("The hub did not take a change of yours: \(fault.text)")
        }
        guard progress.isLevel else { return }
        sentCount += since.sentCount
        receivedCount += since.receivedCount
        if since.recordCount > 0 { library = try library.refreshed() }
        if !wasLevel {
            tellLevel()
        } else if since.sentCount > 0 {
            event("sent", [.init("count", .integer(Int64(since.sentCount)))])
            if output.isText { say("sent \(counted(since.sentCount, "change set"))") }
        }
        if since.recordCount > 0, wasLevel {
            event("members", [.init("count", .integer(Int64(since.recordCount)))])
            if output.isText { say("\(counted(since.recordCount, "membership record")) came") }
        }
        if since.receivedCount > 0 {
            hasCheckedAll = false
            try tellChanges()
        }
        wasLevel = true
        since = ClientProgress.Counts()
        output.flush()
    }

    private func tellLevel() {
        event(
            "level",
            [
                .init("sent", .integer(Int64(since.sentCount))),
                .init("received", .integer(Int64(since.receivedCount))),
            ]
        )
        guard output.isText else { return }
        let sent = counted(since.sentCount, "change set")
        say("sent \(sent), received \(since.receivedCount). Up to date; watching.")
    }

    private func tellChanges() throws {
        let upTo = try replica.lastEntryRow()
        let headings = try replica.headings(afterRow: lastRow).filter {
            $0.device != own && $0.row <= upTo
        }
        lastRow = upTo
        if headings.count > Self.lineCountMax, output.isText {
            let articles = Set(headings.map(\.article)).count
            say("\(counted(headings.count, "change")) to \(counted(articles, "article"))")
        } else {
            try ChangeList(library).forEachPage(headings) { page in
                for change in page { tell(change) }
                return !output.isAbandoned
            }
        }
        news = try news.looked(at: library)
        news.tell()
        for (kind, values) in news.events { event(kind, values) }
        news = try SyncNews(before: library)
        if try replica.unindexedCount() > 0 { _ = try replica.indexForSearch() }
    }

    private func tell(_ change: LoggedChange) {
        if !output.isText {
            event("change", [.init("change", change.json(in: library))])
            return
        }
        var line = StyledText(VisibleText.line(library.name(of: change.heading.device)), .person)
        if let article = change.article {
            line.append("  ")
            line.append(StyledText(article.shortHandle, .handle))
            line.append(" \(VisibleText.line(article.displayTitle))")
        }
        line.append("  ")
        line.append(change.facts(in: library))
        output.print(output.columns.map { line.cut(to: max(20, $0)) } ?? line)
    }

    private func say(_ text: String) { output.print("\(name), \(hubAddress): \(text)") }

    /// Prints an event for scripts.
    func event(_ kind: String, _ values: [JSONValue.Member] = []) {
        guard !output.isText else { return }
        output.json(
            .object(
                [
                    .init("schema", "galley.sync.event/1"), .init("event", .string(kind)),
                    .init("library", .string(name)), .init("hub", .string(hubAddress)),
                ] + values
            )
        )
        output.flush()
    }
}

extension ClientProgress {
    /// What was counted over several steps.
    struct Counts {
        var sentCount = 0
        var receivedCount = 0
        var recordCount = 0

        mutating func add(_ progress: ClientProgress) {
            sentCount += progress.sentCount
            receivedCount += progress.receivedCount
            recordCount += progress.recordCount
        }
    }
}
