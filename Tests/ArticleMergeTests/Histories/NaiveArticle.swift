internal import ArticleMerge
internal import ArticleModel

/// An article by definition: each rule as it is worded, over the set of ancestors of each change.
///
/// Slow, and without any of the ideas that make merging quick. Only where positions point is
/// looked up in states of parents' versions; only good for histories in which no edit of a text
/// follows a revival in the same change.
struct NaiveArticle {
    /// One step of one change.
    struct Event {
        let change: ChangeID
        let index: Int
        let operation: Operation
    }

    private struct Mark {
        let event: Event
        let character: CharacterID
    }

    private var ancestors: [ChangeID: Set<ChangeID>] = [:]
    private var events: [Event] = []
    private var inserted: [TextField: [CharacterID: Unicode.Scalar]] = [:]
    private var deletions: [Mark] = []
    private var revivals: [Mark] = []
    private let seed: Change

    /// Changes that are void only count for where the others' positions point.
    init(_ graph: EventGraph, faulty: Set<ChangeID>) throws {
        seed = try graph.changes.first.orThrow()
        var raw = graph
        raw.setVoid([])
        for change in graph.changes where !faulty.contains(change.id) {
            var known: Set<ChangeID> = []
            for parent in change.parents { known.formUnion([parent] + (ancestors[parent] ?? [])) }
            ancestors[change.id] = known
            if !graph.isVoid(change.id) { try add(change, raw) }
        }
    }

    /// Whether `first` is known to `second`.
    private func precedes(_ first: Event, _ second: Event) -> Bool {
        if first.change == second.change { return first.index < second.index }
        return ancestors[second.change]?.contains(first.change) ?? false
    }

    private mutating func add(_ change: Change, _ graph: EventGraph) throws {
        var offset: UInt32 = 0
        if case .seed(let seed) = change.content {
            for field in TextField.allCases {
                for scalar in seed.text(of: field).scalars {
                    inserted[field, default: [:]][.init(change: change.id, offset: offset)] = scalar
                    offset += 1
                }
            }
            return
        }
        let before = ArticleState(replaying: try graph.graph(of: change.parents).orThrow())
        var texts: [TextField: [CharacterID]] = [:]
        for field in TextField.allCases { texts[field] = before.text(of: field).visibleCharacters }
        for (index, operation) in change.operations.enumerated() {
            let event = Event(change: change.id, index: index, operation: operation)
            events.append(event)
            switch operation {
            case .insert(let field, let position, let text):
                for (place, scalar) in text.scalars.enumerated() {
                    let character = CharacterID(change: change.id, offset: offset)
                    offset += 1
                    texts[field]?.insert(character, at: position + place)
                    inserted[field, default: [:]][character] = scalar
                }
            case .delete(let field, let position, let count):
                let gone = position..<position + count
                for character in (texts[field] ?? [])[gone] {
                    deletions.append(Mark(event: event, character: character))
                }
                texts[field]?.removeSubrange(gone)
            case .revive(_, let ranges):
                for range in ranges {
                    for offset in range.offset..<range.offset + range.count {
                        let character = CharacterID(change: range.change, offset: offset)
                        revivals.append(Mark(event: event, character: character))
                    }
                }
            default: break
            }
        }
    }

    /// The characters of a text, with their scalars.
    func characters(of field: TextField) -> [CharacterID: Unicode.Scalar] {
        (inserted[field] ?? [:]).filter { character, _ in
            deletions.filter { $0.character == character }.allSatisfy { deletion in
                revivals.contains {
                    $0.character == character && precedes(deletion.event, $0.event)
                }
            }
        }
    }

    /// The values of each field: those that no change that knew them replaced.
    var fields: [Field: Set<FieldValue>] {
        var result: [Field: Set<FieldValue>] = [:]
        for event in events {
            guard case .set(let field, let value) = event.operation else { continue }
            let isReplaced = events.contains { later in
                if case .set(field, _) = later.operation { precedes(event, later) } else { false }
            }
            if !isReplaced { result[field, default: []].insert(value) }
        }
        guard case .seed(let content) = seed.content else { return result }
        for entry in content.fields where result[entry.field] == nil {
            result[entry.field] = [entry.value]
        }
        return result
    }

    /// The tags that were put and not taken away by anyone who knew that.
    var tags: Set<ScalarText> {
        var result: Set<ScalarText> = []
        for event in events {
            guard case .addTag(let tag) = event.operation else { continue }
            let isRemoved = events.contains {
                $0.operation == .removeTag(tag) && precedes(event, $0)
            }
            if !isRemoved { result.insert(tag) }
        }
        return result
    }

    /// Whether the article is deleted: a deletion stands, and each edit is known to one.
    var isDeleted: Bool {
        let standing = standingDeletions
        let edits = events.filter {
            $0.operation.permission == .edit && $0.operation != .deleteArticle
        }
        let latest = edits.filter { edit in !edits.contains { precedes(edit, $0) } }
        return !standing.isEmpty
            && latest.allSatisfy { edit in standing.contains { precedes(edit, $0) } }
    }

    /// The deletions of the article that nobody who knew them took back.
    var standingDeletions: [Event] {
        events.filter { event in
            event.operation == .deleteArticle
                && !events.contains { $0.operation == .undeleteArticle && precedes(event, $0) }
        }
    }
}

extension TextState {
    /// The characters of the text in order.
    var visibleCharacters: [CharacterID] {
        runs.filter(\.isVisible).flatMap { run in
            (run.offset..<run.offset + run.count).map {
                CharacterID(change: run.change, offset: $0)
            }
        }
    }

    /// All characters in merged order, with whether they are in the text.
    var allCharacters: [(id: CharacterID, isVisible: Bool)] {
        runs.flatMap { run in
            (run.offset..<run.offset + run.count).map {
                (CharacterID(change: run.change, offset: $0), run.isVisible)
            }
        }
    }
}
