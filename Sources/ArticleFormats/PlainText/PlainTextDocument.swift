/// Plain text: the first line is the title, the rest its paragraphs.
enum PlainTextDocument {
    /// The one article of a file.
    static func article(_ source: SourceText) -> ImportedArticle {
        var article = ImportedArticle()
        article.range = 0..<source.size
        var lines = source.lines[...].map { (text: $0.text.trimmedEnd, isBlank: $0.text.isBlank) }[
            ...
        ]
        lines = lines.drop { $0.isBlank }
        let first = lines.removeFirst().text.trimmed
        if first.unicodeScalars.count <= titleScalarCountMax {
            article.title = first
        } else {
            article.warnings.append("no title: the first line is too long for one")
            lines = [(first, false), (text: "", isBlank: true)] + lines
        }
        article.paragraphs = blocks(lines.map { $0.isBlank ? "" : $0.text })
        return article
    }

    private static let titleScalarCountMax = 300

    /// The blocks between blank lines; every line where no line is blank.
    private static func blocks(_ lines: [String]) -> [String] {
        let trimmed = lines.drop { $0.isEmpty }
        let inner = trimmed.reversed().drop { $0.isEmpty }.reversed()
        guard inner.contains("") else { return Array(inner) }
        return inner.split(separator: "").map { $0.joined(separator: "\n") }
    }
}

extension StringProtocol where UTF8View: BidirectionalCollection {
    /// Whether there is nothing to see.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.isBlank) }

    /// The text without blanks at its end.
    var trimmedEnd: String {
        if let last = utf8.last, last.isVisibleASCII { return String(self) }
        let scalars = unicodeScalars
        guard let last = scalars.lastIndex(where: { !$0.isBlank }) else { return "" }
        return String(Substring(self)[..<scalars.index(after: last)])
    }
}
