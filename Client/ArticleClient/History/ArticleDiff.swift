import ArticleFormats
import ArticleMerge
import ArticleModel

/// What differs between two versions of an article.
struct ArticleDiff {
    /// A field with its values in both versions.
    struct FieldDifference {
        let name: String
        let before: [FieldValue]
        let after: [FieldValue]
    }

    /// A note that is in one version alone, or says something else.
    struct NoteDifference {
        let before: Note?
        let after: Note?
    }

    /// A text with what was replaced in it.
    struct TextDifference {
        let field: TextField
        let before: ScalarText
        let after: ScalarText
        let parts: [WordDiff.Part]
    }

    let fields: [FieldDifference]
    let addedTags: [ScalarText]
    let removedTags: [ScalarText]
    let texts: [TextDifference]
    let notes: [NoteDifference]
    /// Whether the article was deleted, or brought back; nil where neither.
    let becameDeleted: Bool?

    init(from old: ArticleState, to new: ArticleState) {
        let names = Set(old.fields.map(\.field)).union(new.fields.map(\.field)).sorted()
        fields = names.compactMap { field in
            let before = Self.values(of: field, in: old)
            let after = Self.values(of: field, in: new)
            guard before != after else { return nil }
            return FieldDifference(name: field.name, before: before, after: after)
        }
        addedTags = new.tags.tags.filter { !old.tags.tags.contains($0) }
        removedTags = old.tags.tags.filter { !new.tags.tags.contains($0) }
        texts = TextField.allCases.compactMap { field in
            let before = old.text(of: field).text
            let after = new.text(of: field).text
            guard before != after else { return nil }
            return TextDifference(
                field: field,
                before: before,
                after: after,
                parts: WordDiff.parts(from: before, to: after)
            )
        }
        var notes: [NoteDifference] = []
        for id in Set(old.notes.notes.map(\.id)).union(new.notes.notes.map(\.id)).sorted() {
            let before = old.notes[id].flatMap { $0.isDeleted ? nil : $0 }
            let after = new.notes[id].flatMap { $0.isDeleted ? nil : $0 }
            if before != after { notes.append(NoteDifference(before: before, after: after)) }
        }
        self.notes = notes
        becameDeleted = old.isDeleted == new.isDeleted ? nil : new.isDeleted
    }

    /// Whether nothing differs.
    var isEmpty: Bool {
        fields.isEmpty && addedTags.isEmpty && removedTags.isEmpty && texts.isEmpty
            && notes.isEmpty && becameDeleted == nil
    }

    private static func values(of field: Field, in state: ArticleState) -> [FieldValue] {
        // A field that was cleared is none.
        (state.register(of: field)?.values ?? []).filter { $0 != .absent }
    }

    /// What differs in a few words: `¶1–3: 12 words changed; title; +#ferries`; without what a
    /// restoration leaves alone where `hasNotes` is false.
    func facts(hasNotes: Bool = true) -> String {
        var facts = texts.map { Self.facts($0.parts, to: $0.after, in: $0.field) }
        facts += fields.map(\.name)
        facts += addedTags.map { "+#\($0)" } + removedTags.map { "−#\($0)" }
        guard hasNotes else { return facts.joined(separator: "; ") }
        if !notes.isEmpty { facts.append(counted(notes.count, "note")) }
        if let becameDeleted { facts.append(becameDeleted ? "deleted" : "brought back") }
        return facts.joined(separator: "; ")
    }
}

extension ArticleDiff {
    /// What differs between two texts in a few words: `¶1–3: 12 words changed`.
    static func facts(from old: ScalarText, to new: ScalarText, in field: TextField) -> String {
        facts(WordDiff.parts(from: old, to: new), to: new, in: field)
    }

    private static func facts(
        _ parts: [WordDiff.Part],
        to new: ScalarText,
        in field: TextField
    ) -> String {
        var words = WordCount()
        var numbers: Set<Int> = []
        let blocks = BodyBlocks(new)
        var position = 0
        for part in parts {
            if case .replaced(let before, let after) = part {
                words.add(before: before, after: after)
                numbers.insert(blocks.number(at: position))
            }
            position += part.newCount
        }
        let place = field == .summary ? "summary" : ChangeText.ranges(of: numbers)
        return "\(place): \(words.text)"
    }
}

// MARK: - For scripts

extension ArticleDiff {
    /// The difference for scripts.
    func members(names: ArticleNames) -> [JSONValue.Member] {
        [
            .init(
                "fields",
                .array(
                    fields.map { field in
                        [
                            "name": .string(field.name),
                            "before": .strings(field.before.map(\.words)),
                            "after": .strings(field.after.map(\.words)),
                        ]
                    }
                )
            ),
            .init(
                "tags",
                [
                    "added": .strings(addedTags.map(\.string)),
                    "removed": .strings(removedTags.map(\.string)),
                ]
            ),
            .init("texts", .array(texts.map(Self.json))),
            .init(
                "notes",
                .array(
                    notes.map { note in
                        [
                            "id": .string((note.after ?? note.before)?.id.handle ?? ""),
                            "what": .string(note.what),
                            "before": .optional(note.before?.text.shown.string),
                            "after": .optional(note.after?.text.shown.string),
                        ]
                    }
                )
            ), .init("deleted", becameDeleted.map { .bool($0) } ?? .null),
        ]
    }

    private static func json(_ text: TextDifference) -> JSONValue {
        var hunks: [JSONValue] = []
        let blocks = BodyBlocks(text.after)
        var old = 0
        var new = 0
        for part in text.parts {
            if case .replaced(let before, let after) = part {
                hunks.append([
                    "block": .integer(Int64(blocks.number(at: new))),
                    "old_position": .integer(Int64(old)), "new_position": .integer(Int64(new)),
                    "removed": .string(before.string), "added": .string(after.string),
                ])
            }
            old += part.oldCount
            new += part.newCount
        }
        return ["field": .string("\(text.field)"), "hunks": .array(hunks)]
    }
}

extension ArticleDiff.NoteDifference {
    /// What became of it.
    var what: String {
        switch (before, after) {
        case (nil, nil): ""
        case (nil, .some): "added"
        case (.some, nil): "deleted"
        case (.some(let before), .some(let after)):
            before.state != after.state ? "\(after.state.shown)" : "changed"
        }
    }
}
