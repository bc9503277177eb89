/// A place in a text that stays with a character through all edits.
public struct TextAnchor: Hashable, Sendable {
    /// The side of its character on which an anchor stands.
    public enum Side: UInt8, Hashable, Sendable {
        /// Left of the character.
        case before = 0
        /// Right of the character.
        case after = 1
    }

    /// The character the anchor stands at; it may be deleted by now.
    public let character: CharacterID
    /// The side of it.
    public let side: Side

    /// Anchors at `side` of `character`.
    public init(character: CharacterID, side: Side) {
        self.character = character
        self.side = side
    }
}
