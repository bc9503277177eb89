import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// Who said something, where and when: a side of a conflict, or a part of a merge.
struct Side {
    let change: ChangeID
    /// The beginning of the change's id that names it.
    let handle: String
    /// Nil where the change cannot be read here.
    let heading: ChangeHeading?
    let user: String
    /// The user with the device, as in `ada/laptop`.
    let device: String

    /// For people: `ada/laptop 2026-11-23 14:05`; `you` for the user of this replica.
    func text(in library: OpenLibrary) -> String {
        guard let heading else { return device }
        return "\(device) \(library.client.localTime(heading.timeMilliseconds))"
    }

    /// For scripts.
    var json: JSONValue {
        [
            "change": .string(change.description), "short": .string(handle),
            "user": .string(user), "device": .string(device),
            "time": .optional(
                heading.map { ArticleDate.utcText(milliseconds: $0.timeMilliseconds) }
            ),
        ]
    }
}

/// A conflict with the article it is in and the people on its sides.
struct FoundConflict {
    let record: ConflictRecord
    let summary: ArticleSummary
    /// The article as it is shown.
    let state: ArticleState
    private let sides: [ChangeID: Side]

    var conflict: ArticleConflict { record.conflict }

    init(_ record: ConflictRecord, _ library: OpenLibrary) throws {
        self.record = record
        guard let summary = try library.replica.summary(of: record.article),
            let state = try library.replica.article(record.article)
        else { throw library.damaged(record.article) }
        self.summary = summary
        self.state = state
        let changes = Set(record.conflict.sides)
            .union(record.conflict.alternatives.flatMap(\.sides))
        sides = try library.sides(changes)
    }

    /// Those who stand for one of the alternatives, or for all.
    func sides(of alternative: ArticleConflict.Alternative? = nil) -> [Side] {
        (alternative?.sides ?? conflict.sides).compactMap { sides[$0] }
    }

    /// The paragraph it is in, from 1; nil outside of the body.
    var paragraph: Int? {
        guard case .text(.body, _) = conflict.subject else { return nil }
        return BodyBlocks(state.body.text).number(at: conflict.range.lowerBound)
    }

    /// Where it is, for people.
    func place(in library: OpenLibrary) -> String {
        switch conflict.subject {
        case .text(.summary, _):
            let before = state.summary.text.scalars.prefix(conflict.range.lowerBound)
            return "summary \(before.count { $0 == "\n" } + 1)"
        case .text(.body, _): return "¶\(paragraph ?? 1)"
        case .field(let field): return VisibleText.line(field.name)
        case .note(let id):
            let handle = (try? library.replica.shortHandle(of: id)) ?? id.handle
            return "note \(handle)"
        case .article: return "article"
        }
    }

    /// What kind of a choice it is, for people.
    var kind: String {
        switch conflict.subject {
        case .text: conflict.isDeletion ? "edited and deleted" : "edited twice"
        case .field: "several values"
        case .note: "edited twice"
        case .article: "edited and deleted"
        }
    }

    /// The name of the subject's kind, for scripts.
    var subject: String {
        switch conflict.subject {
        case .text(.summary, _): "summary"
        case .text(.body, _): "body"
        case .field: "field"
        case .note: "note"
        case .article: "article"
        }
    }
}

extension ArticleConflict.Content {
    /// The content as words on screen.
    var words: String {
        switch self {
        case .words(let text): text.string
        case .value(let value): value.words
        case .article(let isKept): isKept ? "kept" : "deleted"
        }
    }

    /// The content for scripts.
    var json: JSONValue {
        switch self {
        case .words(let text): .string(text.string)
        case .value(let value): JSONExport.value(value)
        case .article(let isKept): .string(isKept ? "kept" : "deleted")
        }
    }
}

extension FoundConflict {
    /// The conflict for scripts.
    func json(in library: OpenLibrary) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(record.id.handle)), .init("short", .string(record.shortHandle)),
            .init("token", .string(record.token)),
            .init("article", .string(summary.id.handle)),
            .init("article_short", .string(summary.shortHandle)),
            .init("title", .string(summary.title)), .init("in", .string(subject)),
            .init("place", .string(place(in: library))),
            .init("paragraph", paragraph.map { .integer(Int64($0)) } ?? .null),
            .init("deletion", .bool(conflict.isDeletion)),
        ]
        if case .text = conflict.subject {
            members.append(
                .init(
                    "range",
                    [
                        .integer(Int64(conflict.range.lowerBound)),
                        .integer(Int64(conflict.range.upperBound)),
                    ]
                )
            )
        }
        if case .field(let field) = conflict.subject {
            members.append(.init("field", .string(field.name)))
        }
        if case .note(let id) = conflict.subject {
            members.append(.init("note", .string(id.handle)))
        }
        members.append(.init("base", conflict.base?.json ?? .null))
        members.append(
            .init(
                "alternatives",
                .array(
                    conflict.alternatives.enumerated().map { number, alternative in
                        json(alternative, number: number)
                    }
                )
            )
        )
        return .object(members)
    }

    private func json(
        _ alternative: ArticleConflict.Alternative,
        number: Int
    ) -> JSONValue {
        var words: JSONValue = .null
        if case .words(let text) = alternative.content, case .words(let base) = conflict.base {
            words = .array(
                WordDiff.parts(from: base, to: text).map { part in
                    switch part {
                    case .kept(let text): ["kept": .string(text.string)]
                    case .replaced(let old, let new):
                        ["removed": .string(old.string), "added": .string(new.string)]
                    }
                }
            )
        }
        return [
            "number": .integer(Int64(number + 1)), "text": alternative.content.json,
            "shown": .bool(number == 0), "nested": .bool(alternative.isNested),
            "sides": .array(sides(of: alternative).map(\.json)), "words": words,
        ]
    }
}
