public import ArticleModel

extension TextState {
    /// Whether the character was ever in the text.
    public func contains(_ character: CharacterID) -> Bool { place(of: character) != nil }

    /// The character that stands at `position`, or nil past the end; O(log n).
    public func characterID(at position: Int) -> CharacterID? {
        guard let found = tree.run(at: position, .shown) else { return nil }
        return CharacterID(
            change: found.run.change,
            offset: found.run.offset + UInt32(position - found.shown)
        )
    }

    /// The names of the characters in `range`, in order; nil where it reaches past the end.
    public func characterRanges(in range: Range<Int>) -> [CharacterRange]? {
        guard range.lowerBound >= 0, range.upperBound <= scalarCount else { return nil }
        var result: [CharacterRange] = []
        forEachRun(in: range) { found, part in
            let offset = found.run.offset + UInt32(part.lowerBound)
            if let last = result.last, last.change == found.run.change,
                last.offset + last.count == offset
            {
                result[result.count - 1] = CharacterRange(
                    change: last.change,
                    offset: last.offset,
                    count: last.count + UInt32(part.count)
                )
            } else {
                result.append(
                    CharacterRange(
                        change: found.run.change,
                        offset: offset,
                        count: UInt32(part.count)
                    )
                )
            }
        }
        return result
    }

    /// Where an anchor stands: the number of scalars of the text left of it; nil for a character
    /// that was never in this text.
    ///
    /// An anchor at a deleted character stands where that was.
    public func resolve(_ anchor: TextAnchor) -> Int? {
        guard let (position, isVisible) = place(of: anchor.character) else { return nil }
        return position + (isVisible && anchor.side == .after ? 1 : 0)
    }

    /// What is in the text between two anchors; nil where nothing is.
    public func resolve(from start: TextAnchor, to end: TextAnchor) -> Range<Int>? {
        guard let first = resolve(start), let last = resolve(end), first < last else { return nil }
        return first..<last
    }

    /// Anchors around a range of the text; nil for an empty range or one past the end.
    ///
    /// They stand before its first character and after its last, so that what is typed at its
    /// edges stays outside.
    public func anchors(around range: Range<Int>) -> (start: TextAnchor, end: TextAnchor)? {
        guard !range.isEmpty, let first = characterID(at: range.lowerBound),
            let last = characterID(at: range.upperBound - 1)
        else { return nil }
        return (
            TextAnchor(character: first, side: .before), TextAnchor(character: last, side: .after)
        )
    }

    /// The number of scalars of the text left of a character, and whether it is in the text itself.
    private func place(of character: CharacterID) -> (position: Int, isVisible: Bool)? {
        guard let found = tree.run(of: character) else { return nil }
        let inside = found.run.isVisible ? Int(character.offset - found.run.offset) : 0
        return (found.shown + inside, found.run.isVisible)
    }
}
