/// What a change does, one step at a time.
///
/// Positions count Unicode scalars of the text at the version of the change's parents, as altered
/// by the operations before it in the same change.
public enum Operation: Hashable, Sendable {
    /// Puts `text`, not empty, so that its first scalar stands at `position`.
    case insert(TextField, position: Int, text: ScalarText)
    /// Takes out `count`, at least 1, scalars from `position` on.
    case delete(TextField, position: Int, count: Int)
    /// Brings back characters that ancestors deleted; those that are in the text stay.
    case revive(TextField, [CharacterRange])
    /// Gives a register a value in place of those it has.
    case set(Field, FieldValue)
    /// Puts a tag on the article; the tag is not empty.
    case addTag(ScalarText)
    /// Takes away a tag, as far as it was put by ancestors; it is not empty.
    case removeTag(ScalarText)
    /// Makes an annotation.
    case annotate(Annotation)
    /// Answers an annotation.
    case reply(to: AnnotationID, text: ScalarText)
    /// Gives an annotation or a reply another text; only its author may.
    case setNoteText(AnnotationID, ScalarText)
    /// Puts a tag on an annotation; the tag is not empty.
    case addNoteTag(AnnotationID, ScalarText)
    /// Takes a tag from an annotation, as far as it was put by ancestors; it is not empty.
    case removeNoteTag(AnnotationID, ScalarText)
    /// Resolves, hides or reopens an annotation.
    case setNoteState(AnnotationID, Annotation.State)
    /// Deletes an annotation or a reply; only its author may.
    case deleteNote(AnnotationID)
    /// Deletes the article; concurrent edits win over it.
    case deleteArticle
    /// Takes the article's deletion back.
    case undeleteArticle
    /// Settles conflicts of a text, by the names they have at the version of the change's parents;
    /// a name that is none there has no effect.
    case close(TextField, [ConflictKey])

    /// The class of rights the operation needs.
    public var permission: PermissionClass {
        switch self {
        case .insert, .delete, .revive, .set, .addTag, .removeTag, .deleteArticle,
            .undeleteArticle, .close:
            .edit
        case .annotate, .reply, .setNoteText, .addNoteTag, .removeNoteTag, .setNoteState,
            .deleteNote:
            .annotate
        }
    }
}

/// The class of what a change does to its article; a role permits a class or not.
public enum PermissionClass: UInt8, Hashable, Comparable, Sendable {
    /// Adds and alters annotations.
    case annotate = 1
    /// Alters the article itself.
    case edit = 2

    /// Orders by what needs more rights.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
