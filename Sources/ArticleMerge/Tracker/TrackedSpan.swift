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
    /// What does not alter from version to version.
    var lasting: Lasting
    /// Whether it is in the text at the version walked.
    var state: State

    /// What does not alter from version to version.
    struct Lasting: BitwiseCopyable {
        /// The character that stood left of the first when it was inserted.
        var leftOrigin: UInt32
        /// The character that bounds the insertion on its right.
        var rightParent: UInt32
        /// The change that inserted it.
        var change: UInt32
        /// The last of what befell it: an index of ``Fate``, or `none`.
        var fate: UInt32
        /// Whether it is in the text after all changes that were ever walked.
        var isVisibleAtEnd = true
        /// Whether counting deletions does not tell whether it is visible: it was revived, or
        /// deleted more often than can be counted.
        var isJudgedByFates = false
    }

    /// Whether a span is in the text of one version: whether it is inserted there, and how often it
    /// is deleted.
    struct State: BitwiseCopyable, Equatable {
        private var bits: UInt8

        static let absent = State(bits: 0)
        static let visible = State(bits: 0x80)

        @inline(__always) var isVisible: Bool { bits == 0x80 }
        @inline(__always) var isInserted: Bool { bits & 0x80 != 0 }

        /// Inserts it, or takes that back.
        @inline(__always)
        mutating func setInserted(_ isInserted: Bool) {
            bits = bits & 0x7F | (isInserted ? 0x80 : 0)
        }

        /// One more, or one less, of its deletions; false where that cannot be counted.
        @inline(__always)
        mutating func countDeletion(_ isAdded: Bool) -> Bool {
            guard bits & 0x7F != (isAdded ? 0x7F : 0) else { return false }
            bits = isAdded ? bits + 1 : bits - 1
            return true
        }

        mutating func setDeleted(_ isDeleted: Bool) { bits = bits & 0x80 | (isDeleted ? 1 : 0) }
    }

    /// A span that is in the text, both at the version walked and at the end.
    init(first: UInt32, count: UInt32, leftOrigin: UInt32, rightParent: UInt32, change: UInt32) {
        self.first = first
        self.count = count
        lasting = Lasting(
            leftOrigin: leftOrigin,
            rightParent: rightParent,
            change: change,
            fate: Self.none
        )
        state = .visible
    }

    init(first: UInt32, count: UInt32, lasting: Lasting, state: State) {
        self.first = first
        self.count = count
        self.lasting = lasting
        self.state = state
    }

    /// The number of the last character.
    var last: UInt32 { first + (count - 1) }

    /// Whether the change that inserted it is applied.
    var isInserted: Bool { state.isInserted }

    /// Whether it is in the text at the version walked.
    var isVisible: Bool { state.isVisible }

    /// The characters it adds to the text at the version walked.
    var visibleCount: UInt32 { isVisible ? count : 0 }

    /// The characters it adds to the text at the end.
    var endCount: UInt32 { lasting.isVisibleAtEnd ? count : 0 }
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
    /// The leaf the first character was in last.
    var leaf: UInt32
    var isRevival: Bool
}
