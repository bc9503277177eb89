public import ArticleModel

/// Where an annotation's target is in the article as it stands.
public enum ResolvedTarget: Hashable, Sendable {
    /// The article as a whole.
    case article
    /// Scalars of a text, at least one.
    case text(TextField, Range<Int>)
    /// Scalars of an item of a field's value.
    case field(Field, value: ChangeID, item: Int, Range<Int>)
    /// Nowhere: nothing of it is left.
    case orphan
}

extension ArticleState {
    /// Where a target is.
    ///
    /// A target in a text covers what is between its ends in merged order, so it follows all edits,
    /// and words deleted and brought back are covered again. A target in a field holds as long as
    /// that value is among the field's.
    public func resolve(_ target: AnnotationTarget) -> ResolvedTarget {
        switch target {
        case .article:
            return .article
        case .text(let field, let start, let end):
            return text(of: field).resolve(from: start, to: end).map { .text(field, $0) }
                ?? .orphan
        case .field(let field, let change, let item, let range):
            let entry = register(of: field)?.entries.first { $0.stamp.change == change }
            guard let text = entry?.value.item(Int(item)),
                Int(range.upperBound) <= text.scalarCount
            else { return .orphan }
            return .field(
                field,
                value: change,
                item: Int(item),
                Int(range.lowerBound)..<Int(range.upperBound)
            )
        }
    }

    /// Where a note's target is.
    public func resolve(_ note: Note) -> ResolvedTarget { resolve(note.target) }

    /// The target that covers a range of a text; nil for an empty range or one past the end.
    public func target(of range: Range<Int>, in field: TextField) -> AnnotationTarget? {
        guard let (start, end) = text(of: field).anchors(around: range) else { return nil }
        return .text(field, start: start, end: end)
    }
}
