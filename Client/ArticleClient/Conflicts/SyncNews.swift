import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// What a sync did to conflicts and merges, told by what there was before it.
struct SyncNews {
    private var library: OpenLibrary
    private let conflictsBefore: [ConflictRecord]
    private let reviewsBefore: Set<ReviewID>
    /// The conflicts and merges that came.
    private(set) var conflicts: [FoundConflict] = []
    private(set) var reviews: [FoundReview] = []
    /// The conflicts that are gone, with the changes that settled them where that is known.
    private(set) var settled: [(record: ConflictRecord, by: Side?)] = []
    private static let lineCountMax = 10

    /// Notes what there is.
    init(before library: OpenLibrary) throws {
        self.library = library
        conflictsBefore = try library.replica.conflicts()
        reviewsBefore = Set(try library.replica.reviews(accepted: true).map(\.id))
    }

    /// Finds out what came and what went.
    mutating func look() throws {
        let known = Set(conflictsBefore.map(\.id))
        let now = try library.replica.conflicts()
        conflicts = try now.filter { !known.contains($0.id) }
            .map { try FoundConflict($0, library) }
        reviews = try library.replica.reviews().filter { !reviewsBefore.contains($0.id) }
            .map { try FoundReview($0, library) }
        let open = Set(now.map(\.id))
        settled = try conflictsBefore.filter { !open.contains($0.id) }.map { record in
            (record, try library.settler(of: record.conflict.subject, in: record.article))
        }
    }

    /// The same with what came and went by now, in the words of `library`, which may know more
    /// members.
    func looked(at library: OpenLibrary) throws -> SyncNews {
        var news = self
        news.library = library
        try news.look()
        return news
    }

    /// What came and went as events for scripts.
    var events: [(kind: String, values: [JSONValue.Member])] {
        conflicts.map { ("conflict", [.init("conflict", $0.json(in: library))]) }
            + reviews.map { ("merged", [.init("merge", $0.json(in: library))]) }
            + settled.map { ("settled", [.init("id", .string($0.record.id.handle))]) }
    }

    /// What is added to the line that tells what was received.
    var facts: String {
        var facts: [String] = []
        if !reviews.isEmpty { facts.append("\(reviews.count) merged by themselves") }
        if !conflicts.isEmpty { facts.append(counted(conflicts.count, "conflict")) }
        return facts.isEmpty ? "" : " \(facts.joined(separator: ", "))."
    }

    /// Tells what came and what went, a line each, and what to do.
    func tell() {
        let output = library.client.output
        guard output.isText else { return }
        for (record, by) in settled {
            let who = by.map { " by \($0.text(in: library))" } ?? ""
            output.message("Conflict \(record.shortHandle) was resolved\(who).")
        }
        for found in reviews.prefix(Self.lineCountMax) {
            let people = found.sides.map { $0.text(in: library) }.joined(separator: "  +  ")
            output.message(
                "  review    \(found.summary.shortHandle) \(found.place)  \(people)"
            )
        }
        if reviews.count > Self.lineCountMax {
            output.message("  … and \(reviews.count - Self.lineCountMax) more to review")
        }
        let text = ConflictText(library: library)
        for found in conflicts.prefix(Self.lineCountMax) {
            output.message("  conflict  \(text.line(found).plain)")
        }
        if conflicts.count > Self.lineCountMax {
            output.message("  … and \(conflicts.count - Self.lineCountMax) more conflicts")
        }
        if let first = conflicts.first {
            let handle = first.record.shortHandle
            output.hint(
                "galley conflicts show \(handle) · galley resolve \(handle) · nothing is lost if "
                    + "you leave it"
            )
        } else if !reviews.isEmpty {
            output.hint("galley review shows what was merged")
        }
    }

    /// For scripts.
    var json: (conflicts: JSONValue, reviews: JSONValue, settled: JSONValue) {
        (
            .array(conflicts.map { $0.json(in: library) }),
            .array(reviews.map { $0.json(in: library) }),
            .array(
                settled.map { record, by in
                    [
                        "id": .string(record.id.handle),
                        "article": .string(record.article.handle), "by": by?.json ?? .null,
                    ]
                }
            )
        )
    }
}
