import ArticleFormats
import ArticleMerge
import ArticleModel

/// What changes did, in a few words.
struct ChangeText {
    /// What the changes did to the texts.
    private let accounts: [ChangeID: ChangeAccount]
    /// The paragraphs of the body as it stands.
    private let blocks: BodyBlocks
    /// The lines of the summary as it stands.
    private let points: SummaryPoints

    /// Makes ready to tell of changes of a graph, all of them where none is named.
    init(
        _ graph: EventGraph,
        _ changes: Set<ChangeID>? = nil,
        body: ScalarText,
        summary: ScalarText
    ) {
        accounts = ChangeAccount.accounts(of: changes, in: graph)
        blocks = BodyBlocks(body)
        points = SummaryPoints(summary)
    }

    /// What a change did.
    func facts(_ change: Change) -> String {
        guard case .edit = change.content else { return "imported" }
        let edits = accounts[change.id]?.edits ?? []
        let facts = texts(edits) + change.operations.compactMap(Self.other)
        return facts.isEmpty ? "merged" : facts.joined(separator: "; ")
    }

    /// What a change did but to texts: all that can be said without the article's history.
    static func bare(_ change: Change) -> String {
        guard case .edit = change.content else { return "imported" }
        let facts = change.operations.compactMap(other)
        return facts.isEmpty ? "merged" : facts.joined(separator: "; ")
    }

    /// What a change did to the texts, one place after the other.
    func edits(_ change: ChangeID) -> [(place: String, edit: ChangeAccount.Edit)] {
        (accounts[change]?.edits ?? []).map { (place(of: $0), $0) }
    }

    private func texts(_ edits: [ChangeAccount.Edit]) -> [String] {
        guard let first = edits.first else { return [] }
        if edits.count == 1, let short = Self.short(first) {
            return ["\(place(of: first)): \(short)"]
        }
        var count = WordCount()
        for edit in edits { count.add(before: edit.before, after: edit.after) }
        return ["\(places(of: edits)): \(count.text)"]
    }

    /// `¶3`, or the line of the summary.
    func place(of edit: ChangeAccount.Edit) -> String {
        switch edit.field {
        case .body: "¶\(blocks.number(at: edit.position))"
        case .summary: "summary \(points.number(at: edit.position))"
        }
    }

    private func places(of edits: [ChangeAccount.Edit]) -> String {
        let body = edits.filter { $0.field == .body }
        var parts: [String] = []
        if body.count < edits.count { parts.append("summary") }
        if !body.isEmpty {
            parts.append(Self.ranges(of: Set(body.map { blocks.number(at: $0.position) })))
        }
        return parts.joined(separator: ", ")
    }

    /// Paragraphs by their numbers: `¶1, ¶3–5`; of many the first and how many more there are.
    static func ranges(of numbers: Set<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let shown = ranges.count > 4 ? ranges.prefix(3) : ranges[...]
        let rest = ranges[shown.endIndex...].reduce(0) { $0 + $1.count }
        let words = shown.map { range in
            range.count == 1
                ? "¶\(range.lowerBound)" : "¶\(range.lowerBound)–\(range.upperBound)"
        }.joined(separator: ", ")
        return rest > 0 ? "\(words) and \(rest) more" : words
    }

    /// The words themselves, where they are few.
    private static func short(_ edit: ChangeAccount.Edit) -> String? {
        func words(_ text: ScalarText) -> String {
            "“\(VisibleText.line(text.string).trimmedBlanks)”"
        }
        guard edit.before.scalarCount + edit.after.scalarCount <= shortLengthMax else { return nil }
        switch (edit.before.isBlank, edit.after.isBlank) {
        case (false, false): return "\(words(edit.before)) → \(words(edit.after))"
        case (true, false): return "+ \(words(edit.after))"
        case (false, true): return "− \(words(edit.before))"
        case (true, true): return nil
        }
    }

    private static let shortLengthMax = 72

    private static func other(_ operation: Operation) -> String? {
        switch operation {
        case .insert, .delete, .revive: nil
        case .set(let field, .absent): "\(field.name) cleared"
        case .set(let field, let value):
            "\(field.name) = \(TextWrapping.cut(VisibleText.line(value.words), width: 60))"
        case .addTag(let tag): "+#\(tag)"
        case .removeTag(let tag): "−#\(tag)"
        case .annotate(let note):
            quoted("\(note.kind)", note.text.isEmpty ? note.quote.exact : note.text)
        case .reply(_, let text): quoted("reply", text)
        case .setNoteText(_, let text): quoted("note changed", text)
        case .addNoteTag(_, let tag): "note +#\(tag)"
        case .removeNoteTag(_, let tag): "note −#\(tag)"
        case .setNoteState(_, let state): "note \(state)"
        case .deleteNote: "note deleted"
        case .deleteArticle: "deleted"
        case .undeleteArticle: "brought back"
        case .close: "settled a conflict"
        }
    }

    private static func quoted(_ what: String, _ text: ScalarText) -> String {
        "\(what) “\(TextWrapping.cut(VisibleText.line(text.string), width: 48))”"
    }
}

/// The lines of a summary by their places.
private struct SummaryPoints {
    private let ends: [Int]

    init(_ text: ScalarText) {
        ends = text.scalars.enumerated().filter { $0.element == "\n" }.map(\.offset)
    }

    func number(at position: Int) -> Int { 1 + ends.count { $0 < position } }
}

extension String {
    /// The text without blanks at its ends.
    var trimmedBlanks: String {
        let scalars = unicodeScalars.drop { $0 == " " }
        let end = scalars.lastIndex { $0 != " " }
        guard let end else { return "" }
        return String(scalars[...end])
    }
}
