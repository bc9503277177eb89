/// A character while texts are merged: the number of the change that inserted it, and its offset.
struct Item: Equatable {
    let change: Int32
    let offset: UInt32

    /// Stands for the start of the text as a left origin, for its end as a right parent.
    static let none = Item(change: -1, offset: 0)
}

/// Characters inserted in one run that stand together and share one fate.
struct ItemSpan {
    /// The change that inserted them.
    let change: Int32
    /// The offset of the first.
    let offset: UInt32
    /// How many, at least 1.
    var count: UInt32
    /// The character that stood left of the first when it was inserted; each of the others has the
    /// one before it.
    let leftOrigin: Item
    /// The character that bounds the insertion on its right (see ``MergedText``).
    let rightParent: Item
    /// What was deleted and revived here: an index of ``DeletionHistories``.
    var history: Int32

    /// The characters from the `start`-th on.
    func suffix(from start: UInt32) -> ItemSpan {
        ItemSpan(
            change: change,
            offset: offset + start,
            count: count - start,
            leftOrigin: Item(change: change, offset: offset + start - 1),
            rightParent: rightParent,
            history: history
        )
    }
}
