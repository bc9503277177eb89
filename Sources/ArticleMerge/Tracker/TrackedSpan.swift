/// Characters inserted in one run that stand together and share one fate, while texts are merged.
///
/// Characters go by number: those of the history walked from 0 on, in order of the changes that
/// inserted them; those of the text the walk began with from ``firstOfBase`` on.
struct TrackedSpan: BitwiseCopyable {
    /// No character: the start of the text as a left origin, its end as a right parent.
    static let none: UInt32 = .max
    /// The number of the first character of the text that a walk began with.
    static let firstOfBase: UInt32 = 0x8000_0000

    /// The number of the first character.
    var first: UInt32
    /// How many, at least 1.
    var count: UInt32
    /// The character that stood left of the first when it was inserted.
    var leftOrigin: UInt32
    /// The character that bounds the insertion on its right.
    var rightParent: UInt32
    /// The change that inserted it.
    var change: UInt32
    /// The last of what befell it: an index of ``Fate``, or `none`.
    var fate: UInt32
    /// Whether it is inserted at the version walked, and how often it is deleted there.
    private var state: UInt32

    private static let insertedBit: UInt32 = 1
    private static let revivedBit: UInt32 = 2
    private static let endBit: UInt32 = 4
    private static let deletion: UInt32 = 8

    /// A span that is in the text, both at the version walked and at the end.
    init(first: UInt32, count: UInt32, leftOrigin: UInt32, rightParent: UInt32, change: UInt32) {
        self.first = first
        self.count = count
        self.leftOrigin = leftOrigin
        self.rightParent = rightParent
        self.change = change
        fate = Self.none
        state = Self.insertedBit | Self.endBit
    }

    /// The number of the last character.
    var last: UInt32 { first + (count - 1) }

    /// Whether the change that inserted it is applied.
    var isInserted: Bool {
        get { state & Self.insertedBit != 0 }
        set { state = newValue ? state | Self.insertedBit : state & ~Self.insertedBit }
    }

    /// Whether it was ever revived: then counting deletions does not tell whether it is visible.
    var wasRevived: Bool { state & Self.revivedBit != 0 }

    /// Whether it is in the text at the version walked.
    var isVisible: Bool { state | Self.revivedBit | Self.endBit == 7 }

    /// Whether it is in the text after all changes that were ever walked.
    var isVisibleAtEnd: Bool {
        get { state & Self.endBit != 0 }
        set { state = newValue ? state | Self.endBit : state & ~Self.endBit }
    }

    /// The characters it adds to the text at the version walked.
    var visibleCount: UInt32 { isVisible ? count : 0 }

    /// The characters it adds to the text at the end.
    var endCount: UInt32 { isVisibleAtEnd ? count : 0 }

    /// One more, or one less, of the deletions that count at the version walked.
    mutating func countDeletion(_ isAdded: Bool) {
        state = isAdded ? state + Self.deletion : state - Self.deletion
    }

    /// From now on, `setDeleted` says whether it is deleted.
    mutating func beginRevival() { state |= Self.revivedBit }

    mutating func setDeleted(_ isDeleted: Bool) {
        state = state & (Self.deletion - 1) | (isDeleted ? Self.deletion : 0)
    }

    /// Whether one span of `count + other.count` characters says the same.
    func isContinued(by other: Self) -> Bool {
        first + count == other.first && other.leftOrigin == last && change == other.change
            && fate == other.fate && state == other.state
    }

    /// Cuts the span after `length` characters and gives the rest.
    mutating func cut(after length: UInt32) -> Self {
        var rest = self
        rest.first += length
        rest.count -= length
        rest.leftOrigin = rest.first - 1
        count = length
        return rest
    }
}

/// What befell characters: a deletion or a revival.
struct Fate: BitwiseCopyable {
    /// The number of the first character.
    var first: UInt32
    /// How many.
    var count: UInt32
    /// What befell them before, or `TrackedSpan.none`.
    var previous: UInt32
    /// The change that did it.
    var change: UInt32
    /// The deletions that a revival cancels: where they begin among all that are cancelled.
    var cancelled: UInt32
    /// How many they are; 0 for a deletion.
    var cancelledCount: UInt32
    var isRevival: Bool
}
