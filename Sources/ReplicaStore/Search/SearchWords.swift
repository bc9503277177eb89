import ArticleMerge
import ArticleModel

/// The words of an article as the search index takes them.
struct SearchWords {
    let title: [UInt8]
    let summary: [UInt8]
    let body: [UInt8]
    /// What annotations and replies say, and the words they were made on.
    let notes: [UInt8]
    let tags: [UInt8]

    init(_ state: ArticleState) {
        title = state.shownValue(of: .title).line
        summary = state.summary.text.utf8
        body = state.body.text.utf8
        var notes: [ScalarText] = []
        for note in state.notes.notes where !note.isDeleted {
            notes.append(note.text.shown)
            notes.append(note.quote.exact)
            notes += note.tags.tags
            notes += note.replies.filter { !$0.isDeleted }.map(\.text.shown)
        }
        self.notes = Array(notes.map(\.utf8).joined(separator: [0x0A]))
        tags = Array(state.tags.tags.map(\.utf8).joined(separator: [0x0A]))
    }
}
