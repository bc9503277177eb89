public import ArticleModel

extension Operation {
    /// Whether it makes or alters annotations.
    var isAboutNotes: Bool {
        switch self {
        case .annotate, .reply, .setNoteText, .addNoteTag, .removeNoteTag, .setNoteState,
            .deleteNote:
            true
        case .insert, .delete, .revive, .set, .addTag, .removeTag, .deleteArticle,
            .undeleteArticle, .close:
            false
        }
    }
}

/// The annotations of an article, with their replies.
public struct NoteSet: Hashable, Sendable {
    /// The annotations in order of id, deleted ones included.
    public private(set) var notes: [Note]

    /// A set of notes, sorted here.
    public init(notes: [Note] = []) {
        self.notes = notes.sorted { $0.id < $1.id }
    }

    /// The annotation of an id.
    public subscript(id: AnnotationID) -> Note? { index(of: id).map { notes[$0] } }

    /// Who wrote an annotation or a reply, or nil where there is none of that id.
    func author(of id: AnnotationID) -> UserID? {
        switch place(of: id) {
        case .note(let note): notes[note].author
        case .reply(let note, let reply): notes[note].replies[reply].author
        case nil: nil
        }
    }

    /// Does an operation on annotations that was found to be without fault.
    ///
    /// `made` counts the annotations and replies that `change` made so far.
    mutating func apply(
        _ operation: Operation,
        of change: Change,
        made: inout UInt32,
        isAncestor: (ChangeID) -> Bool
    ) {
        switch operation {
        case .annotate(let annotation):
            let id = AnnotationID(change: change.id, index: made)
            made += 1
            let place = notes.sortedIndex(notBefore: { $0.id < id })
            notes.insert(Note(id: id, annotation, by: change), at: place)
        case .reply(let target, let text):
            let reply = Reply(
                id: AnnotationID(change: change.id, index: made),
                text,
                by: change
            )
            made += 1
            guard let note = index(of: target) else { return }
            let place =
                notes[note].replies.firstIndex { Reply.precedes(reply, $0) }
                ?? notes[note].replies.endIndex
            notes[note].replies.insert(reply, at: place)
        case .setNoteText(let id, let text):
            switch place(of: id) {
            case .note(let note):
                notes[note].text.set(text, stamp: change.stamp, isAncestor: isAncestor)
            case .reply(let note, let reply):
                notes[note].replies[reply].text.set(
                    text,
                    stamp: change.stamp,
                    isAncestor: isAncestor
                )
            case nil: break
            }
        case .addNoteTag(let id, let tag):
            guard let note = index(of: id) else { return }
            notes[note].tags.add(tag, by: change.id, isAncestor: isAncestor)
        case .removeNoteTag(let id, let tag):
            guard let note = index(of: id) else { return }
            notes[note].tags.remove(tag, by: change.id, isAncestor: isAncestor)
        case .setNoteState(let id, let state):
            guard let note = index(of: id) else { return }
            notes[note].state.set(state, stamp: change.stamp, isAncestor: isAncestor)
        case .deleteNote(let id):
            switch place(of: id) {
            case .note(let note): notes[note].isDeleted = true
            case .reply(let note, let reply): notes[note].replies[reply].isDeleted = true
            case nil: break
            }
        case .insert, .delete, .revive, .set, .addTag, .removeTag, .deleteArticle,
            .undeleteArticle, .close:
            break
        }
    }

    private enum Place {
        case note(Int)
        case reply(Int, Int)
    }

    private func place(of id: AnnotationID) -> Place? {
        if let note = index(of: id) { return .note(note) }
        for (index, note) in notes.enumerated() {
            if let reply = note.replies.firstIndex(where: { $0.id == id }) {
                return .reply(index, reply)
            }
        }
        return nil
    }

    private func index(of id: AnnotationID) -> Int? {
        let place = notes.sortedIndex(notBefore: { $0.id < id })
        return place < notes.endIndex && notes[place].id == id ? place : nil
    }
}
