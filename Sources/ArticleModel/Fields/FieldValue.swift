/// What a register holds.
public enum FieldValue: Hashable, Sendable {
    /// Nothing: the field was cleared.
    case absent
    /// One line of text.
    case text(ScalarText)
    /// Several texts in order, none of them empty.
    case list([ScalarText])
    /// A date.
    case date(ArticleDate)
}
