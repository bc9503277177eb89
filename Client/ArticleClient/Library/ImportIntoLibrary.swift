import ArticleFormats
import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing

/// Takes imported articles into the library: one change set an article, many in one transaction.
final class ImportIntoLibrary: ImportTarget {
    /// An article that waits to be taken in.
    private struct Waiting {
        let file: Int
        let article: ImportedArticle
        let id: ArticleID
        let seed: Seed
    }

    private let library: OpenLibrary
    private let signer: Signer
    private let tags: [String]
    private var files: [String] = []
    private var waiting: [Waiting] = []
    private var waitingSize = 0
    private var results: [JSONValue] = []
    private var failures: [JSONValue] = []
    private var newCount = 0
    private var knownCount = 0

    init(_ client: Client, tags: [String]) throws {
        library = try OpenLibrary(client)
        signer = try library.signer()
        self.tags = tags
        super.init(client)
    }

    override func take(_ articles: [ImportedArticle], from path: String, bytes: [UInt8]) throws {
        guard let source = Identifier32<SourceTag>(SHA256.hash(bytes)) else { return }
        let seeds = try articles.map { try $0.seed(source: source) }
        for (article, seed) in zip(articles, seeds) {
            let encoded = seed.encoded()
            let change = ChangeIdentity.seed(library: library.replica.library, bytes: encoded)
            waiting.append(
                Waiting(
                    file: files.count,
                    article: article,
                    id: ChangeIdentity.article(ofSeed: change),
                    seed: seed
                )
            )
            waitingSize += encoded.count
        }
        files.append(path)
        // Each transaction waits for the disk once; a batch stays small enough to hold in memory.
        if waiting.count >= 256 || waitingSize >= 16 * 1024 * 1024 { try write() }
    }

    override func refuse(_ path: String, _ error: ClientError) {
        let failure: JSONValue = ["file": .string(path), "error": .string(error.message)]
        switch client.output.form {
        case .text: super.refuse(path, error)
        case .json: failures.append(failure)
        case .ndjson: client.output.json(failure)
        }
    }

    override func finish() throws {
        try write()
        if client.output.form == .ndjson { return }
        if client.output.isText {
            if newCount > 0, library.members.hub != nil {
                client.output.hint("galley sync sends it")
            }
            return
        }
        client.output.json([
            "schema": "galley.import/1", "new": .integer(Int64(newCount)),
            "known": .integer(Int64(knownCount)), "articles": .array(results),
            "failed": .array(failures),
        ])
    }

    private func write() throws {
        guard !waiting.isEmpty else { return }
        let batch = waiting
        waiting = []
        waitingSize = 0
        var changeSets: [[LocalChange]] = []
        var isNew: [Bool] = []
        var seen: Set<ArticleID> = []
        for item in batch {
            let isKnown = try library.replica.summary(of: item.id) != nil
            let isFirst = !isKnown && seen.insert(item.id).inserted
            isNew.append(isFirst)
            changeSets.append([.seed(item.seed)])
            let operations = try operations(after: item, isNew: isFirst, isKnown: isKnown)
            if !operations.isEmpty { changeSets.append([.edit(item.id, operations)]) }
        }
        _ = try library.replica.commit(changeSets: changeSets, as: signer, now: client.now())
        try report(batch, isNew)
    }

    /// Tags and dates that are no part of the seed; an article that was here gets tags it lacks.
    private func operations(after item: Waiting, isNew: Bool, isKnown: Bool) throws -> [Operation] {
        if isNew { return item.article.operationsAfterSeed(tags: tags) }
        guard isKnown, !tags.isEmpty, let state = try library.replica.article(item.id),
            !state.isDeleted
        else { return [] }
        return tags.compactMap { ScalarText($0) }.filter { !state.tags.tags.contains($0) }
            .map(Operation.addTag)
    }

    private func report(_ batch: [Waiting], _ isNew: [Bool]) throws {
        var file: Int?
        var table = Table()
        var doubts: [String] = []
        func flush() {
            for line in table.lines(width: client.output.columns, flexible: 1) {
                client.output.print("  " + line)
            }
            table = Table()
        }
        for (item, isNew) in zip(batch, isNew) {
            if isNew { newCount += 1 } else { knownCount += 1 }
            let summary = try library.replica.summary(of: item.id)
            let handle = summary?.shortHandle ?? item.id.handle
            guard client.output.isText else {
                let result: JSONValue = [
                    "file": .string(files[item.file]), "id": .string(item.id.handle),
                    "title": .optional(item.article.title), "new": .bool(isNew),
                    "warnings": .strings(item.article.warnings),
                ]
                if client.output.form == .json {
                    results.append(result)
                } else {
                    client.output.json(result)
                }
                continue
            }
            if file != item.file {
                flush()
                let count = batch.count { $0.file == item.file }
                let name = VisibleText.line(files[item.file])
                client.output.print("\(name): \(counted(count, "article"))")
                file = item.file
            }
            table.add([
                handle, item.article.title ?? "(no title)",
                item.article.bestDate?.iso8601 ?? "date?",
                Self.facts(item.article, isNew: isNew),
            ])
            doubts += item.article.warnings.map { "note: \(handle): \($0)" }
        }
        flush()
        // What is printed is durable, and what is durable is printed before the next batch.
        if client.output.form == .ndjson { client.output.flush() }
        for doubt in doubts { client.output.message(doubt) }
    }

    private static func facts(_ article: ImportedArticle, isNew: Bool) -> String {
        guard isNew else { return "known, nothing added" }
        var facts = [counted(article.paragraphs.count, "paragraph")]
        if !article.summary.isEmpty {
            facts.append(counted(article.summary.count, "summary point"))
        }
        if !article.captions.isEmpty { facts.append(counted(article.captions.count, "caption")) }
        return facts.joined(separator: ", ")
    }
}
