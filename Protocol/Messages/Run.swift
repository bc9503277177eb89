public import ArticleModel
public import Membership

/// A change set on its way: the signed header with the body that belongs to it.
public struct Entry: Hashable, Sendable {
    /// The signed header, not verified.
    public let changeSet: SignedChangeSet
    /// The body, whose size and hash are those of the header; nil where the header has none, or
    /// where the sender does not hold it.
    public let body: [UInt8]?

    /// An entry to send; that the body is the header's is the caller's to know.
    public init(changeSet: SignedChangeSet, body: [UInt8]?) {
        self.changeSet = changeSet
        self.body = body
    }

    /// What identifies it.
    public var id: ChangeSetID { changeSet.id }
    /// What it says of itself.
    public var header: ChangeSetHeader { changeSet.header }
}

/// An entry in a run: in full, or by its name alone.
public enum RunItem: Hashable, Sendable {
    /// The entry.
    case entry(Entry)
    /// The name of an entry that the receiver holds.
    case held(ChangeSetID)

    /// What identifies the entry.
    public var id: ChangeSetID {
        switch self {
        case .entry(let entry): entry.id
        case .held(let id): id
        }
    }
}

/// RUN: consecutive entries of the hub's log, or entries that have no place in it yet.
public struct Run: Hashable, Sendable {
    /// The hub position of the first; nil from a client.
    public let firstPosition: UInt64?
    /// The mark after the last; nil from a client.
    public let end: Mark?
    /// The entries; from a client none is by name alone.
    public let items: [RunItem]

    /// A run to send.
    public init(firstPosition: UInt64?, end: Mark?, items: [RunItem]) {
        self.firstPosition = firstPosition
        self.end = end
        self.items = items
    }
}

/// Where the bytes of an entry's body are.
enum BodyPlace: UInt64 {
    /// Nowhere: the sender does not hold it.
    case absent = 0
    /// In the run.
    case inline = 1
    /// In BLOB messages before the run.
    case blob = 2

    static func of(_ entry: Entry) -> BodyPlace {
        guard let body = entry.body else { return .absent }
        return body.count > ProtocolLimits.inlineBodySizeMax ? .blob : .inline
    }
}
