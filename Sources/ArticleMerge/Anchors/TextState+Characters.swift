public import ArticleModel

extension TextState {
    /// Whether the character was ever in the text.
    public func contains(_ character: CharacterID) -> Bool { place(of: character) != nil }

    /// The character that stands at `position`, or nil past the end.
    public func characterID(at position: Int) -> CharacterID? {
        guard position >= 0 else { return nil }
        var left = position
        for run in runs where run.isVisible {
            if left < Int(run.count) {
                return CharacterID(change: run.change, offset: run.offset + UInt32(left))
            }
            left -= Int(run.count)
        }
        return nil
    }

    /// The names of the characters in `range`, in order; nil where it reaches past the end.
    public func characterRanges(in range: Range<Int>) -> [CharacterRange]? {
        guard range.lowerBound >= 0, range.upperBound <= scalarCount else { return nil }
        var result: [CharacterRange] = []
        var position = 0
        for run in runs where run.isVisible {
            let end = position + Int(run.count)
            let first = max(position, range.lowerBound)
            let last = min(end, range.upperBound)
            if first < last {
                result.append(
                    CharacterRange(
                        change: run.change,
                        offset: run.offset + UInt32(first - position),
                        count: UInt32(last - first)
                    )
                )
            }
            position = end
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
        var position = 0
        for run in runs {
            if run.change == character.change, character.offset >= run.offset,
                character.offset - run.offset < run.count
            {
                let inside = run.isVisible ? Int(character.offset - run.offset) : 0
                return (position + inside, run.isVisible)
            }
            if run.isVisible { position += Int(run.count) }
        }
        return nil
    }
}
