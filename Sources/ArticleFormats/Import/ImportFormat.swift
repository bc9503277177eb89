/// The formats articles are read from.
public enum ImportFormat: String, CaseIterable, Hashable, Sendable {
    /// The text of a news page as scrapers leave it, one article or several.
    case textPage = "text-page"
    /// Markdown, with or without front matter.
    case markdown
    /// Plain text: the first line is the title.
    case plainText = "text"

    /// The format `name` and `lines` suggest.
    static func guess(name: String, source: SourceText) -> Self {
        let folded = name.lowercased()
        if folded.hasSuffix(".md") || folded.hasSuffix(".markdown") { return .markdown }
        if FrontMatter.opens(source.lines) { return .markdown }
        return TextPage.hasMarks(source) ? .textPage : .plainText
    }

    /// The parser's name and version, kept with what it read.
    var parser: String {
        switch self {
        case .textPage: "text-page/1"
        case .markdown: "markdown/1"
        case .plainText: "text/1"
        }
    }
}
