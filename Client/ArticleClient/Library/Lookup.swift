import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

extension OpenLibrary {
    /// The article that `text`, the beginning of its handle, names.
    func article(_ text: String) throws -> ArticleSummary {
        guard text.utf8.count >= 4 else {
            throw ClientError(
                .usage,
                "id.short",
                "“\(text)” is too short for an id: give at least 4 letters of it.",
                hint: "galley list shows the ids"
            )
        }
        let found = try replica.articles(handlePrefix: text, limit: 10)
        guard let first = found.first else {
            throw ClientError(
                .notFound,
                "article.unknown",
                "No article has an id that begins with “\(text)”.",
                hint: "galley list shows the ids, galley search looks for words"
            )
        }
        guard found.count == 1 else {
            let candidates = found.map { "  \($0.shortHandle)  \($0.displayTitle)" }
            throw ClientError(
                .usage,
                "id.ambiguous",
                "“\(text)” is the beginning of several ids; give more letters:\n"
                    + candidates.joined(separator: "\n")
            )
        }
        return first
    }

    /// An article with its state.
    func state(_ text: String) throws -> (summary: ArticleSummary, state: ArticleState) {
        let summary = try article(text)
        guard let state = try replica.article(summary.id) else {
            throw ClientError(
                .integrity,
                "library.damaged",
                "Article \(summary.shortHandle) is listed but cannot be read.",
                hint: "galley doctor --rebuild derives everything anew from the log"
            )
        }
        return (summary, state)
    }

    /// The annotation or reply that `text`, the beginning of its handle, names.
    func note(_ text: String) throws -> NoteReference {
        guard text.utf8.count >= 4 else {
            throw ClientError(
                .usage,
                "id.short",
                "“\(text)” is too short for a note's id: give at least 4 letters of it.",
                hint: "galley note list shows the ids"
            )
        }
        let found = try replica.notes(handlePrefix: text, limit: 10)
        guard let first = found.first else {
            throw ClientError(
                .notFound,
                "note.unknown",
                "No note has an id that begins with “\(text)”.",
                hint: "galley note list shows the ids"
            )
        }
        guard found.count == 1 else {
            let candidates = try found.map { "  \(try replica.shortHandle(of: $0.id))" }
            throw ClientError(
                .usage,
                "id.ambiguous",
                "“\(text)” is the beginning of several notes' ids; give more letters:\n"
                    + candidates.joined(separator: "\n")
            )
        }
        return first
    }
}

extension ArticleSummary {
    /// The title; the beginning of the text where there is none.
    var displayTitle: String {
        if !title.isEmpty { return title }
        return excerpt.isEmpty ? "(no title)" : "(\(excerpt))"
    }

    /// The article in a list of a reading command.
    var json: JSONValue {
        [
            "id": .string(id.handle), "short": .string(shortHandle), "title": .string(title),
            "date": .string(date), "excerpt": .string(excerpt), "tags": .strings(tags),
            "characters": .integer(Int64(scalarCount)), "changes": .integer(Int64(changeCount)),
            "notes": .integer(Int64(noteCount)), "open_notes": .integer(Int64(openNoteCount)),
            "conflicts": .integer(Int64(conflictCount)), "deleted": .bool(isDeleted),
            "needs_newer": .bool(needsNewer),
            "changed": .string(ArticleDate.utcText(milliseconds: lastTimeMilliseconds)),
        ]
    }

    /// What a list says beside the title.
    var remarks: String {
        var remarks = tags.map { "#\($0)" }
        if openNoteCount > 0 { remarks.append(counted(openNoteCount, "open note")) }
        if conflictCount > 0 { remarks.append(counted(conflictCount, "conflict")) }
        if needsNewer { remarks.append("needs a newer galley") }
        if isDeleted { remarks.append("deleted") }
        return remarks.joined(separator: " ")
    }
}

/// `1 note`, `2 notes`.
func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
