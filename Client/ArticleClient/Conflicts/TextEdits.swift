import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

extension OpenLibrary {
    /// What came of an edit of a text as it is shown.
    struct SavedEdit {
        /// The change set; nil where there was nothing to sign.
        let result: CommitResult?
        /// The conflicts that the edit settled, and whether it reached into each.
        let settled: [(record: ConflictRecord, isInside: Bool)]
        /// How many steps were signed.
        let operationCount: Int
    }

    /// Signs an edit of an article, made on it as it was shown at the version of `state`.
    ///
    /// Where people had to choose, the edit settles what it comes up to: from then on the words that
    /// are shown are everybody's.
    func save(
        _ edit: DocumentEdit,
        of article: ArticleID,
        at state: ArticleState
    ) throws -> SavedEdit {
        guard !edit.isEmpty else {
            return SavedEdit(result: nil, settled: [], operationCount: 0)
        }
        var operations = edit.operations
        var texts: [TextField: ScalarText] = [:]
        var settled: [(record: ConflictRecord, isInside: Bool)] = []
        if try edit.hunks.isEmpty || replica.isPlain(article, at: state.heads) {
            for field in TextField.allCases {
                operations += TextDiff.operations(for: edit.hunks[field] ?? [], in: field)
            }
        } else {
            guard let analysis = try replica.analysis(ofArticle: article),
                let draft = analysis.edit(edit.hunks, at: state.heads)
            else { throw damaged(article) }
            operations += draft.operations
            texts = draft.texts
            settled = try self.settled(by: draft, edit, of: article)
        }
        let result = try commit([
            .edit(article, parents: state.heads, operations, showing: texts)
        ])
        return SavedEdit(result: result, settled: settled, operationCount: operations.count)
    }

    private func settled(
        by draft: ArticleDraft,
        _ edit: DocumentEdit,
        of article: ArticleID
    ) throws -> [(record: ConflictRecord, isInside: Bool)] {
        try replica.conflicts(of: article).filter { draft.closes.contains($0.conflict.subject) }
            .map { record in
                guard case .text(let field, _) = record.conflict.subject else {
                    return (record, true)
                }
                let range = record.conflict.range
                let isInside = (edit.hunks[field] ?? []).contains { hunk in
                    hunk.position < range.upperBound
                        && hunk.position + max(1, hunk.deletedCount) > range.lowerBound
                }
                return (record, isInside)
            }
    }

    /// Tells which conflicts an edit settled.
    func tell(_ saved: SavedEdit) {
        for (record, isInside) in saved.settled {
            client.output.message(
                isInside
                    ? "note: that settles conflict \(record.shortHandle): your words stand there now."
                    : "note: that settles conflict \(record.shortHandle), right beside which you "
                        + "wrote: the words that were shown stand there now."
            )
        }
    }
}
