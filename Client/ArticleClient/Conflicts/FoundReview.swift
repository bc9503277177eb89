import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// An automatic merge with the article it is in and the people whose changes were merged.
struct FoundReview {
    let record: ReviewRecord
    let summary: ArticleSummary
    let sides: [Side]
    /// The text as it is shown.
    private let text: TextState

    init(_ record: ReviewRecord, _ library: OpenLibrary) throws {
        self.record = record
        guard let summary = try library.replica.summary(of: record.article),
            let state = try library.replica.article(record.article)
        else { throw library.damaged(record.article) }
        self.summary = summary
        let sides = try library.sides(record.review.changes)
        // The earlier first, as people did it.
        self.sides = record.review.changes.compactMap { sides[$0] }.sorted {
            ($0.heading?.orderMilliseconds ?? 0, $0.change)
                < ($1.heading?.orderMilliseconds ?? 0, $1.change)
        }
        text = state.text(of: record.review.field)
    }

    /// Whether one of its changes was made at a time or later.
    func isSince(_ milliseconds: Int64?) -> Bool {
        guard let milliseconds else { return true }
        return sides.contains { $0.heading?.timeMilliseconds ?? 0 >= milliseconds }
    }

    /// The paragraph, or the point of the summary, from 1.
    var number: Int {
        let start = record.review.range.lowerBound
        switch record.review.field {
        case .body: return BodyBlocks(text.text).number(at: start)
        case .summary:
            return text.text.scalars.prefix(start).count { $0 == "\n" } + 1
        }
    }

    /// Where it is, for people.
    var place: String {
        record.review.field == .body ? "¶\(number)" : "summary \(number)"
    }

    /// The words, parted by who of the sides wrote them: a side's number from 1, or nil.
    private var parts: [(text: String, side: Int?)] {
        let scalars = text.text.scalars
        let range = record.review.range.clamped(to: 0..<scalars.count)
        var parts: [(text: String, side: Int?)] = []
        for run in text.attribution where run.range.overlaps(range) {
            let words = run.range.clamped(to: range)
            let side = sides.firstIndex { $0.change == run.change }.map { $0 + 1 }
            let text = String(String.UnicodeScalarView(scalars[words]))
            if let last = parts.last, last.side == side {
                parts[parts.count - 1].text += text
            } else {
                parts.append((text, side))
            }
        }
        return parts
    }

    private static let styles: [Style] = [.cyan, .green, .magenta, .blue, .red]

    /// Prints it.
    func show(in library: OpenLibrary) {
        let output = library.client.output
        var head = StyledText(record.shortHandle, .handle)
        head.append("  ")
        head.append(summary.shortHandle, .handle)
        head.append(" \(place)  ")
        for (index, side) in sides.enumerated() {
            if index > 0 { head.append("  ") }
            let style = Self.styles[index % Self.styles.count]
            head.append("\(index + 1) \(VisibleText.line(side.text(in: library)))", style)
            head.append(" (")
            head.append(side.handle, .handle)
            head.append(")")
        }
        output.paragraph(head, indent: "      ")
        var words = StyledText("  ")
        for part in parts {
            guard let side = part.side else {
                words.append(part.text)
                continue
            }
            let style = Self.styles[(side - 1) % Self.styles.count]
            // Blanks at the ends stand outside of the brackets, or numbers would touch words.
            let scalars = part.text.unicodeScalars
            let start = scalars.prefix { $0.properties.isWhitespace }
            let rest = scalars.dropFirst(start.count)
            let end = rest.reversed().prefix { $0.properties.isWhitespace }.reversed()
            words.append(String(start))
            words.append("[", style.union(.bold))
            words.append(String(rest.dropLast(end.count)), style)
            words.append("]\(side)", style.union(.bold))
            words.append(String(String.UnicodeScalarView(end)))
        }
        output.paragraph(words, indent: "  ")
    }

    /// The merge for scripts.
    func json(in library: OpenLibrary) -> JSONValue {
        [
            "id": .string(record.id.handle), "short": .string(record.shortHandle),
            "article": .string(summary.id.handle),
            "article_short": .string(summary.shortHandle), "title": .string(summary.title),
            "in": .string(record.review.field == .body ? "body" : "summary"),
            "number": .integer(Int64(number)),
            "range": [
                .integer(Int64(record.review.range.lowerBound)),
                .integer(Int64(record.review.range.upperBound)),
            ],
            "changes": .array(sides.map(\.json)),
            "parts": .array(
                parts.map { part in
                    [
                        "text": .string(part.text),
                        "change": .optional(
                            part.side.map { sides[$0 - 1].change.description }
                        ),
                    ]
                }
            ),
        ]
    }
}

extension OpenLibrary {
    /// What was merged by itself and waits to be looked at.
    func reviews() throws -> [FoundReview] {
        try replica.reviews().map { try FoundReview($0, self) }
    }
}
