/// The text of a news page, as scrapers leave it: one article or several, with furniture between.
///
/// Every line of the page belongs to exactly one article and there has exactly one role, so no
/// byte is lost and none is used twice.
package struct TextPage {
    /// What a line is in its article.
    package enum Role: Hashable, Sendable {
        case title, byline, caption, stamp, summary, paragraph, topics, dropped, blank
    }

    /// An article and what became of the page's bytes for it.
    package struct Result {
        /// What was found.
        package let article: ImportedArticle
        /// The bytes of each line and its role, in order, without gaps.
        package let roles: [(range: Range<Int>, role: Role)]
    }

    private let lines: [Line]
    private let kinds: [LineKind]

    /// Looks at the lines of a file.
    init(_ source: SourceText) {
        lines = source.lines.map(Line.init)
        kinds = lines.map(LineKind.init)
    }

    /// Looks at the bytes of a file.
    package init(bytes: [UInt8]) throws(FormatError) { self.init(try SourceText(bytes)) }

    /// The articles of the page, in order.
    package func articles(splits: Bool) -> [Result] {
        let ranges = splits ? Split.articles(lines: lines, kinds: kinds) : [0..<lines.count]
        return ranges.map { range in
            var reader = ArticleReader(lines: lines, kinds: kinds, range: range)
            return reader.read()
        }
    }

    /// Whether a text has what only pages have: a stamp, a line said twice, bullets or furniture in
    /// its head, or behind it a line such as "Related articles".
    static func hasMarks(_ source: SourceText) -> Bool {
        var keys: Set<String> = []
        var count = 0
        for raw in source.lines {
            let line = Line(raw)
            guard !line.isBlank else { continue }
            count += 1
            if count > markLineCountMax { break }
            if Lexicon.isEnding(line.key) { return true }
            guard count <= headLineCountMax else { continue }
            switch LineKind(line) {
            case .stamp, .byline, .furniture: return true
            case .bullet where line.isBullet: return true
            case .blank, .topics, .bullet, .caption, .short, .text: break
            }
            if line.isHeadlineLike, !keys.insert(line.key).inserted { return true }
        }
        return false
    }

    private static let headLineCountMax = 25
    private static let markLineCountMax = 500
}
