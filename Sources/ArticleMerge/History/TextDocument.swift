/// A text together with its history, merged as edits come.
///
/// What follows all that is known alters the text alone. Concurrent edits are walked (see
/// ``TextTracker``) from the last version that all of them know; the walk is kept warm, so that the
/// next such edit costs what lies between it and the last one.
public struct TextDocument: ~Copyable {
    /// The edits, but those that are folded.
    var history: TextHistory
    /// What was saved and not needed since.
    ///
    /// While there is some, each node of `history` follows all before it.
    var folded: FoldedHistory?
    /// The number by which the first node of `history` goes outside.
    var firstNumber = 0
    var text: TextRope
    /// The nodes that no other goes on from, ascending.
    var heads: [Int] = []
    /// By number of node: the length of the text at that version.
    var lengths: [UInt32] = []
    /// The nodes, ascending, that each other is an ancestor or a descendant of.
    var criticals: [UInt32] = []
    var tracker = TextTracker()
    var walk: Walk?
    /// The versions that the walk stands at.
    var slots = WalkSlots()
    /// How many versions the walk may stand at, to go on from whichever is nearest.
    package var slotLimit = SpanTree.slotLimit
    /// Whether edits made here go to the last node.
    var isOpen = false
    var difference = VersionDifference()
    var otherDifference = VersionDifference()

    /// Where the tracker stands.
    struct Walk {
        /// The critical node it began at; -1 for the beginning of the history.
        var base: Int
        /// The first node that it does not know.
        var next: Int
    }

    /// An empty text without history.
    public init() {
        history = TextHistory()
        text = TextRope()
    }

    /// The text, as UTF-8.
    public var utf8: [UInt8] { text.utf8 }
    /// The number of scalars.
    public var scalarCount: Int { text.scalarCount }

    /// The bytes that the text, the history and the warm walk take.
    public var byteCount: Int {
        text.byteCount + history.byteCount + tracker.byteCount + slots.byteCount
            + difference.byteCount + otherDifference.byteCount + (folded?.bytes.count ?? 0)
            + (lengths.capacity + criticals.capacity) * 4
    }

    /// Whether all that must always be so of the warm walk is so; for tests.
    package var holdsInvariants: Bool { tracker.tree.holdsInvariants }

    /// Forgets the warm walk; the next concurrent edit builds another.
    public mutating func cool() {
        tracker.restart(baseCount: 0, firstChange: 0)
        walk = nil
    }
}
