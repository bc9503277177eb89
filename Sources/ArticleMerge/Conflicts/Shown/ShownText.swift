public import ArticleModel

/// A text as people see it: one alternative of each conflict in its place.
public struct ShownText: Hashable, Sendable {
    /// The text.
    public let text: ScalarText
    /// How it goes with the merged text that positions of changes count, in the order of both.
    public let segments: [Segment]
    /// The conflicts that wait for someone to settle them, in the order of the text.
    public let conflicts: [TextConflict]
    /// Where concurrent edits touched without a choice being left, in the order of the text.
    public let agreed: [AgreedEdit]

    /// A stretch of scalars.
    public struct Segment: Hashable, Sendable {
        /// Where a stretch stands.
        public enum Kind: UInt8, Hashable, Sendable {
            /// In both texts.
            case both
            /// In the shown text alone.
            case shown
            /// In the merged text alone.
            case raw
        }

        /// Where it stands.
        public let kind: Kind
        /// How many scalars, at least one.
        public internal(set) var count: Int

        /// A stretch of `count` scalars.
        public init(_ kind: Kind, count: Int) {
            self.kind = kind
            self.count = count
        }
    }

    /// Whether the shown text is the merged text.
    public var isMerged: Bool { segments.allSatisfy { $0.kind == .both } }

    /// Where the character at a position of the shown text stands, or would, in the merged one.
    public func rawPosition(ofShown position: Int) -> Int {
        Self.translate(position, segments, from: .shown)
    }

    /// Where the character at a position of the merged text stands, or would, in the shown one.
    public func shownPosition(ofRaw position: Int) -> Int {
        Self.translate(position, segments, from: .raw)
    }

    private static func translate(
        _ position: Int,
        _ segments: [Segment],
        from side: Segment.Kind
    ) -> Int {
        var left = position
        var result = 0
        for segment in segments {
            if segment.kind == .both {
                guard left >= segment.count else { return result + left }
                left -= segment.count
                result += segment.count
            } else if segment.kind == side {
                guard left >= segment.count else { return result }
                left -= segment.count
            } else {
                result += segment.count
            }
        }
        return result
    }
}

/// Edits of concurrent changes that touch: a choice for people to make.
public struct TextConflict: Hashable, Sendable {
    /// What the alternatives come from.
    public enum Kind: UInt8, Hashable, Sendable {
        /// All leave words.
        case edited
        /// One of them leaves nothing of what was there.
        case deleted
    }

    /// Which text it is in.
    public let field: TextField
    /// What it is known by while the edits in it stay the same.
    public let key: ConflictKey
    /// What the alternatives come from.
    public let kind: Kind
    /// The latest changes on every side, sorted.
    public let sides: [ChangeID]
    /// Where the shown alternative stands in the shown text.
    public let range: Range<Int>
    /// What stood there before the sides parted.
    public let base: ScalarText
    /// The base's characters.
    public let baseCharacters: [CharacterRange]
    /// What could stand there, at least two; the first is shown.
    public let alternatives: [Alternative]

    /// What could stand in a conflict's place.
    public struct Alternative: Hashable, Sendable {
        /// The words.
        public let text: ScalarText
        /// The changes whose text it is, sorted.
        public let sides: [ChangeID]
        /// Whether it comes from a conflict that was open inside of a side.
        public let isNested: Bool
        /// Its characters, in order.
        public let characters: [CharacterRange]
    }

    /// What a token is the hash of: the sides determine all that there is to choose from, so it is
    /// stale as soon as one of them changed, and stays where others edit elsewhere.
    ///
    /// `galley/1/conflict`, the article, the field's number, the key's change and number (4 bytes,
    /// the highest first), and the sides' ids.
    public func tokenBytes(in article: ArticleID) -> [UInt8] {
        var bytes = Array("galley/1/conflict".utf8)
        bytes += article.bytes
        bytes.append(field.rawValue)
        bytes += key.change.bytes
        let number = UInt32(bitPattern: key.number)
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
        for side in sides { bytes += side.bytes }
        return bytes
    }
}

/// Edits of concurrent changes that touch and say the same, or of which only one says something.
public struct AgreedEdit: Hashable, Sendable {
    /// What it is known by.
    public let key: ConflictKey
    /// Where it stands in the shown text.
    public let range: Range<Int>
    /// What is shown there.
    public let text: ScalarText
    /// The latest changes in it, sorted.
    public let sides: [ChangeID]
}

/// What concurrent edits were merged to without anybody having seen it: to be looked at.
public struct ReviewItem: Hashable, Sendable {
    /// The blocks in question, in the shown text.
    public let range: Range<Int>
    /// Their words.
    public let text: ScalarText
    /// The latest changes in them, sorted.
    public let changes: [ChangeID]
}

/// The characters that one hunk of a change alters.
public struct ChangedCharacters: Hashable, Sendable {
    /// Those that were in the text.
    public let deleted: [CharacterID]
    /// Those that the change inserted.
    public let inserted: [CharacterID]
    /// Those that it brought back.
    public let revived: [CharacterID]
}
