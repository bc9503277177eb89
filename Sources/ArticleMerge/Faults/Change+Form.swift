internal import ArticleModel

extension Change {
    /// What is wrong with the change whatever went before it.
    func faultOfForm() -> Fault? {
        guard case .edit(let parents, let operations) = content else { return nil }
        guard !parents.isEmpty else { return Fault(.noParents) }
        var inserted: UInt32 = 0
        for (index, operation) in operations.enumerated() {
            guard operation.permission <= permission else { return Fault(.permission, at: index) }
            guard !operation.isOnNothing else { return Fault(.empty, at: index) }
            switch operation {
            case .insert(_, let position, let text):
                let count = text.scalarCount
                guard position >= 0 else { return Fault(.pastTheEnd, at: index) }
                guard let count = UInt32(exactly: count) else { return Fault(.tooLong, at: index) }
                let (sum, overflow) = inserted.addingReportingOverflow(count)
                guard !overflow, sum < .max else { return Fault(.tooLong, at: index) }
                inserted = sum
            case .delete(_, let position, let count):
                guard position >= 0, !position.addingReportingOverflow(count).overflow else {
                    return Fault(.pastTheEnd, at: index)
                }
            case .revive(_, let ranges):
                for range in ranges {
                    guard !range.offset.addingReportingOverflow(range.count).overflow else {
                        return Fault(.unknownCharacter, at: index)
                    }
                }
            default: break
            }
        }
        return nil
    }
}

extension Operation {
    /// Whether what must not be empty is.
    fileprivate var isOnNothing: Bool {
        switch self {
        case .insert(_, _, let text): text.isEmpty
        case .delete(_, _, let count): count < 1
        case .revive(_, let ranges): ranges.isEmpty || ranges.contains { $0.count == 0 }
        case .close(_, let keys): keys.isEmpty
        case .set(let field, let value): field.isNameless || value.holdsEmptyItem
        case .addTag(let tag), .removeTag(let tag), .addNoteTag(_, let tag),
            .removeNoteTag(_, let tag):
            tag.isEmpty
        case .annotate(let annotation): annotation.tags.contains(where: \.isEmpty)
        case .reply, .setNoteText, .setNoteState, .deleteNote, .deleteArticle, .undeleteArticle:
            false
        }
    }
}

extension Field {
    fileprivate var isNameless: Bool {
        if case .custom(let name) = self { name.isEmpty } else { false }
    }
}

extension FieldValue {
    fileprivate var holdsEmptyItem: Bool {
        if case .list(let items) = self { items.contains(where: \.isEmpty) } else { false }
    }
}
