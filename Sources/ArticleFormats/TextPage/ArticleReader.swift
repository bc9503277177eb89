import ArticleModel

/// Reads one article out of its lines of a page: first the head, then the text.
struct ArticleReader {
    let lines: [Line]
    let kinds: [LineKind]
    /// The lines of the article.
    let range: Range<Int>
    /// The lines that are not blank.
    let content: [Int]
    var article = ImportedArticle()
    /// One role a line of `range`.
    var roles: [TextPage.Role]
    /// What was taken as a caption, a name or a topic, each once.
    var captionsTaken: Set<String> = []
    var namesTaken: Set<String> = []
    var topicsTaken: Set<String> = []
    /// Scalars dropped, to warn when it is much of the page.
    var droppedScalarCount = 0

    init(lines: [Line], kinds: [LineKind], range: Range<Int>) {
        self.lines = lines
        self.kinds = kinds
        self.range = range
        content = range.filter { !lines[$0].isBlank }
        roles = Array(repeating: .blank, count: range.count)
    }

    /// Reads the article.
    mutating func read() -> TextPage.Result {
        let headline = Headline.find(in: content, lines: lines, kinds: kinds)
        if let headline { take(headline) }
        let bodyStart = readHead(headline)
        readBody(from: bodyStart)
        if headline == nil { article.warnings.append("no headline found") }
        if article.paragraphs.isEmpty { article.warnings.append("no running text found") }
        let total = content.reduce(0) { $0 + lines[$1].scalarCount }
        if droppedScalarCount * 10 > total * 3 {
            article.warnings.append(
                "\(droppedScalarCount * 100 / max(total, 1)) % of the page was dropped as furniture"
            )
        }
        if let first = lines.indices.contains(range.lowerBound) ? lines[range.lowerBound] : nil,
            let last = range.last
        {
            article.range = first.range.lowerBound..<lines[last].range.upperBound
        }
        let ledger = zip(range, roles).map { (range: lines[$0].range, role: $1) }
        return TextPage.Result(article: article, roles: ledger)
    }

    // MARK: Roles

    /// Gives a line its role.
    mutating func mark(_ index: Int, _ role: TextPage.Role) {
        roles[index - range.lowerBound] = role
    }

    /// Leaves a line out of the article, and says so.
    mutating func drop(_ index: Int) {
        mark(index, .dropped)
        article.dropped.append(lines[index].text)
        droppedScalarCount += lines[index].scalarCount
    }

    /// Takes a line as a caption; one said twice is kept once.
    mutating func takeCaption(_ index: Int) {
        mark(index, .caption)
        if captionsTaken.insert(lines[index].text).inserted {
            article.captions.append(lines[index].text)
        }
    }

    /// Takes a line as a point of the summary.
    mutating func takeSummary(_ index: Int) {
        mark(index, .summary)
        article.summary.append(lines[index].text)
    }

    /// Takes what a stamp says, earlier stamps first.
    mutating func take(_ stamp: Stamp, at index: Int) {
        mark(index, .stamp)
        article.published = better(article.published, stamp.published)
        article.updated = better(article.updated, stamp.updated)
        if stamp.isAmbiguous {
            article.warnings.append(
                "“\(lines[index].text)”: which number is the day can't be told"
            )
        }
    }

    private func better(_ old: ArticleDate?, _ new: ArticleDate?) -> ArticleDate? {
        guard let old else { return new }
        return old.reading == nil && new?.reading != nil ? new : old
    }

    private mutating func take(_ headline: Headline) {
        article.title = lines[headline.index].text
        mark(headline.index, .title)
        for copy in headline.copies {
            mark(copy, .title)
            if lines[copy].text != lines[headline.index].text {
                article.warnings.append("the headline is said again as “\(lines[copy].text)”")
            }
        }
    }
}
