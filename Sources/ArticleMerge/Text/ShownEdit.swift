public import ArticleModel

/// A replacement in a text as people see it, which follows from a change.
///
/// Those of one change are to be done one after the other.
public struct ShownEdit: Hashable, Sendable {
    /// The text.
    public let field: TextField
    /// The scalars left of it.
    public let position: Int
    /// How many scalars go.
    public internal(set) var deletedCount: Int
    /// What comes in their place.
    public let inserted: ScalarText

    /// Replaces `deletedCount` scalars from `position` on by `inserted`.
    public init(field: TextField, position: Int, deletedCount: Int, inserted: ScalarText) {
        self.field = field
        self.position = position
        self.deletedCount = deletedCount
        self.inserted = inserted
    }

    /// What makes one text of another: what is between their common beginning and end.
    init?(_ field: TextField, from old: [UInt8], to new: [UInt8]) {
        guard old != new else { return nil }
        let shorter = min(old.count, new.count)
        var start = 0
        while start < shorter, old[start] == new[start] { start += 1 }
        func isInside(_ bytes: [UInt8], _ index: Int) -> Bool {
            index < bytes.count && bytes[index] & 0xC0 == 0x80
        }
        while isInside(old, start) || isInside(new, start) { start -= 1 }
        var end = 0
        while end < shorter - start, old[old.count - 1 - end] == new[new.count - 1 - end] {
            end += 1
        }
        while isInside(old, old.count - end) || isInside(new, new.count - end) { end -= 1 }
        self.init(
            field: field,
            position: ScalarText(wellFormed: Array(old[..<start])).scalarCount,
            deletedCount: ScalarText(wellFormed: Array(old[start..<old.count - end])).scalarCount,
            inserted: ScalarText(wellFormed: Array(new[start..<new.count - end]))
        )
    }
}

/// The edits that one change makes.
struct ShownEdits {
    private(set) var edits: [ShownEdit] = []

    mutating func insert(_ field: TextField, _ text: ScalarText, at position: Int) {
        edits.append(
            ShownEdit(field: field, position: position, deletedCount: 0, inserted: text)
        )
    }

    mutating func delete(_ field: TextField, at position: Int, count: Int) {
        if let last = edits.last, last.field == field, last.position == position,
            last.inserted.isEmpty
        {
            edits[edits.count - 1].deletedCount += count
        } else {
            edits.append(
                ShownEdit(field: field, position: position, deletedCount: count, inserted: "")
            )
        }
    }
}
