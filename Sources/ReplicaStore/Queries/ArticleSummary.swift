public import ArticleModel

/// An article as a list shows it.
public struct ArticleSummary: Hashable, Sendable {
    /// The article.
    public let id: ArticleID
    /// The shortest prefix of its handle, of at least four letters, that names no other article.
    public internal(set) var shortHandle = ""
    /// The shown title; may be empty.
    public let title: String
    /// When it was updated, or else published: the reading as in ISO 8601, or else the words found.
    public let date: String
    /// How the body begins, on one line.
    public let excerpt: String
    /// Its tags, in order.
    public internal(set) var tags: [String] = []
    /// The scalars of its body.
    public let scalarCount: Int
    /// The changes made to it, the seed included.
    public let changeCount: Int
    /// Its annotations, without replies.
    public let noteCount: Int
    /// The annotations that nobody has resolved or hidden.
    public let openNoteCount: Int
    /// Choices that wait for people.
    public let conflictCount: Int
    /// Whether it is deleted.
    public let isDeleted: Bool
    /// Whether a newer galley wrote to it what this one does not understand.
    public let needsNewer: Bool
    /// What the clock of the last change's author said, in ms; advisory.
    public let lastTimeMilliseconds: Int64
    /// The device that made the last change.
    public let lastDevice: DeviceKey
}

/// Which articles to list, and how.
public struct ArticleFilter: Sendable {
    /// What to do about deleted articles.
    public enum Deleted: Sendable {
        /// Leave them out.
        case excluded
        /// List nothing else.
        case only
        /// List them among the others.
        case included
    }

    /// What articles are sorted by.
    public enum Order: String, CaseIterable, Sendable {
        /// The last change first.
        case changed
        /// By title.
        case title
        /// The latest date of the article first.
        case date
        /// The most changes first.
        case changes
    }

    /// Only articles with this tag.
    public var tag: ScalarText?
    /// Only articles with these words in the title.
    public var titleWords: String?
    /// Only articles with something to settle: conflicts or open annotations.
    public var needsAttention = false
    /// What to do about deleted articles.
    public var deleted = Deleted.excluded
    /// What to sort by; then by id.
    public var order = Order.changed
    /// How many to list at most.
    public var limit: Int?

    /// Lists all that are not deleted.
    public init() {}
}
