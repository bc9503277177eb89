import ArticleFormats
import ArticleMerge
import ArticleModel

/// Changes in a few words.
enum ChangeText {
    /// What a change did.
    static func facts(_ change: Change) -> String {
        guard case .edit = change.content else { return "imported" }
        var facts: [String] = []
        for field in [TextField.body, .summary] {
            var inserted = 0
            var deleted = 0
            for operation in change.operations {
                switch operation {
                case .insert(field, _, let text): inserted += text.scalarCount
                case .delete(field, _, let count): deleted += count
                default: break
                }
            }
            if inserted + deleted > 0 {
                facts.append("\(field == .body ? "text" : "summary") +\(inserted) −\(deleted)")
            }
        }
        facts += change.operations.compactMap(other)
        return facts.isEmpty ? "merged" : facts.joined(separator: "; ")
    }

    private static func other(_ operation: Operation) -> String? {
        switch operation {
        case .insert, .delete: nil
        case .revive: "brought text back"
        case .set(let field, .absent): "\(field.name) cleared"
        case .set(let field, let value): "\(field.name) = \(value.words)"
        case .addTag(let tag): "+\(tag)"
        case .removeTag(let tag): "-\(tag)"
        case .annotate(let note):
            quoted("\(note.kind)", note.text.isEmpty ? note.quote.exact : note.text)
        case .reply(_, let text): quoted("reply", text)
        case .setNoteText(_, let text): quoted("note changed", text)
        case .addNoteTag(_, let tag): "note +\(tag)"
        case .removeNoteTag(_, let tag): "note -\(tag)"
        case .setNoteState(_, let state): "note \(state)"
        case .deleteNote: "note deleted"
        case .deleteArticle: "deleted"
        case .undeleteArticle: "brought back"
        }
    }

    private static func quoted(_ what: String, _ text: ScalarText) -> String {
        "\(what) “\(TextWrapping.cut(VisibleText.line(text.string), width: 48))”"
    }
}
