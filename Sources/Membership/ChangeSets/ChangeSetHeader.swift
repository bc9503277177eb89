public import ArticleModel

/// What a change set says of itself; the signature is over this.
///
/// The body travels beside it and is named by its hash.
public struct ChangeSetHeader: Hashable, Sendable {
    /// The version that is written, and the only one that is read.
    public static let currentVersion: UInt64 = 0

    /// What an entry of a chain is for.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// Changes articles, or only takes in dependencies.
        case content = 0
        /// Begins a chain.
        case chainOpen = 1
        /// Sums up what was before it; made by no version so far.
        case checkpoint = 2
        /// Signs somebody's void changes anew; made by no version so far.
        case adopt = 3
    }

    /// The header's version.
    public let version: UInt64
    /// What it is for.
    public let kind: Kind
    /// The library it belongs to.
    public let library: LibraryID
    /// The chain it is an entry of.
    public let chain: ChainID
    /// Its place in the chain, dense from 0.
    public let sequence: UInt64
    /// The entry before it; none at sequence 0.
    public let previous: ChangeSetID?
    /// 1 + the highest of `previous` and `dependencies`.
    public let lamport: UInt64
    /// When it was made, by the clock of its device; decides nothing.
    public let timeMilliseconds: Int64
    /// The membership record by which its author's role is judged.
    public let membership: MembershipReference
    /// Entries of other chains that it follows, sorted and distinct.
    public let dependencies: [ChangeSetID]
    /// The body, where it has one.
    public let body: BodyReference?
    /// The articles the body's changes touch, in the order of the changes: sorted and distinct.
    public let touched: [TouchedArticle]
    /// What opens the chain, at sequence 0.
    public let opening: ChainOpening?

    /// Makes a header; what holds for any is checked when it is signed.
    public init(
        version: UInt64 = currentVersion,
        kind: Kind,
        library: LibraryID,
        chain: ChainID,
        sequence: UInt64,
        previous: ChangeSetID?,
        lamport: UInt64,
        timeMilliseconds: Int64,
        membership: MembershipReference,
        dependencies: [ChangeSetID] = [],
        body: BodyReference? = nil,
        touched: [TouchedArticle] = [],
        opening: ChainOpening? = nil
    ) {
        self.version = version
        self.kind = kind
        self.library = library
        self.chain = chain
        self.sequence = sequence
        self.previous = previous
        self.lamport = lamport
        self.timeMilliseconds = timeMilliseconds
        self.membership = membership
        self.dependencies = dependencies
        self.body = body
        self.touched = touched
        self.opening = opening
    }

    /// The header that opens the chain of `opening`.
    public init(
        opening: ChainOpening,
        library: LibraryID,
        lamport: UInt64,
        timeMilliseconds: Int64,
        membership: MembershipReference,
        dependencies: [ChangeSetID] = []
    ) {
        self.init(
            kind: .chainOpen,
            library: library,
            chain: opening.chain,
            sequence: 0,
            previous: nil,
            lamport: lamport,
            timeMilliseconds: timeMilliseconds,
            membership: membership,
            dependencies: dependencies,
            opening: opening
        )
    }
}

/// A membership record as an entry names it.
public struct MembershipReference: Hashable, Sendable {
    /// The record's place in the log.
    public let sequence: UInt64
    /// The first 16 bytes of the record's id.
    public let prefix: MemberRecordPrefix

    /// Names the record at `sequence`.
    public init(sequence: UInt64, prefix: MemberRecordPrefix) {
        self.sequence = sequence
        self.prefix = prefix
    }

    /// Names the record `id` at `sequence`.
    public init(sequence: UInt64, id: MemberRecordID) {
        self.init(sequence: sequence, prefix: id.prefix16(as: MemberRecordPrefix.self))
    }
}

/// A body as a header names it.
public struct BodyReference: Hashable, Sendable {
    /// The version of the codec that wrote it.
    public let codecVersion: UInt64
    /// Its bytes, before transport compression.
    public let size: Int
    /// Its SHA-256.
    public let hash: BodyHash

    /// Names a body.
    public init(codecVersion: UInt64, size: Int, hash: BodyHash) {
        self.codecVersion = codecVersion
        self.size = size
        self.hash = hash
    }

    /// Names the body that `bytes` are.
    public init(codecVersion: UInt64, bytes: [UInt8]) {
        self.init(
            codecVersion: codecVersion,
            size: bytes.count,
            hash: ChangeIdentity.body(bytes)
        )
    }
}

/// An article that a change set touches, and what its author must be permitted.
public struct TouchedArticle: Hashable, Sendable {
    /// The article.
    public let article: ArticleID
    /// The class of what is done to it.
    public let permission: PermissionClass

    /// Says that `article` is touched.
    public init(article: ArticleID, permission: PermissionClass) {
        self.article = article
        self.permission = permission
    }
}

/// What the first entry of a chain tells of it.
public struct ChainOpening: Hashable, Sendable {
    /// The device whose chain it is.
    public let device: DeviceKey
    /// What tells the chain apart from others of the device.
    public let incarnation: Incarnation
    /// The device's chain before it, with the last entry the device knew of; none where it is the
    /// first, or all of it was lost.
    public let previous: ChainPosition?

    /// Opens the chain of `device` and `incarnation`.
    public init(device: DeviceKey, incarnation: Incarnation, previous: ChainPosition? = nil) {
        self.device = device
        self.incarnation = incarnation
        self.previous = previous
    }

    /// The chain's id.
    public var chain: ChainID { ChainIdentity.id(device: device, incarnation: incarnation) }
}

/// An entry with its place.
public struct ChainPosition: Hashable, Sendable {
    /// The chain.
    public let chain: ChainID
    /// The place in the chain.
    public let sequence: UInt64
    /// The entry's id.
    public let id: ChangeSetID

    /// Names the entry `id` at `sequence` of `chain`.
    public init(chain: ChainID, sequence: UInt64, id: ChangeSetID) {
        self.chain = chain
        self.sequence = sequence
        self.id = id
    }
}
