internal import ArticleModel

/// What a change may name: that which its ancestors made.
protocol Ancestry {
    /// Whether the change goes on from `change`, directly or not.
    func isAncestor(_ change: ChangeID) -> Bool
    /// Whether an ancestor put the character into the text.
    func knows(_ character: CharacterID, in field: TextField) -> Bool
    /// The value that an ancestor gave a field; nil where it gave none.
    func value(of field: Field, setBy change: ChangeID) -> FieldValue?
}

extension NoteSet {
    /// What is wrong with what a change says of annotations; `self` holds at least the annotations
    /// of its ancestors.
    func faultOfNotes(in change: Change, _ ancestry: some Ancestry) -> Fault? {
        for (index, operation) in change.operations.enumerated() {
            if let code = faultOfNote(operation, by: change.author, ancestry) {
                return Fault(code, at: index)
            }
        }
        return nil
    }

    private func faultOfNote(
        _ operation: Operation,
        by author: UserID,
        _ ancestry: some Ancestry
    ) -> Fault.Code? {
        switch operation {
        case .annotate(let annotation):
            return faultOfTarget(annotation.target, ancestry)
        case .reply(let id, _), .addNoteTag(let id, _), .removeNoteTag(let id, _),
            .setNoteState(let id, _):
            return ancestry.isAncestor(id.change) && self[id] != nil ? nil : .unknownNote
        case .setNoteText(let id, _), .deleteNote(let id):
            guard ancestry.isAncestor(id.change), let owner = self.author(of: id) else {
                return .unknownNote
            }
            return owner == author ? nil : .notTheAuthor
        case .insert, .delete, .revive, .close, .set, .addTag, .removeTag, .deleteArticle,
            .undeleteArticle:
            return nil
        }
    }

    private func faultOfTarget(
        _ target: AnnotationTarget,
        _ ancestry: some Ancestry
    ) -> Fault.Code? {
        switch target {
        case .article:
            return nil
        case .text(let field, let start, let end):
            let isKnown =
                ancestry.knows(start.character, in: field)
                && ancestry.knows(end.character, in: field)
            return isKnown ? nil : .unknownCharacter
        case .field(let field, let change, let item, let range):
            guard let value = ancestry.value(of: field, setBy: change),
                let text = value.item(Int(item)), Int(range.upperBound) <= text.scalarCount
            else { return .unknownValue }
            return nil
        }
    }
}

extension FieldValue {
    /// The item of a list, or the words of a single value as item 0.
    func item(_ index: Int) -> ScalarText? {
        switch self {
        case .absent: nil
        case .text(let text): index == 0 ? text : nil
        case .date(let date): index == 0 ? date.raw : nil
        case .list(let items): items.indices.contains(index) ? items[index] : nil
        }
    }
}
