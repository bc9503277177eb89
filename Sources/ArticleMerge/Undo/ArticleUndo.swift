public import ArticleModel

/// What takes back what one change did to an article, and what of it has to stay.
public struct ArticleUndo: Hashable, Sendable {
    /// Something the change did that stays.
    public enum Kept: Hashable, Sendable {
        /// Somebody has set the field since, or at the same time.
        case field(Field)
        /// Somebody else put the tag on, or took it off.
        case tag(ScalarText)
        /// Only its author can take the note back.
        case note(AnnotationID)
        /// A note that was deleted cannot come back.
        case deletedNote(AnnotationID)
        /// The note's words, state or tags were changed since.
        case changedNote(AnnotationID)
        /// The article was deleted, or brought back, by somebody else too.
        case deletion
    }

    /// What takes the change back, for a change that goes on from the heads of the article.
    public private(set) var operations: [Operation]
    /// What stays, in the order in which the change did it.
    public private(set) var kept: [Kept] = []

    /// Plans to take `change` back in the article `state`, which is that of all changes of `graph`,
    /// on behalf of `user`; nil where it is unknown, a seed, or without effect.
    ///
    /// `texts` takes it back in the texts where that settles conflicts.
    public init?(
        undoing change: ChangeID,
        in graph: EventGraph,
        _ state: ArticleState,
        by user: UserID,
        texts settling: [Operation]? = nil
    ) {
        guard let target = graph.change(change), !state.isFaulty(change),
            let texts = settling ?? TextUndo.operations(undoing: change, in: graph),
            let past = graph.graph(of: target.parents)
        else { return nil }
        operations = texts
        let before = ArticleState(replaying: past)
        var seen: Set<Operation> = []
        var made: UInt32 = 0
        for operation in target.operations {
            switch operation {
            case .insert, .delete, .revive, .close: break
            case .set(let field, _):
                if seen.insert(.set(field, .absent)).inserted {
                    undoField(field, of: change, before, state)
                }
            case .addTag(let tag): undoAddition(of: tag, by: change, before, state)
            case .removeTag(let tag): undoRemoval(of: tag, by: change, before, state, graph)
            case .annotate, .reply:
                undoNote(AnnotationID(change: change, index: made), state, by: user)
                made += 1
            case .setNoteText(let id, _): undoText(of: id, by: change, before, state, user)
            case .setNoteState(let id, _): undoState(of: id, by: change, before, state)
            case .addNoteTag(let id, let tag):
                undoAddition(of: tag, on: id, by: change, before, state)
            case .removeNoteTag(let id, let tag):
                undoRemoval(of: tag, on: id, before, state)
            case .deleteNote(let id): kept.append(.deletedNote(id))
            case .deleteArticle:
                if state.isDeleted, state.deletions.contains(change) {
                    operations.append(.undeleteArticle)
                } else if state.isDeleted {
                    kept.append(.deletion)
                }
            case .undeleteArticle:
                if !state.isDeleted { operations.append(.deleteArticle) }
            }
        }
    }

    // MARK: Fields and tags

    private mutating func undoField(
        _ field: Field,
        of change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState
    ) {
        guard let entries = now.register(of: field)?.entries, let shown = entries.first else {
            return
        }
        guard shown.stamp.change == change else {
            if shown.value != before.shownValue(of: field) { kept.append(.field(field)) }
            return
        }
        // What others set at the same time would be the field's value without this change.
        let others = entries.dropFirst()
        let value = others.first?.value ?? before.shownValue(of: field)
        guard value != shown.value || others.contains(where: { $0.value != value }) else { return }
        operations.append(.set(field, value))
    }

    private mutating func undoAddition(
        of tag: ScalarText,
        by change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState
    ) {
        guard !before.tags.tags.contains(tag),
            let entry = now.tags.entries.first(where: { $0.tag == tag })
        else { return }
        if entry.additions == [change] {
            operations.append(.removeTag(tag))
        } else {
            kept.append(.tag(tag))
        }
    }

    private mutating func undoRemoval(
        of tag: ScalarText,
        by change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState,
        _ graph: EventGraph
    ) {
        guard before.tags.tags.contains(tag), !now.tags.tags.contains(tag) else { return }
        // Taken off by somebody else as well, who did not go by this change.
        let isRemovedByOthers = graph.changes.contains { other in
            other.id != change && !now.isFaulty(other.id)
                && other.operations.contains(.removeTag(tag))
                && !graph.isAncestor(other.id, of: change)
        }
        if isRemovedByOthers { kept.append(.tag(tag)) } else { operations.append(.addTag(tag)) }
    }

    // MARK: Notes

    private mutating func undoNote(_ id: AnnotationID, _ now: ArticleState, by user: UserID) {
        guard let (author, isDeleted) = now.notes.facts(of: id), !isDeleted else { return }
        if author == user { operations.append(.deleteNote(id)) } else { kept.append(.note(id)) }
    }

    private mutating func undoText(
        of id: AnnotationID,
        by change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState,
        _ user: UserID
    ) {
        guard let text = now.notes.text(of: id), let old = before.notes.text(of: id) else { return }
        guard text.entries[0].stamp.change == change else { return kept.append(.changedNote(id)) }
        guard now.notes.facts(of: id)?.author == user else { return kept.append(.note(id)) }
        let value = text.entries.dropFirst().first?.value ?? old.shown
        if value != text.shown { operations.append(.setNoteText(id, value)) }
    }

    private mutating func undoState(
        of id: AnnotationID,
        by change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState
    ) {
        guard let state = now.notes[id]?.state, let old = before.notes[id]?.state else { return }
        guard state.entries[0].stamp.change == change else {
            return kept.append(.changedNote(id))
        }
        let value = state.entries.dropFirst().first?.value ?? old.shown
        if value != state.shown { operations.append(.setNoteState(id, value)) }
    }

    private mutating func undoAddition(
        of tag: ScalarText,
        on id: AnnotationID,
        by change: ChangeID,
        _ before: ArticleState,
        _ now: ArticleState
    ) {
        guard before.notes[id]?.tags.tags.contains(tag) == false,
            let entry = now.notes[id]?.tags.entries.first(where: { $0.tag == tag })
        else { return }
        if entry.additions == [change] {
            operations.append(.removeNoteTag(id, tag))
        } else {
            kept.append(.changedNote(id))
        }
    }

    private mutating func undoRemoval(
        of tag: ScalarText,
        on id: AnnotationID,
        _ before: ArticleState,
        _ now: ArticleState
    ) {
        guard before.notes[id]?.tags.tags.contains(tag) == true,
            now.notes[id]?.tags.tags.contains(tag) == false
        else { return }
        operations.append(.addNoteTag(id, tag))
    }
}

extension NoteSet {
    /// Who wrote an annotation or a reply, and whether it was taken back.
    fileprivate func facts(of id: AnnotationID) -> (author: UserID, isDeleted: Bool)? {
        if let note = self[id] { return (note.author, note.isDeleted) }
        for note in notes {
            if let reply = note.replies.first(where: { $0.id == id }) {
                return (reply.author, reply.isDeleted)
            }
        }
        return nil
    }

    /// What an annotation or a reply says.
    fileprivate func text(of id: AnnotationID) -> Register<ScalarText>? {
        if let note = self[id] { return note.text }
        return notes.lazy.compactMap { note in note.replies.first { $0.id == id }?.text }.first
    }
}
