public import ArticleModel
public import Signing

/// What a user did to one article, to be signed.
public struct LocalChange: Sendable {
    /// What was done.
    public enum Content: Sendable {
        /// An article was begun.
        case seed(Seed)
        /// An article was changed, as seen at the version `parents`; nil for the newest.
        case edit(ArticleID, parents: [ChangeID]?, [Operation])
    }

    /// What was done.
    public let content: Content
    /// What people see of texts right after the change; a change that does not leave exactly that
    /// is refused.
    public let texts: [TextField: ScalarText]

    /// Begins an article.
    public static func seed(_ seed: Seed) -> LocalChange {
        LocalChange(content: .seed(seed), texts: [:])
    }

    /// Changes `article`, as seen at the version `parents`; nil for the newest.
    public static func edit(
        _ article: ArticleID,
        parents: [ChangeID]? = nil,
        _ operations: [Operation],
        showing texts: [TextField: ScalarText] = [:]
    ) -> LocalChange {
        LocalChange(content: .edit(article, parents: parents, operations), texts: texts)
    }
}

/// Who signs, and what only the outside knows.
public struct Signer {
    /// The device's key.
    public let key: PrivateKey
    /// The machine the replica is on; see ``ChainAnchor/machine``.
    public let machine: [UInt8]
    /// Where the anchor is kept.
    public let anchors: any ChainAnchorStore
    /// Gives so many random bytes.
    public let random: (Int) -> [UInt8]

    /// Signs with `key`.
    public init(
        key: PrivateKey,
        machine: [UInt8],
        anchors: any ChainAnchorStore,
        random: @escaping (Int) -> [UInt8]
    ) {
        self.key = key
        self.machine = machine
        self.anchors = anchors
        self.random = random
    }
}

/// What became of a change set of the user's.
public struct CommitResult: Sendable {
    /// The entry signed; nil where there was nothing to do, as its articles had been imported
    /// before.
    public let entry: ChangeSetID?
    /// The articles, in the order of the changes given.
    public let articles: [ArticleID]
    /// The changes made, in the order given; of a seed that was known, the seed's.
    public let changes: [ChangeID]
    /// Whether each change is new.
    public let isNew: [Bool]
}
