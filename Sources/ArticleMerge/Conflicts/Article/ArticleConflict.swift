public import ArticleModel

/// A choice that people have to make in an article: edits of its texts that touch, several values
/// of a field or of a note's words, a deletion of what others edited.
public struct ArticleConflict: Hashable, Sendable {
    /// What there is a choice of.
    public enum Subject: Hashable, Sendable {
        /// Words of a text.
        case text(TextField, ConflictKey)
        /// The value of a field.
        case field(Field)
        /// What an annotation or a reply says.
        case note(AnnotationID)
        /// Whether there is the article at all.
        case article
    }

    /// What can be chosen.
    public enum Content: Hashable, Sendable {
        /// Words; none where they are taken out.
        case words(ScalarText)
        /// A field's value.
        case value(FieldValue)
        /// Whether the article is kept.
        case article(isKept: Bool)
    }

    /// What could stand in the conflict's place.
    public struct Alternative: Hashable, Sendable {
        /// What it is.
        public let content: Content
        /// The changes that say so, sorted.
        public let sides: [ChangeID]
        /// Whether it comes from a conflict that was open inside of a side.
        public let isNested: Bool

        /// Something to choose.
        public init(content: Content, sides: [ChangeID], isNested: Bool = false) {
            self.content = content
            self.sides = sides
            self.isNested = isNested
        }
    }

    /// What there is a choice of.
    public let subject: Subject
    /// Whether one side takes out what another one edits.
    public let isDeletion: Bool
    /// The latest changes on every side, sorted.
    public let sides: [ChangeID]
    /// Where the shown alternative stands in the shown text; empty where it is in no text.
    public let range: Range<Int>
    /// What was there before the sides parted; nil where they had nothing in common.
    public let base: Content?
    /// What to choose from, at least two; the first is shown meanwhile.
    public let alternatives: [Alternative]

    /// A conflict as it was stored.
    public init(
        subject: Subject,
        isDeletion: Bool,
        sides: [ChangeID],
        range: Range<Int> = 0..<0,
        base: Content?,
        alternatives: [Alternative]
    ) {
        self.subject = subject
        self.isDeletion = isDeletion
        self.sides = sides.sorted()
        self.range = range
        self.base = base
        self.alternatives = alternatives
    }

    init(_ conflict: TextConflict) {
        self.init(
            subject: .text(conflict.field, conflict.key),
            isDeletion: conflict.kind == .deleted,
            sides: conflict.sides,
            range: conflict.range,
            base: .words(conflict.base),
            alternatives: conflict.alternatives.map {
                Alternative(content: .words($0.text), sides: $0.sides, isNested: $0.isNested)
            }
        )
    }
}

extension ArticleConflict {
    /// What the conflict's id is the hash of: the same on every replica, and for as long as the
    /// conflict is the same.
    public func idBytes(in article: ArticleID) -> [UInt8] {
        Self.idBytes(of: subject, in: article)
    }

    /// What the id of a conflict about `subject` is the hash of.
    public static func idBytes(of subject: Subject, in article: ArticleID) -> [UInt8] {
        Array("galley/1/conflict-id".utf8) + article.bytes + subjectBytes(subject)
    }

    /// What the token is the hash of: the sides determine all that there is to choose from.
    public func tokenBytes(in article: ArticleID) -> [UInt8] {
        Array("galley/1/conflict".utf8) + article.bytes + Self.subjectBytes(subject)
            + sides.flatMap(\.bytes)
    }

    private static func subjectBytes(_ subject: Subject) -> [UInt8] {
        func four(_ number: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
        }
        return switch subject {
        case .text(let field, let key):
            [field.rawValue] + key.change.bytes + four(UInt32(bitPattern: key.number))
        case .field(let field): [2] + Array(field.name.utf8)
        case .note(let id): [3] + id.change.bytes + four(id.index)
        case .article: [4]
        }
    }
}

/// What concurrent edits were merged to without anybody having seen it.
public struct ArticleReview: Hashable, Sendable {
    /// The text it is in.
    public let field: TextField
    /// The paragraphs in question, in the shown text.
    public let range: Range<Int>
    /// The first character of them; nil where none is left.
    public let first: CharacterID?
    /// The latest changes in them, sorted.
    public let changes: [ChangeID]

    /// A merge as it was stored.
    public init(field: TextField, range: Range<Int>, first: CharacterID?, changes: [ChangeID]) {
        self.field = field
        self.range = range
        self.first = first
        self.changes = changes
    }

    /// What its id is the hash of: another one as soon as a further change takes part.
    public func idBytes(in article: ArticleID) -> [UInt8] {
        var bytes = Array("galley/1/review".utf8) + article.bytes + [field.rawValue]
        if let first {
            bytes += first.change.bytes
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: first.offset >> UInt32(24 - 8 * $0)) }
        }
        return bytes + changes.flatMap(\.bytes)
    }
}
