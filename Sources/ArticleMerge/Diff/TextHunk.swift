public import ArticleModel

/// A stretch of a text that gives way to another.
public struct TextHunk: Hashable, Sendable {
    /// Where it begins in the old text, in scalars.
    public let position: Int
    /// How many scalars of the old text go.
    public let deletedCount: Int
    /// What comes in their place.
    public let inserted: ScalarText

    /// Puts `inserted` in place of `deletedCount` scalars from `position` on.
    public init(position: Int, deletedCount: Int, inserted: ScalarText) {
        self.position = position
        self.deletedCount = deletedCount
        self.inserted = inserted
    }
}

/// What differs between two texts.
public enum TextDiff {
    /// The hunks that make `to` of `from`, from left to right, apart from each other.
    ///
    /// Whole words, spaces and punctuation marks are compared first. Where a replaced stretch
    /// mostly stays the same letter by letter, only the letters that differ are replaced. What
    /// people see as one character (a letter with its accents, a flag, a joined emoji) is never
    /// split. Texts that differ in too much to compare give a few coarse hunks.
    public static func hunks(from: ScalarText, to: ScalarText) -> [TextHunk] {
        var comparison = TextComparison(from: from.utf8, to: to.utf8)
        return comparison.hunks()
    }

    /// The operations that do `hunks`, in an order that keeps anchors where they belong.
    ///
    /// What replaces characters goes right after the first of them, so that it lies inside of a
    /// mark that begins or ends there; then they are deleted.
    public static func operations(for hunks: [TextHunk], in field: TextField) -> [Operation] {
        var operations: [Operation] = []
        var shift = 0
        for hunk in hunks {
            let position = hunk.position + shift
            let insertedCount = hunk.inserted.scalarCount
            switch (hunk.deletedCount > 0, insertedCount > 0) {
            case (true, true):
                operations.append(.insert(field, position: position + 1, text: hunk.inserted))
                operations.append(.delete(field, position: position, count: 1))
                if hunk.deletedCount > 1 {
                    let rest = position + insertedCount
                    operations.append(
                        .delete(field, position: rest, count: hunk.deletedCount - 1)
                    )
                }
            case (true, false):
                operations.append(
                    .delete(field, position: position, count: hunk.deletedCount)
                )
            case (false, true):
                operations.append(.insert(field, position: position, text: hunk.inserted))
            case (false, false): break
            }
            shift += insertedCount - hunk.deletedCount
        }
        return operations
    }
}
