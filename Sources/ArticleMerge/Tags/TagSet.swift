public import ArticleModel

/// A set of tags in which an addition wins over a removal made at the same time.
public struct TagSet: Hashable, Sendable {
    /// A tag and the changes that put it.
    public struct Entry: Hashable, Sendable {
        /// The tag.
        public let tag: ScalarText
        /// The additions that no removal knew, sorted, at least one.
        public internal(set) var additions: [ChangeID]

        /// Says that `additions` put `tag`.
        public init(tag: ScalarText, additions: [ChangeID]) {
            self.tag = tag
            self.additions = additions.sorted()
        }
    }

    /// The tags, sorted and distinct.
    public private(set) var entries: [Entry]

    /// A set of tags, sorted here; entries without an addition are left out.
    public init(entries: [Entry] = []) {
        self.entries = entries.filter { !$0.additions.isEmpty }.sorted { $0.tag < $1.tag }
    }

    /// The tags themselves, sorted.
    public var tags: [ScalarText] { entries.map(\.tag) }

    mutating func add(_ tag: ScalarText, by change: ChangeID, isAncestor: (ChangeID) -> Bool) {
        let place = entries.sortedIndex(notBefore: { $0.tag < tag })
        guard place < entries.endIndex, entries[place].tag == tag else {
            entries.insert(Entry(tag: tag, additions: [change]), at: place)
            return
        }
        // A removal that knows this addition knows those it goes on from: they need no keeping.
        entries[place].additions.removeAll { $0 == change || isAncestor($0) }
        entries[place].additions.append(change)
        entries[place].additions.sort()
    }

    mutating func remove(_ tag: ScalarText, by change: ChangeID, isAncestor: (ChangeID) -> Bool) {
        let place = entries.sortedIndex(notBefore: { $0.tag < tag })
        guard place < entries.endIndex, entries[place].tag == tag else { return }
        entries[place].additions.removeAll { $0 == change || isAncestor($0) }
        if entries[place].additions.isEmpty { entries.remove(at: place) }
    }
}
