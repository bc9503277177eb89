public import ArticleModel

// Questions to any version, given by its heads. The walk goes there first, which costs what lies
// between that version and the one asked for last; then each answer is found in O(log n), without
// the text or the runs of that version being built. Nil is given where a head is unknown or has no
// effect. Positions are those of the text that people see; where void changes are part of the
// article, that is built: O(n).
extension ArticleWalk {
    /// The heads of the article after all changes.
    public var heads: [ChangeID] { replay.headIDs }

    /// The number of scalars of a text.
    public func scalarCount(of field: TextField, at version: [ChangeID]) -> Int? {
        guard move(to: version) else { return nil }
        if replay.graph.holdsVoids { return replay.text(of: field).scalarCount }
        return replay.texts.length(of: field)
    }

    /// Where an anchor stands: the number of scalars of the text left of it; nil for a character
    /// that no change of the version inserted in this text.
    ///
    /// An anchor at a deleted character stands where that was.
    public func position(
        of anchor: TextAnchor,
        in field: TextField,
        at version: [ChangeID]
    ) -> Int? {
        guard move(to: version) else { return nil }
        if replay.graph.holdsVoids { return replay.text(of: field).resolve(anchor) }
        guard let change = replay.number(of: anchor.character.change),
            let found = replay.texts.place(anchor.character.offset, of: change, in: field)
        else { return nil }
        return found.position + (found.isVisible && anchor.side == .after ? 1 : 0)
    }

    /// The character that stands at `position`; nil past the end.
    public func characterID(
        at position: Int,
        in field: TextField,
        at version: [ChangeID]
    ) -> CharacterID? {
        guard move(to: version) else { return nil }
        if replay.graph.holdsVoids { return replay.text(of: field).characterID(at: position) }
        guard let (change, offset) = replay.texts.character(at: position, in: field)
        else { return nil }
        return CharacterID(change: replay.graph.nodes[change].id, offset: offset)
    }

    /// Who wrote what: the ranges of a text by the change that inserted them, in order.
    ///
    /// O(n) for n runs of characters, those included that were deleted.
    public func attribution(
        of field: TextField,
        at version: [ChangeID]
    ) -> [AttributionRun]? {
        text(of: field, at: version)?.attribution
    }

    private func move(to version: [ChangeID]) -> Bool {
        makeWhole()
        return replay.move(toVersion: version)
    }

    /// A text with the names of its characters; O(n).
    public func text(of field: TextField, at version: [ChangeID]) -> TextState? {
        guard move(to: version) else { return nil }
        return replay.text(of: field)
    }
}
