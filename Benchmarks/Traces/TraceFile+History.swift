public import ArticleMerge
internal import ArticleModel

extension TraceFile {
    /// The patches of a transaction as a document takes them.
    public func patches(of number: Int) -> [TextDocument.Patch] {
        transactions[number].patches.map(TextDocument.Patch.init)
    }

    /// The trace as the history of a text, each transaction a node.
    public func history() throws -> TextHistory {
        var history = TextHistory()
        for (number, transaction) in transactions.enumerated() {
            try history.begin(
                parents: transaction.parents,
                agent: transaction.agent,
                sequence: transaction.sequence
            )
            for patch in patches(of: number) { try history.append(patch) }
        }
        return history
    }
}

extension TextDocument.Patch {
    init(_ patch: TraceFile.Patch) {
        self.init(
            position: patch.position,
            deletedCount: patch.deletedCount,
            inserted: ScalarText(patch.inserted) ?? ""
        )
    }
}
