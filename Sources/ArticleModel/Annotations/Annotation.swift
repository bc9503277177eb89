/// An annotation as its author made it.
public struct Annotation: Hashable, Sendable {
    /// What an annotation is for (W3C Web Annotation: motivation).
    public enum Kind: UInt8, CaseIterable, Hashable, Sendable {
        /// A mark without words.
        case highlight = 0
        /// Words about the text.
        case comment = 1
        /// Words that could stand in place of the text.
        case suggestion = 2
    }

    /// Where one stands with an annotation.
    public enum State: UInt8, CaseIterable, Hashable, Sendable {
        /// To be looked at.
        case open = 0
        /// Done with.
        case resolved = 1
        /// Not to be shown unless asked for.
        case hidden = 2
    }

    /// What it is for.
    public let kind: Kind
    /// What it is about.
    public let target: AnnotationTarget
    /// The words it was made on, to find its place again should the anchor be orphaned.
    public let quote: Quote
    /// What the author says; empty for a bare highlight.
    public let text: ScalarText
    /// Tags given with it, sorted and distinct, none of them empty.
    public let tags: [ScalarText]

    /// Makes an annotation; `tags` are sorted and made distinct, empty ones left out.
    public init(
        kind: Kind,
        target: AnnotationTarget,
        quote: Quote,
        text: ScalarText,
        tags: [ScalarText]
    ) {
        self.kind = kind
        self.target = target
        self.quote = quote
        self.text = text
        self.tags = Set(tags).filter { !$0.isEmpty }.sorted()
    }
}

/// What an annotation is about.
public enum AnnotationTarget: Hashable, Sendable {
    /// The article as a whole.
    case article
    /// The characters of a text from `start` to `end`.
    case text(TextField, start: TextAnchor, end: TextAnchor)
    /// Scalars of one value of a register: `range` counts within item `item` of the value that
    /// `value` set (item 0 where the value is no list).
    case field(Field, value: ChangeID, item: UInt32, range: Range<UInt32>)
}

/// Words quoted from a text (W3C Web Annotation: TextQuoteSelector).
public struct Quote: Hashable, Sendable {
    /// The words themselves.
    public let exact: ScalarText
    /// Up to 32 scalars before them.
    public let prefix: ScalarText
    /// Up to 32 scalars after them.
    public let suffix: ScalarText

    /// Quotes `exact` between `prefix` and `suffix`.
    public init(exact: ScalarText, prefix: ScalarText, suffix: ScalarText) {
        self.exact = exact
        self.prefix = prefix
        self.suffix = suffix
    }

    /// The quote of an annotation on no words.
    public static let none = Quote(exact: .init(), prefix: .init(), suffix: .init())
}
