internal import ArticleModel

// Choices that are in no text: several values, and a deletion of what others edited.
extension ArticleAnalysis {
    func valueConflicts() -> [ArticleConflict] {
        var conflicts: [ArticleConflict] = []
        for register in merged.fields where register.register.isConflicted {
            conflicts.append(conflict(of: register))
        }
        if merged.isDeletionOverridden, let conflict = deletionConflict() {
            conflicts.append(conflict)
        }
        for note in merged.notes.notes {
            if !note.isDeleted, note.text.isConflicted {
                conflicts.append(conflict(of: note.text, note.id))
            }
            for reply in note.replies where !reply.isDeleted && reply.text.isConflicted {
                conflicts.append(conflict(of: reply.text, reply.id))
            }
        }
        return conflicts
    }

    private func conflict(of register: FieldRegister) -> ArticleConflict {
        let field = register.field
        let changes = register.register.entries.map(\.stamp.change)
        let base = lastCommonSetter(of: changes) { $0.value(setFor: field) }
        return ArticleConflict(
            subject: .field(field),
            isDeletion: false,
            sides: changes,
            base: base.map { .value($0) } ?? .value(.absent),
            alternatives: alternatives(of: register.register) { .value($0) }
        )
    }

    private func conflict(of text: Register<ScalarText>, _ id: AnnotationID) -> ArticleConflict {
        let changes = text.entries.map(\.stamp.change)
        let base = lastCommonSetter(of: changes) { $0.noteText(setFor: id) }
        return ArticleConflict(
            subject: .note(id),
            isDeletion: false,
            sides: changes,
            base: base.map { .words($0) },
            alternatives: alternatives(of: text) { .words($0) }
        )
    }

    private func alternatives<Value>(
        of register: Register<Value>,
        _ content: (Value) -> ArticleConflict.Content
    ) -> [ArticleConflict.Alternative] {
        register.values.map { value in
            ArticleConflict.Alternative(
                content: content(value),
                sides: register.entries.filter { $0.value == value }.map(\.stamp.change).sorted()
            )
        }
    }

    /// What the last of the changes that all of `changes` go on from set; nil where none did.
    private func lastCommonSetter<Value>(
        of changes: [ChangeID],
        _ value: (Change) -> Value?
    ) -> Value? {
        var common: Set<ChangeID>?
        for change in changes {
            var past = Set(graph.history(of: [change]))
            past.remove(change)
            common = common.map { $0.intersection(past) } ?? past
        }
        let setters = graph.changes.filter {
            common?.contains($0.id) == true && !merged.isFaulty($0.id)
        }.compactMap { change in value(change).map { (change.stamp, $0) } }
        return setters.max { $0.0 < $1.0 }?.1
    }

    /// The deletion stands against the latest edits that are concurrent with it.
    private func deletionConflict() -> ArticleConflict? {
        let deletions = merged.deletions
        let edits = graph.changes.filter { change in
            !merged.isFaulty(change.id) && change.editsArticle
                && deletions.contains { deletion in
                    deletion != change.id && !graph.isAncestor(change.id, of: deletion)
                        && !graph.isAncestor(deletion, of: change.id)
                }
        }.map(\.id)
        let latest = edits.filter { edit in
            !edits.contains { $0 != edit && graph.isAncestor(edit, of: $0) }
        }.sorted()
        guard !latest.isEmpty else { return nil }
        return ArticleConflict(
            subject: .article,
            isDeletion: true,
            sides: latest + deletions,
            base: .article(isKept: true),
            alternatives: [
                .init(content: .article(isKept: true), sides: latest),
                .init(content: .article(isKept: false), sides: deletions),
            ]
        )
    }
}

extension Change {
    /// Whether it does more to the article than delete it or say something about it.
    fileprivate var editsArticle: Bool {
        switch content {
        case .seed: true
        case .edit(_, let operations):
            operations.contains { $0 != .deleteArticle && $0.permission == .edit }
        }
    }

    /// The words it gives an annotation or a reply; nil where it gives none.
    fileprivate func noteText(setFor id: AnnotationID) -> ScalarText? {
        var text: ScalarText?
        var made: UInt32 = 0
        for operation in operations {
            switch operation {
            case .annotate(let annotation):
                if id == AnnotationID(change: self.id, index: made) { text = annotation.text }
                made += 1
            case .reply(_, let words):
                if id == AnnotationID(change: self.id, index: made) { text = words }
                made += 1
            case .setNoteText(id, let words): text = words
            default: break
            }
        }
        return text
    }
}
