import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// Notes as people read them.
enum NoteText {
    /// Prints a note with its replies.
    static func show(
        _ note: Note,
        in state: ArticleState,
        _ library: OpenLibrary,
        _ output: Output,
        label: String = ""
    ) throws {
        let handle = try library.replica.shortHandle(of: note.id)
        var head = StyledText(label, .bold)
        if !label.isEmpty { head.append(" ") }
        head.append(handle, .handle)
        head.append("  \(VisibleText.line(facts(note, in: state, library)))")
        output.paragraph(head)
        let quote = note.quote.exact.string
        if !quote.isEmpty { output.paragraph("“\(quote)”", indent: "      ") }
        if note.isDeleted {
            output.print("      (deleted by its author)")
        } else {
            for text in note.text.values where !text.isEmpty {
                output.paragraph(text.string, indent: "      ")
            }
        }
        for reply in note.replies where !reply.isDeleted {
            let handle = try library.replica.shortHandle(of: reply.id)
            output.paragraph(
                "\(handle)  \(library.name(of: reply.author)): \(reply.text.shown.string)",
                indent: "      "
            )
        }
    }

    /// Where it stands, who made it and when, and what became of it.
    static func facts(_ note: Note, in state: ArticleState, _ library: OpenLibrary) -> String {
        var facts = [place(of: note, in: state), library.name(of: note.author)]
        facts.append(library.client.localDay(note.timeMilliseconds))
        if note.kind != .comment { facts.append("\(note.kind)") }
        if note.state.shown != .open { facts.append("\(note.state.shown)") }
        facts += note.tags.tags.map { "#\($0.string)" }
        return facts.joined(separator: "  ")
    }

    /// The paragraph a note is in, or what else it is on.
    static func place(of note: Note, in state: ArticleState) -> String {
        switch state.resolve(note) {
        case .article: return "article"
        case .orphan: return "orphan"
        case .field(let field, _, _, _): return field.name
        case .text(.summary, let range):
            let before = state.summary.text.scalars.prefix(range.lowerBound)
            return "summary \(before.count { $0 == "\n" } + 1)"
        case .text(.body, let range):
            return "¶\(BodyBlocks(state.body.text).number(at: range.lowerBound))"
        }
    }
}

/// The paragraphs of a body by their places.
struct BodyBlocks {
    /// The scalars at which paragraphs begin.
    private let starts: [Int]

    init(_ text: ScalarText) {
        var starts: [Int] = []
        var isBlank = true
        var lineStart = 0
        var lineIsBlank = true
        for (index, scalar) in text.scalars.enumerated() {
            if scalar == "\n" {
                isBlank = lineIsBlank
                lineStart = index + 1
                lineIsBlank = true
            } else if lineIsBlank, !scalar.properties.isWhitespace {
                lineIsBlank = false
                if isBlank { starts.append(lineStart) }
                isBlank = false
            }
        }
        self.starts = starts
    }

    /// The number, from 1, of the paragraph that the scalar at `position` is in.
    func number(at position: Int) -> Int {
        // Found by halving: a history asks thousands of times.
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= position { low = middle + 1 } else { high = middle }
        }
        return max(1, low)
    }

    /// How many paragraphs there are.
    var count: Int { starts.count }
}
