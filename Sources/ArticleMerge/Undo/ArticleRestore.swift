public import ArticleModel

extension ArticleState {
    /// The operations that give this article the texts, fields and tags of another version of it.
    ///
    /// For a change that goes on from this version. Notes stay as they are. Characters that are gone are revived, not typed anew. Of a field that had several values the
    /// shown one comes back. None where nothing differs.
    public func operations(restoring target: ArticleState) -> [Operation] {
        var operations: [Operation] = []
        for field in Set(fields.map(\.field)).union(target.fields.map(\.field)).sorted() {
            let value = target.shownValue(of: field)
            let now = register(of: field)?.values ?? [.absent]
            if now != [value] { operations.append(.set(field, value)) }
        }
        for tag in tags.tags where !target.tags.tags.contains(tag) {
            operations.append(.removeTag(tag))
        }
        for tag in target.tags.tags where !tags.tags.contains(tag) {
            operations.append(.addTag(tag))
        }
        for field in TextField.allCases {
            operations += text(of: field).operations(
                restoring: target.text(of: field),
                in: field
            )
        }
        return operations
    }
}
