import ArticleMerge
import ArticleModel

/// The notes of an article, as a numbered list for people.
enum MarkdownNotes {
    /// The section's lines; none without notes.
    static func lines(_ state: ArticleState, names: ArticleNames) -> [String] {
        let notes = state.notes.notes.filter {
            !$0.isDeleted || $0.replies.contains { !$0.isDeleted }
        }
        guard !notes.isEmpty else { return [] }
        var lines = ["", "## Notes"]
        for (number, note) in zip(1..., notes.sorted { $0.stamp < $1.stamp }) {
            lines.append("")
            let quote = note.quote.exact.string
            let marker = "\(number). "
            let indent = String(repeating: " ", count: marker.count)
            let opening =
                quote.isEmpty
                ? ["(on the article)"]
                : quote.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
            lines += opening.enumerated().map { ($0 == 0 ? marker : indent) + $1 }
            let facts = facts(note, state)
            if note.isDeleted {
                lines += ["", indent + "(deleted by its author)"]
            } else {
                lines.append("")
                lines += said(
                    note.text.shown,
                    by: note.author,
                    at: note.timeMilliseconds,
                    facts,
                    names
                )
                .map { $0.isEmpty ? "" : indent + $0 }
            }
            for reply in note.replies where !reply.isDeleted {
                let reply = said(
                    reply.text.shown,
                    by: reply.author,
                    at: reply.timeMilliseconds,
                    [],
                    names
                )
                lines.append("")
                lines += reply.enumerated().map {
                    $1.isEmpty ? "" : indent + ($0 == 0 ? "- " : "  ") + $1
                }
            }
        }
        return lines
    }

    private static func facts(_ note: Note, _ state: ArticleState) -> [String] {
        var facts = note.tags.tags.map { "#\($0.string)" }
        switch note.state.shown {
        case .open: break
        case .resolved: facts.append("resolved")
        case .hidden: facts.append("hidden")
        }
        if state.resolve(note) == .orphan { facts.append("its words are gone") }
        return facts
    }

    private static func said(
        _ text: ScalarText,
        by author: UserID,
        at milliseconds: Int64,
        _ facts: [String],
        _ names: ArticleNames
    ) -> [String] {
        let day = ArticleDate.utcText(milliseconds: milliseconds).prefix(10)
        let origin = ([names.user(author), String(day)] + facts).joined(separator: ", ")
        let words = text.string.split(separator: "\n", omittingEmptySubsequences: false)
        guard let last = words.last, !text.isEmpty else { return ["— \(origin)"] }
        return words.dropLast().map(String.init) + ["\(last) — \(origin)"]
    }
}
