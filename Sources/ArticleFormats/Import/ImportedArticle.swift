public import ArticleModel

/// An article as an importer found it in a file.
public struct ImportedArticle: Hashable, Sendable {
    /// The headline; nil where none was found.
    public var title: String?
    /// The authors.
    public var byline: [String] = []
    /// The captions of pictures.
    public var captions: [String] = []
    /// Where it was written, as the text gives it.
    public var dateline: Dateline?
    /// When it was first published.
    public var published: ArticleDate?
    /// When the publisher changed it last.
    public var updated: ArticleDate?
    /// The address it came from.
    public var sourceURL: String?
    /// Its language tag.
    public var language: String?
    /// The points of its summary.
    public var summary: [String] = []
    /// The blocks of its text, in Markdown.
    public var paragraphs: [String] = []
    /// The publisher's keywords.
    public var topics: [String] = []
    /// Tags to put on the article; no part of the seed.
    public var tags: [String] = []
    /// Free fields, in the order found.
    public var customFields: [CustomField] = []
    /// What was found and left out.
    public var dropped: [String] = []
    /// What the importer was in doubt about.
    public var warnings: [String] = []
    /// The bytes of the file that are this article's.
    public var range: Range<Int> = 0..<0
    /// The parser that found it, with its version.
    public var parser: String = ""
    /// Dates that stand in the seed as words alone ("5 sec ago") and can be read by when the page
    /// was fetched; no part of the seed, which must not depend on that.
    public var datesByFetching: [Field: ArticleDate] = [:]

    /// A field with a name of its own.
    public struct CustomField: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its value: one text, or a list.
        public let value: FieldValue

        /// Names a value.
        public init(name: String, value: FieldValue) {
            self.name = name
            self.value = value
        }
    }

    /// Where an article was written, and for whom.
    public struct Dateline: Hashable, Sendable {
        /// The place as written, with a state if one is given.
        public let place: String
        /// The agency in brackets.
        public let agency: String?

        /// Makes a dateline.
        public init(place: String, agency: String?) {
            self.place = place
            self.agency = agency
        }
    }

    /// An article of which nothing is known yet.
    public init() {}

    /// The text: the paragraphs, joined by blank lines.
    public var text: String { paragraphs.joined(separator: "\n\n") }

    /// The relative time ("5 sec ago") the article is dated by, where it has no better date.
    public var relativeDate: String? {
        guard published?.reading == nil, updated?.reading == nil else { return nil }
        guard let raw = (updated ?? published)?.raw.string else { return nil }
        return RelativeTime.find(in: raw)?.words
    }
}
