internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// Makes up what a user does to the article as their replica shows it.
struct OperationMaker {
    var random: SeededRandom
    let state: ArticleState
    let user: UserID
    let editsAfterRevivals: Bool
    private var counts: [TextField: Int] = [:]
    private var hasRevived = false

    init(random: SeededRandom, state: ArticleState, user: UserID, editsAfterRevivals: Bool) {
        self.random = random
        self.state = state
        self.user = user
        self.editsAfterRevivals = editsAfterRevivals
        for field in TextField.allCases { counts[field] = state.text(of: field).rawCount }
    }

    mutating func draft(
        isFaulty: Bool
    ) throws -> (operations: [Operation], permission: PermissionClass) {
        var operations: [Operation] = []
        for _ in 0..<random.below(5) {
            if let operation = try operation() { operations.append(operation) }
        }
        var permission = operations.map(\.permission).max() ?? .annotate
        if isFaulty {
            let place = random.below(operations.count + 1)
            if random.oneIn(6), permission == .edit {
                permission = .annotate
            } else {
                let faulty = try faultyOperation()
                permission = max(permission, faulty.permission)
                operations.insert(faulty, at: place)
            }
        }
        return (operations, permission)
    }

    private mutating func operation() throws -> Operation? {
        let field: TextField = random.oneIn(4) ? .summary : .body
        let count = counts[field] ?? 0
        let mayEditText = editsAfterRevivals || !hasRevived
        switch random.below(30) {
        case 0..<10 where mayEditText:
            let text = random.text(upTo: 5)
            counts[field] = count + text.scalarCount
            return .insert(field, position: random.below(count + 1), text: text)
        case 10..<16 where mayEditText && count > 0:
            let position = random.below(count)
            let length = 1 + random.below(min(6, count - position))
            counts[field] = count - length
            return .delete(field, position: position, count: length)
        case 16, 17, 18:
            guard let ranges = revivable(in: field) else { return nil }
            hasRevived = true
            return .revive(field, ranges)
        case 19, 20:
            let fields: [Field] = [.title, .byline, .custom("mood")]
            let value: FieldValue =
                random.oneIn(5) ? .absent : .text(random.text(upTo: 3))
            return .set(random.pick(fields) ?? .title, value)
        case 21: return .addTag(random.oneIn(2) ? "red" : "blue")
        case 22: return .removeTag(random.oneIn(2) ? "red" : "blue")
        case 23: return annotation().map(Operation.annotate)
        case 24:
            guard let note = random.pick(state.notes.notes) else { return nil }
            return .reply(to: note.id, text: random.text(upTo: 3))
        case 25:
            guard let id = ownNote() else { return nil }
            return random.oneIn(3) ? .deleteNote(id) : .setNoteText(id, random.text(upTo: 3))
        case 26:
            guard let note = random.pick(state.notes.notes) else { return nil }
            return random.oneIn(2)
                ? .addNoteTag(note.id, "mark") : .removeNoteTag(note.id, "mark")
        case 27:
            guard let note = random.pick(state.notes.notes) else { return nil }
            return .setNoteState(note.id, random.pick(Annotation.State.allCases) ?? .open)
        case 28: return .deleteArticle
        case 29 where random.oneIn(3): return .undeleteArticle
        case 29 where random.oneIn(2):
            return .close(field, state.heads.map { ConflictKey(change: $0, number: 0) })
        default: return nil
        }
    }

    private mutating func revivable(in field: TextField) -> [CharacterRange]? {
        var ranges: [CharacterRange] = []
        for _ in 0..<1 + random.below(3) {
            let runs = state.text(of: field).runs.filter { !$0.isVisible || random.oneIn(4) }
            guard let run = random.pick(runs) else { continue }
            let start = UInt32(random.below(Int(run.count)))
            let count = 1 + UInt32(random.below(Int(run.count - start)))
            ranges.append(
                CharacterRange(change: run.change, offset: run.offset + start, count: count)
            )
        }
        return ranges.isEmpty ? nil : ranges
    }

    private mutating func annotation() -> Annotation? {
        var target = AnnotationTarget.article
        let text = state.body
        if text.scalarCount > 0, random.below(3) > 0 {
            let start = random.below(text.scalarCount)
            let end = start + 1 + random.below(text.scalarCount - start)
            guard let range = state.target(of: start..<end, in: .body) else { return nil }
            target = range
        } else if random.oneIn(2), let entry = state.register(of: .title)?.entries.last,
            case .text(let title) = entry.value
        {
            let end = UInt32(title.scalarCount)
            target = .field(.title, value: entry.stamp.change, item: 0, range: 0..<end)
        }
        return Annotation(
            kind: .comment,
            target: target,
            quote: .none,
            text: random.text(upTo: 4),
            tags: random.oneIn(2) ? ["mark"] : []
        )
    }

    private mutating func ownNote() -> AnnotationID? {
        let notes = state.notes.notes.filter { $0.author == user }.map(\.id)
        let replies = state.notes.notes.flatMap(\.replies).filter { $0.author == user }.map(\.id)
        return random.pick(notes + replies)
    }

    private mutating func faultyOperation() throws -> Operation {
        let stranger = try ChangeID(random.bytes(32)).orThrow()
        let note = AnnotationID(change: stranger, index: 0)
        let end = TextAnchor(character: CharacterID(change: stranger, offset: 0), side: .after)
        let others = state.notes.notes.filter { $0.author != user }
        let operations: [Operation] = [
            .insert(.body, position: 100_000, text: "x"),
            .insert(.summary, position: -1, text: "x"),
            .insert(.body, position: 0, text: ""),
            .delete(.body, position: 0, count: 100_000),
            .delete(.body, position: .max, count: .max),
            .delete(.summary, position: 0, count: 0),
            .revive(.body, [CharacterRange(change: stranger, offset: 0, count: 1)]),
            .revive(.body, [CharacterRange(change: state.seed, offset: 5, count: .max)]),
            .revive(.summary, [CharacterRange(change: state.seed, offset: 0, count: 500)]),
            .set(.custom(""), .absent),
            .set(.byline, .list(["a", ""])),
            .addTag(""),
            .setNoteState(note, .hidden),
            .reply(to: note, text: "lost"),
            .annotate(
                Annotation(
                    kind: .highlight,
                    target: .text(.body, start: end, end: end),
                    quote: .none,
                    text: "",
                    tags: []
                )
            ),
            .annotate(
                Annotation(
                    kind: .highlight,
                    target: .field(.language, value: stranger, item: 0, range: 0..<1),
                    quote: .none,
                    text: "",
                    tags: []
                )
            ),
        ]
        if random.oneIn(3), let other = random.pick(others) {
            return random.oneIn(2) ? .deleteNote(other.id) : .setNoteText(other.id, "mine")
        }
        return try random.pick(operations).orThrow()
    }
}
