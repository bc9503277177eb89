public import ArticleModel

/// An annotation as it stands after all that was said about it.
public struct Note: Hashable, Sendable {
    /// What it is known by.
    public let id: AnnotationID
    /// Who made it.
    public let author: UserID
    /// When it was made, in the order of changes.
    public let stamp: Stamp
    /// The author's clock when it was made.
    public let timeMilliseconds: Int64
    /// What it is for.
    public let kind: Annotation.Kind
    /// What it is about.
    public let target: AnnotationTarget
    /// The words it was made on.
    public let quote: Quote
    /// What its author says.
    public var text: Register<ScalarText>
    /// Its tags.
    public var tags: TagSet
    /// Where one stands with it.
    public var state: Register<Annotation.State>
    /// The answers, in order of logical time, then of id.
    public var replies: [Reply]
    /// Whether its author took it back; it is kept, as others may have answered.
    public var isDeleted: Bool

    /// A note, part by part.
    public init(
        id: AnnotationID,
        author: UserID,
        stamp: Stamp,
        timeMilliseconds: Int64,
        kind: Annotation.Kind,
        target: AnnotationTarget,
        quote: Quote,
        text: Register<ScalarText>,
        tags: TagSet,
        state: Register<Annotation.State>,
        replies: [Reply],
        isDeleted: Bool
    ) {
        self.id = id
        self.author = author
        self.stamp = stamp
        self.timeMilliseconds = timeMilliseconds
        self.kind = kind
        self.target = target
        self.quote = quote
        self.text = text
        self.tags = tags
        self.state = state
        self.replies = replies
        self.isDeleted = isDeleted
    }

    init(id: AnnotationID, _ annotation: Annotation, by change: Change) {
        let stamp = change.stamp
        self.init(
            id: id,
            author: change.author,
            stamp: stamp,
            timeMilliseconds: change.timeMilliseconds,
            kind: annotation.kind,
            target: annotation.target,
            quote: annotation.quote,
            text: Register(annotation.text, stamp: stamp),
            tags: TagSet(entries: annotation.tags.map { .init(tag: $0, additions: [change.id]) }),
            state: Register(.open, stamp: stamp),
            replies: [],
            isDeleted: false
        )
    }
}

/// An answer to an annotation.
public struct Reply: Hashable, Sendable {
    /// What it is known by.
    public let id: AnnotationID
    /// Who wrote it.
    public let author: UserID
    /// When it was written, in the order of changes.
    public let stamp: Stamp
    /// The author's clock when it was written.
    public let timeMilliseconds: Int64
    /// What it says.
    public var text: Register<ScalarText>
    /// Whether its author took it back.
    public var isDeleted: Bool

    /// A reply, part by part.
    public init(
        id: AnnotationID,
        author: UserID,
        stamp: Stamp,
        timeMilliseconds: Int64,
        text: Register<ScalarText>,
        isDeleted: Bool
    ) {
        self.id = id
        self.author = author
        self.stamp = stamp
        self.timeMilliseconds = timeMilliseconds
        self.text = text
        self.isDeleted = isDeleted
    }

    init(id: AnnotationID, _ text: ScalarText, by change: Change) {
        self.init(
            id: id,
            author: change.author,
            stamp: change.stamp,
            timeMilliseconds: change.timeMilliseconds,
            text: Register(text, stamp: change.stamp),
            isDeleted: false
        )
    }

    static func precedes(_ left: Self, _ right: Self) -> Bool {
        left.stamp.lamport == right.stamp.lamport
            ? left.id < right.id : left.stamp.lamport < right.stamp.lamport
    }
}
