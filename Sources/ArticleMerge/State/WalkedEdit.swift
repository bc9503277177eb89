internal import ArticleModel

/// What a change does to a text after all changes, as a walk found it.
///
/// Those of one change are to be done one after the other; positions are those of the raw text.
enum WalkedEdit {
    /// Characters come, right after the character `left` or at the start.
    case insert(TextField, ItemRun, ScalarText, left: CharacterID?, position: Int)
    /// Characters go.
    case delete(TextField, position: Int, count: Int)
    /// Characters come back.
    case show(TextField, CharacterRange, ScalarText, position: Int)
}

extension ArticleState {
    /// Does to a text what a walk found; false where it does not fit, which leaves it half done.
    mutating func apply(_ edit: WalkedEdit, _ edits: inout ShownEdits) -> Bool {
        switch edit {
        case .insert(let field, let run, let text, let left, let position):
            guard self[field].insert(run, text.utf8, after: left, atRaw: position) else {
                return false
            }
            edits.insert(field, text, at: position)
            return true
        case .delete(let field, let position, let count):
            do {
                try self[field].delete(at: position, count: count, field, &edits)
                return true
            } catch {
                return false
            }
        case .show(let field, let range, let text, let position):
            guard self[field].show(range, text.utf8, atRaw: position) else { return false }
            edits.insert(field, text, at: position)
            return true
        }
    }
}

extension SpanTree {
    /// The span left of the one at `place`; nil at the start.
    func predecessor(of place: Place) -> Place? {
        if place.index > 0 { return Place(leaf: place.leaf, index: place.index - 1) }
        var rank = Int(leaves[place.leaf].rank)
        var node = Int(leaves[place.leaf].parent)
        while node >= 0 {
            if rank > 0 {
                var down = Int(children[node * Self.fanOut + rank - 1])
                var isLeaf = inners[node].hasLeaves
                while !isLeaf {
                    isLeaf = inners[down].hasLeaves
                    down = Int(children[down * Self.fanOut + Int(inners[down].count) - 1])
                }
                return Place(leaf: down, index: Int(leaves[down].count) - 1)
            }
            rank = Int(inners[node].rank)
            node = Int(inners[node].parent)
        }
        return nil
    }

    /// The characters before a place that are visible at the end.
    func endCount(before place: Place) -> Int {
        var sum = 0
        for rank in 0..<place.index {
            sum += Int(self[Place(leaf: place.leaf, index: rank)].endCount)
        }
        var rank = Int(leaves[place.leaf].rank)
        var node = Int(leaves[place.leaf].parent)
        while node >= 0 {
            for other in 0..<rank { sum += Int(ends[node * Self.fanOut + other]) }
            rank = Int(inners[node].rank)
            node = Int(inners[node].parent)
        }
        return sum
    }
}

extension TextTracker {
    /// The character that stands left of one, with the change that inserted it, but for those taken
    /// out for ever; nil at the start.
    func character(leftOf character: UInt32) -> (change: UInt32, character: UInt32)? {
        guard let (found, offset) = tree.locate(character) else { return nil }
        if offset > 0 { return (tree[found].lasting.change, character - 1) }
        var place = found
        while let previous = tree.predecessor(of: place) {
            if !isVoid(tree[previous].lasting.change) {
                return (tree[previous].lasting.change, tree[previous].last)
            }
            place = previous
        }
        return nil
    }

    /// A span that holds `character`: how many characters stand left of that at the end, how many
    /// of the span come from it on, and whether they are visible at the end.
    func end(at character: UInt32) -> (position: Int, count: UInt32, isVisible: Bool)? {
        guard let (place, offset) = tree.locate(character) else { return nil }
        let span = tree[place]
        let inside = span.lasting.isVisibleAtEnd ? Int(offset) : 0
        let before = tree.endCount(before: place)
        return (before + inside, span.count - offset, span.lasting.isVisibleAtEnd)
    }

    /// The edit kept last, which is kept no longer.
    mutating func takeLastEdit() -> TextEdit? {
        guard edits.count > 0 else { return nil }
        defer { edits.removeLast(1) }
        return edits[edits.count - 1]
    }

    /// The edits kept, which are kept no longer.
    mutating func takeEdits() -> [TextEdit] {
        defer { edits.removeAll() }
        return (0..<edits.count).map { edits[$0] }
    }
}
