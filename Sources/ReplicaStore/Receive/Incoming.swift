public import ArticleModel
public import Membership

/// An entry as it came from somebody else, with its body as far as that came along.
public struct IncomingEntry: Sendable {
    /// The header with its signature.
    public let signed: SignedChangeSet
    /// The body, in its codec's form; nil where the entry has none.
    public let body: [UInt8]?
    /// Whether size and hash of the body were compared with the header's, or made from the body.
    let isBodyChecked: Bool
    /// The signature found good beforehand, on another core say.
    ///
    /// Counts only if it is the one of the device whose chain it is.
    let verified: VerifiedChangeSet?

    /// An entry that came in; its body is looked at unless `isBodyChecked`.
    public init(_ signed: SignedChangeSet, body: [UInt8]?, isBodyChecked: Bool = false) {
        self.signed = signed
        self.body = body
        self.isBodyChecked = isBodyChecked
        verified = nil
    }

    /// An entry that came in, and whose signature was checked.
    public init(_ verified: VerifiedChangeSet, body: [UInt8]?, isBodyChecked: Bool = false) {
        signed = verified.signed
        self.body = body
        self.isBodyChecked = isBodyChecked
        self.verified = verified
    }
}

/// Entries that one peer sent together, in causal order.
public struct IncomingBatch: Sendable {
    /// The entries.
    public let entries: [IncomingEntry]
    /// Who sent them.
    public let peer: DeviceKey

    /// What `peer` sent.
    public init(_ entries: [IncomingEntry], from peer: DeviceKey) {
        self.entries = entries
        self.peer = peer
    }
}

/// An entry in a hub's order.
public enum PositionedItem: Sendable {
    /// The whole entry.
    case entry(IncomingEntry)
    /// An entry that is here already.
    case known(ChangeSetID)
}

/// Which signatures are checked before entries are stored.
public enum SignaturePolicy: Sendable {
    /// Each one's own: what a hub does.
    case all
    /// The last one's of each branch among the entries that came together; it proves those before.
    case lastOfEachBranch
}

/// What became of an entry that came in.
public enum EntryOutcome: Sendable {
    /// It is in the log.
    case stored
    /// It was in the log before.
    case duplicate
    /// It waits for the entries `missing`, or for membership records where there are none.
    case parked(missing: [ChangeSetID])
    /// It breaks a rule, and nothing of it was kept.
    case refused(ReplicaError)
}

/// What became of entries that came in together.
public struct ReceiveReport: Sendable {
    /// What became of each entry, in their order.
    public internal(set) var outcomes: [EntryOutcome] = []
    /// Entries that had been waiting and are in the log now.
    public internal(set) var unparked: [ChangeSetID] = []
    /// Entries that had been waiting and then broke a rule.
    public internal(set) var refusedAfterParking: [(id: ChangeSetID, error: ReplicaError)] = []
    /// Chains of which two entries of one sequence number are known since now.
    public internal(set) var forkedChains: [ChainID] = []
    /// The hub's log after it; the same as before where nothing got a position.
    public internal(set) var head: LogHead

    /// The entries stored, without those that had been waiting.
    public var storedCount: Int {
        outcomes.count { if case .stored = $0 { true } else { false } }
    }

    /// The first refusal, if any.
    public var firstRefusal: ReplicaError? {
        for case .refused(let error) in outcomes { return error }
        return nil
    }
}

/// How far a hub's log goes, or was followed: a position and the accumulator up to it.
public struct LogHead: Hashable, Sendable {
    /// The position of the last entry; 0 before the first.
    public let position: UInt64
    /// SHA-256 over the one before and the entry's id; of the library's id at position 0.
    public let accumulator: [UInt8]

    /// Names a place in a hub's log.
    public init(position: UInt64, accumulator: [UInt8]) {
        self.position = position
        self.accumulator = accumulator
    }
}
