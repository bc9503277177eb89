/// What a line looks like by itself, before its place on the page is known.
enum LineKind {
    /// Nothing to see.
    case blank
    /// Page furniture.
    case furniture
    /// A date of publication or change.
    case stamp(Stamp)
    /// An opening such as "By", and names.
    case byline([String])
    /// A list of topics.
    case topics([String])
    /// A bullet and a text.
    case bullet
    /// A caption by its credit.
    case caption(Caption.Credit)
    /// What could be a headline, a subheading, or a short paragraph.
    case short
    /// Running text.
    case text

    /// Looks at a line.
    init(_ line: Line) {
        if line.isBlank {
            self = .blank
        } else if line.key.isEmpty {
            let credit = Caption.credit(of: line)
            self = credit == .none ? .text : .caption(credit)
        } else if Self.isFurniture(line) {
            self = .furniture
        } else if let topics = Self.topics(of: line) {
            self = .topics(topics)
        } else if ImportedArticle.Dateline(opening: line.text) != nil, line.scalarCount >= 60 {
            self = .text
        } else if let stamp = Stamp(line) {
            self = .stamp(stamp)
        } else if line.isBullet {
            self = .bullet
        } else if let names = Byline.names(in: line) {
            self = .byline(names)
        } else {
            let credit = Caption.credit(of: line)
            if credit != .none {
                self = .caption(credit)
            } else {
                self = line.isRunningText ? .text : .short
            }
        }
    }

    /// Whether the line is a stamp.
    var stamp: Stamp? { if case .stamp(let stamp) = self { stamp } else { nil } }

    private static let openingScalarCountMax = 180

    private static func isFurniture(_ line: Line) -> Bool {
        if Lexicon.furniture.contains(line.key) { return true }
        if Caption.isCounter(line) { return true }
        // Nothing but signs.
        if line.wordCount == 0, line.scalarCount <= 12 { return true }
        guard line.scalarCount <= openingScalarCountMax else { return false }
        return Lexicon.furnitureOpenings.contains { line.key.hasPrefix($0) }
    }

    private static func topics(of line: Line) -> [String]? {
        guard let opening = Lexicon.topicOpenings.first(where: { line.key.hasPrefix($0) }) else {
            return nil
        }
        let rest = line.text.unicodeScalars.dropFirst(opening.unicodeScalars.count)
        let topics = String(rest).split { ",;|#、，".contains($0) }
            .map(\.trimmed).filter { !$0.isEmpty }
        return topics
    }
}
