import ArticleModel
import TestSupport

/// Bodies of every shape the model has, from a seed.
struct RandomBodies {
    var random: SeededRandom
    private let changes: [ChangeID]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var source = random
        changes = (0..<12).compactMap { _ in ChangeID(source.bytes(32)) }
        random = source
    }

    mutating func body() -> ChangeSetBody {
        ChangeSetBody(changes: (0..<random.below(4)).map { _ in change() })
    }

    mutating func change() -> ChangeSetBody.Change {
        if random.oneIn(4) { return .seed(seed()) }
        var parents = (0...random.below(3)).map { _ in changeID() }
        parents = Set(parents).sorted()
        return .edit(
            parents: parents,
            operations: (0..<random.below(random.oneIn(8) ? 60 : 6)).map { _ in operation() }
        )
    }

    mutating func seed() -> Seed {
        Seed(
            nonce: random.oneIn(2) ? Identifier16(random.bytes(16)) : nil,
            fields: (0..<random.below(6)).map { _ in Seed.FieldEntry(field(), value()) },
            summary: text(),
            body: text(longest: 200),
            provenance: random.oneIn(2) ? provenance() : nil
        )
    }

    mutating func operation() -> Operation {
        switch random.below(16) {
        case 0, 13, 14: .insert(textField(), position: position(), text: nonempty())
        case 1: .delete(textField(), position: position(), count: 1 + position())
        case 2: .revive(textField(), (0..<random.below(4)).map { _ in characterRange() })
        case 3: .set(field(), value())
        case 4: .addTag(nonempty())
        case 5: .removeTag(nonempty())
        case 6: .annotate(annotation())
        case 7: .reply(to: note(), text: text())
        case 8: .setNoteText(note(), text())
        case 9: .addNoteTag(note(), nonempty())
        case 10: .removeNoteTag(note(), nonempty())
        case 11: .setNoteState(note(), random.pick(Annotation.State.allCases) ?? .open)
        case 12 where random.oneIn(2): .deleteNote(note())
        case 15: .close(textField(), (0..<random.below(4)).map { _ in conflictKey() })
        default: random.oneIn(2) ? .deleteArticle : .undeleteArticle
        }
    }

    mutating func annotation() -> Annotation {
        let target: AnnotationTarget =
            switch random.below(3) {
            case 0: .article
            case 1: .text(textField(), start: anchor(), end: anchor())
            default:
                .field(field(), value: changeID(), item: number(), range: range())
            }
        return Annotation(
            kind: random.pick(Annotation.Kind.allCases) ?? .comment,
            target: target,
            quote: Quote(exact: text(), prefix: text(), suffix: text()),
            text: text(),
            tags: (0..<random.below(4)).map { _ in nonempty() }
        )
    }

    mutating func field() -> Field {
        random.oneIn(4) ? .custom(nonempty()) : random.pick(Field.known) ?? .title
    }

    mutating func value() -> FieldValue {
        switch random.below(4) {
        case 0: .absent
        case 1: .text(text())
        case 2: .list((0..<random.below(4)).map { _ in nonempty() })
        default: .date(ArticleDate(raw: text(), reading: reading()))
        }
    }

    mutating func reading() -> ArticleDate.Reading? {
        let depth = random.below(7)
        return ArticleDate.Reading(
            year: random.below(10_000),
            month: depth > 1 ? 1 + random.below(12) : nil,
            day: depth > 2 ? 1 + random.below(28) : nil,
            hour: depth > 3 ? random.below(24) : nil,
            minute: depth > 3 ? random.below(60) : nil,
            second: depth > 4 ? random.below(60) : nil,
            millisecond: depth > 5 ? random.below(1000) : nil,
            offsetMinutes: depth > 3 && random.oneIn(2) ? random.below(2879) - 1439 : nil
        )
    }

    mutating func text(longest: Int = 12) -> ScalarText {
        let pool: [Unicode.Scalar] = ["a", "b", " ", "\n", "\u{1}", "ä", "—", "漢", "🗞", "\u{301}"]
        let count = random.below(longest + 1)
        let scalars = (0..<count).map { _ in random.pick(pool) ?? "a" }
        return ScalarText(scalars: scalars) ?? ScalarText()
    }

    private mutating func nonempty() -> ScalarText {
        ScalarText(scalars: text().scalars + ["x"]) ?? "x"
    }

    private mutating func provenance() -> Provenance {
        let lower = random.next() >> UInt64(1 + random.below(63))
        let count = random.next() >> UInt64(2 + random.below(62))
        return Provenance(
            source: Identifier32(random.bytes(32)) ?? zero(),
            range: lower..<(lower + count),
            parser: text(),
            warnings: (0..<random.below(3)).map { _ in text() },
            dropped: (0..<random.below(3)).map { _ in text() }
        )
    }

    private mutating func changeID() -> ChangeID {
        (random.oneIn(5) ? ChangeID(random.bytes(32)) : random.pick(changes)) ?? zero()
    }

    private func zero<Tag>() -> Identifier32<Tag> {
        guard let identifier = Identifier32<Tag>([UInt8](repeating: 0, count: 32)) else {
            fatalError("32 bytes are an identifier")
        }
        return identifier
    }

    private mutating func number() -> UInt32 {
        UInt32(truncatingIfNeeded: random.next() >> UInt64(32 + random.below(32)))
    }

    private mutating func range() -> Range<UInt32> {
        let lower = number() / 2
        return lower..<(lower + number() / 2)
    }

    private mutating func position() -> Int {
        random.oneIn(20) ? Int(number() / 2) : random.below(3000)
    }

    private mutating func note() -> AnnotationID {
        AnnotationID(change: changeID(), index: number())
    }

    private mutating func conflictKey() -> ConflictKey {
        ConflictKey(
            change: changeID(),
            number: Int32(truncatingIfNeeded: random.next() >> UInt64(random.below(64)))
        )
    }

    private mutating func textField() -> TextField { random.oneIn(3) ? .summary : .body }

    private mutating func characterRange() -> CharacterRange {
        CharacterRange(change: changeID(), offset: number() / 2, count: 1 + number() / 2)
    }

    private mutating func anchor() -> TextAnchor {
        TextAnchor(
            character: CharacterID(change: changeID(), offset: number()),
            side: random.oneIn(2) ? .before : .after
        )
    }
}
