import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation
import ReplicaStore
import Signing

/// Makes libraries with long histories: signed change sets in a replica that `galley` opens.
struct LongHistory {
    private let replica: Replica
    private let signer: Signer
    private var now: Int64 = 1_750_000_000_000

    /// Goes on in the library that a home has.
    init(home: URL) throws {
        let data = home.appending(path: "data/galley")
        replica = try Replica(opening: data.appending(path: "library.sqlite3").path)
        let keys = data.appending(path: "keys")
        guard
            let name = try FileManager.default.contentsOfDirectory(atPath: keys.path)
                .first(where: { $0.hasSuffix(".pem") })
        else { throw Command.Failure(description: "there is no key in \(keys.path)") }
        signer = Signer(
            key: try PrivateKey(pem: Array(Data(contentsOf: keys.appending(path: name)))),
            machine: [],
            anchors: KeptAnchor(),
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
    }

    /// Begins an article with this text; gives its id.
    mutating func article(_ text: String) throws -> ArticleID {
        let seed = Seed(
            nonce: Identifier16((0..<16).map { _ in UInt8.random(in: 0...255) }),
            fields: [
                .init(.title, .text(ScalarText("An article of \(text.utf8.count) bytes") ?? ""))
            ],
            summary: "",
            body: ScalarText(text) ?? "",
            provenance: nil
        )
        guard let id = try commit([[.seed(seed)]]).first?.articles.first else {
            throw Command.Failure(description: "the article was not made")
        }
        return id
    }

    /// Signs a change set for each list of operations on an article, one after the other.
    mutating func edit(_ article: ArticleID, _ edits: [[ArticleModel.Operation]]) throws {
        for start in stride(from: 0, to: edits.count, by: 1_000) {
            let batch = edits[start..<min(start + 1_000, edits.count)]
            _ = try commit(batch.map { [.edit(article, $0)] })
        }
    }

    private mutating func commit(_ sets: [[LocalChange]]) throws -> [CommitResult] {
        now += 60_000
        return try replica.commit(changeSets: sets, as: signer, now: now)
    }

    /// Reads every entry of the log with its body, and gives how many there are.
    func readAllEntries() throws -> Int {
        var row: Int64 = 0
        var count = 0
        while true {
            let entries = try replica.entries(afterRow: row)
            guard let last = entries.last else { return count }
            count += entries.count
            row = last.row
        }
    }

    /// The history of an article, for merging it again.
    func graph(of article: ArticleID) throws -> EventGraph? { try replica.graph(of: article) }
}

/// Keeps an anchor as long as the program runs.
private final class KeptAnchor: ChainAnchorStore {
    private var anchor: ChainAnchor?

    func load() -> ChainAnchor? { anchor }

    func advance(to anchor: ChainAnchor) { self.anchor = anchor }
}
