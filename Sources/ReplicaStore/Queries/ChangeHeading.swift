public import ArticleModel

/// What the log says of a change without its body: who, when, on which article.
public struct ChangeHeading: Hashable, Sendable {
    /// The change.
    public let change: ChangeID
    /// The article it touches.
    public let article: ArticleID
    /// The entry that carries it; of a seed the one that came first.
    public let entry: ChangeSetID
    /// The number of the entry in order of arrival; local to this replica.
    public let row: Int64
    /// Its number in the entry.
    public let part: Int
    /// Who made it.
    public let author: UserID
    /// The device that signed it.
    public let device: DeviceKey
    /// The author's clock, in milliseconds since 1970; decides nothing.
    public let timeMilliseconds: Int64
    /// The place of its entry in its chain.
    public let sequence: UInt64
    /// The logical time of its entry.
    public let lamport: UInt64
    /// The entry's position in the hub's log; nil where it has none yet.
    public let position: UInt64?
    /// Whether it cannot be read here: damaged, or written by a newer galley.
    public let isUnreadable: Bool
    /// Whether its own signature was checked here, and not only that of a later entry that holds
    /// its hash.
    public let isSignatureChecked: Bool
    /// The author's clock, or that of the latest change it depends on where that is ahead: no
    /// change is listed before what it goes on from.
    public private(set) var orderMilliseconds: Int64

    /// Whether the article begins with it.
    public var isSeed: Bool { change.prefix16(as: ArticleID.self) == article }

    /// Lists the change no earlier than one it goes on from, which is listed at `milliseconds`.
    public mutating func raise(_ milliseconds: Int64) {
        orderMilliseconds = max(orderMilliseconds, milliseconds)
    }

    init(
        change: ChangeID,
        article: ArticleID,
        entry: ChangeSetID,
        row: Int64,
        part: Int,
        author: UserID,
        device: DeviceKey,
        timeMilliseconds: Int64,
        sequence: UInt64,
        lamport: UInt64,
        position: UInt64?,
        isUnreadable: Bool,
        isSignatureChecked: Bool,
        orderMilliseconds: Int64
    ) {
        self.change = change
        self.article = article
        self.entry = entry
        self.row = row
        self.part = part
        self.author = author
        self.device = device
        self.timeMilliseconds = timeMilliseconds
        self.sequence = sequence
        self.lamport = lamport
        self.position = position
        self.isUnreadable = isUnreadable
        self.isSignatureChecked = isSignatureChecked
        self.orderMilliseconds = orderMilliseconds
    }
}

/// Which changes to list.
public struct ChangeFilter: Sendable {
    /// Only changes of these users.
    public var authors: Set<UserID>?
    /// Only changes of these devices.
    public var devices: Set<DeviceKey>?
    /// Only changes made at this time, in milliseconds since 1970, or later.
    public var since: Int64?

    /// Lists all.
    public init() {}

    /// Whether a change is to be listed.
    public func admits(_ heading: ChangeHeading) -> Bool {
        (authors?.contains(heading.author) ?? true)
            && (devices?.contains(heading.device) ?? true)
            && heading.timeMilliseconds >= since ?? .min
    }
}
