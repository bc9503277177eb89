/// A register of an article.
///
/// Known fields have numbers, free ones a name. Ordered by number, free ones last and by name.
public enum Field: Hashable, Sendable {
    /// The headline.
    case title
    /// The authors, a list.
    case byline
    /// Where it was written: place, and agency if given, as a list.
    case dateline
    /// First publication, a date.
    case published
    /// Last change by the publisher, a date.
    case updated
    /// The address the article came from.
    case sourceURL
    /// A language tag (RFC 5646).
    case language
    /// Captions of pictures, a list.
    case captions
    /// Topics or keywords of the publisher, a list.
    case topics
    /// A field people made up; the name is not empty.
    case custom(ScalarText)

    /// The fields with a number, in order of it.
    public static let known: [Field] = [
        .title, .byline, .dateline, .published, .updated, .sourceURL, .language, .captions, .topics,
    ]

    /// The stored number; `known.count` for every free field.
    public var number: UInt8 {
        switch self {
        case .title: 0
        case .byline: 1
        case .dateline: 2
        case .published: 3
        case .updated: 4
        case .sourceURL: 5
        case .language: 6
        case .captions: 7
        case .topics: 8
        case .custom: 9
        }
    }

    /// The name on screen and in interchange formats.
    public var name: String {
        switch self {
        case .title: "title"
        case .byline: "byline"
        case .dateline: "dateline"
        case .published: "published"
        case .updated: "updated"
        case .sourceURL: "source"
        case .language: "language"
        case .captions: "captions"
        case .topics: "topics"
        case .custom(let name): name.string
        }
    }

    /// The field of a name: a known one, or a free one; nil for an empty name.
    public init?(name: ScalarText) {
        guard !name.isEmpty else { return nil }
        self = Field.known.first { $0.name.utf8.elementsEqual(name.utf8) } ?? .custom(name)
    }
}

extension Field: Comparable {
    /// Orders by number, then by name.
    public static func < (left: Self, right: Self) -> Bool {
        if case .custom(let leftName) = left, case .custom(let rightName) = right {
            return leftName < rightName
        }
        return left.number < right.number
    }
}
