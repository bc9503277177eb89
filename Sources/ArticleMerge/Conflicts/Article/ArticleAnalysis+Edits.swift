public import ArticleModel

/// What a change is to do, and what it settles by that.
public struct ArticleDraft: Hashable, Sendable {
    /// The steps, in order; none where nothing is to be done.
    public let operations: [Operation]
    /// The conflicts of texts that it settles, those included of which no choice is left.
    public let closes: [ArticleConflict.Subject]
    /// The texts as they are to be shown afterwards.
    public let texts: [TextField: ScalarText]
}

/// What people choose in a conflict.
public enum ConflictResolution: Hashable, Sendable {
    /// One of the alternatives, by number.
    case alternative(Int)
    /// What was there before.
    case base
    /// All alternatives.
    case all
    /// Other words.
    case words(ScalarText)
    /// Another value of a field.
    case value(FieldValue)
}

extension ArticleAnalysis {
    /// Edits of the texts as they are shown at a version, as a change that goes on from it; nil where
    /// the version is unknown, or an edit is past the end.
    ///
    /// Settles the conflicts that the edits come up to.
    public func edit(
        _ hunks: [TextField: [TextHunk]],
        at version: [ChangeID]? = nil
    ) -> ArticleDraft? {
        var operations: [Operation] = []
        var closes: [ArticleConflict.Subject] = []
        var texts: [TextField: ScalarText] = [:]
        for field in TextField.allCases {
            guard let hunks = hunks[field], !hunks.isEmpty else { continue }
            let analysis = text(field)
            guard let draft = analysis.edit(hunks, at: version) else { return nil }
            operations += draft.operations
            closes += draft.closes.map { .text(field, $0) }
            let shown = version.map { analysis.shownText(at: $0) } ?? analysis.shownText()
            texts[field] = shown.map { $0.text.applying(hunks) }
        }
        return ArticleDraft(operations: operations, closes: closes, texts: texts)
    }

    /// What settles conflicts of the article as it stands; nil where one of them is none, or the
    /// choice does not go with it.
    public func resolution(
        of choices: [(conflict: ArticleConflict, choice: ConflictResolution)]
    ) -> ArticleDraft? {
        var keys: [TextField: [ConflictKey: ConflictChoice]] = [:]
        var values: [Operation] = []
        for (conflict, choice) in choices {
            if case .text(let field, let key) = conflict.subject {
                guard let taken = choice.inText else { return nil }
                keys[field, default: [:]][key] = taken
            } else {
                guard let operation = operation(for: choice, in: conflict) else { return nil }
                values.append(operation)
            }
        }
        var operations: [Operation] = []
        var closes: [ArticleConflict.Subject] = []
        for field in TextField.allCases {
            guard let keys = keys[field] else { continue }
            guard let draft = text(field).resolution(of: keys) else { return nil }
            operations += draft.operations
            closes += draft.closes.map { .text(field, $0) }
        }
        return ArticleDraft(operations: operations + values, closes: closes, texts: [:])
    }

    /// What takes the words back that one change altered, in the texts as they stand; nil where it
    /// is unknown.
    public func undo(_ change: ChangeID) -> ArticleDraft? {
        var operations: [Operation] = []
        var closes: [ArticleConflict.Subject] = []
        for field in TextField.allCases {
            guard let draft = text(field).undo(change) else { return nil }
            operations += draft.operations
            closes += draft.closes.map { .text(field, $0) }
        }
        return ArticleDraft(operations: operations, closes: closes, texts: [:])
    }

    /// What gives the article the texts, fields and tags it had in `target`, another version of it
    /// as it was shown; settles all conflicts of a text that it alters.
    public func restore(_ target: ArticleState) -> [Operation] {
        let shown = shown
        let altered = TextField.allCases.filter {
            shown.text(of: $0).text != target.text(of: $0).text
        }
        var closings: [Operation] = []
        for field in altered {
            let text = text(field).shownText()
            let keys = text.conflicts.map(\.key) + text.agreed.map(\.key)
            if !keys.isEmpty { closings.append(.close(field, keys)) }
        }
        let operations = merged.operations(restoring: target).filter { operation in
            operation.textField.map(altered.contains) ?? true
        }
        return closings + operations
    }

    private func operation(
        for choice: ConflictResolution,
        in conflict: ArticleConflict
    ) -> Operation? {
        switch (conflict.subject, chosen(choice, in: conflict)) {
        case (.field(let field), .value(let value)): .set(field, value)
        case (.note(let id), .words(let words)): .setNoteText(id, words)
        case (.article, .article(let isKept)): isKept ? .undeleteArticle : .deleteArticle
        default: nil
        }
    }

    /// What a choice leaves, in a conflict outside of the texts.
    private func chosen(
        _ choice: ConflictResolution,
        in conflict: ArticleConflict
    ) -> ArticleConflict.Content? {
        switch choice {
        case .alternative(let number):
            conflict.alternatives.indices.contains(number)
                ? conflict.alternatives[number].content : nil
        case .base: conflict.base
        case .words(let words): .words(words)
        case .value(let value): .value(value)
        case .all: joined(conflict.alternatives.map(\.content))
        }
    }

    /// All alternatives as one: the items of lists, the words of notes; nil for others.
    private func joined(_ contents: [ArticleConflict.Content]) -> ArticleConflict.Content? {
        var items: [ScalarText] = []
        var words: [UInt8] = []
        var isList = false
        for content in contents {
            switch content {
            case .value(.list(let list)):
                isList = true
                for item in list where !items.contains(item) { items.append(item) }
            case .words(let text):
                if !words.isEmpty, !text.isEmpty { words += Array("\n\n".utf8) }
                words += text.utf8
            case .value(.absent): isList = true
            case .value, .article: return nil
            }
        }
        return isList ? .value(.list(items)) : .words(ScalarText(wellFormed: words))
    }
}

extension Operation {
    /// The text whose characters it alters; nil for none.
    fileprivate var textField: TextField? {
        switch self {
        case .insert(let field, _, _), .delete(let field, _, _), .revive(let field, _): field
        default: nil
        }
    }
}

extension ConflictResolution {
    /// The choice in a text; nil for a value.
    fileprivate var inText: ConflictChoice? {
        switch self {
        case .alternative(let number): .alternative(number)
        case .base: .base
        case .all: .all
        case .words(let words): .text(words)
        case .value: nil
        }
    }
}
extension ScalarText {
    /// The text after edits of it, ascending and apart.
    func applying(_ hunks: [TextHunk]) -> ScalarText {
        let scalars = scalars
        var result = String.UnicodeScalarView()
        var next = 0
        for hunk in hunks where hunk.position >= next && hunk.position <= scalars.count {
            result.append(contentsOf: scalars[next..<hunk.position])
            result.append(contentsOf: hunk.inserted.scalars)
            next = min(scalars.count, hunk.position + hunk.deletedCount)
        }
        result.append(contentsOf: scalars[next...])
        return ScalarText(String(result)) ?? self
    }
}
