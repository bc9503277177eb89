internal import ArticleModel

/// A history as it was saved, of an article that was opened and not merged since.
///
/// Whoever opens an article mostly reads it, or writes on at its end. That takes the text alone, so
/// the edits made before stay as small as they were saved.
struct FoldedHistory {
    /// See `TextHistory.encoded`.
    let bytes: [UInt8]
    /// The number of nodes.
    let nodeCount: Int
    /// The nodes that no other goes on from, ascending.
    let heads: [Int]

    /// Reads it; it must be what was said of it.
    func unfolded() throws(MergeError) -> TextHistory {
        let history = try TextHistory(decoding: bytes)
        guard history.count == nodeCount, history.heads == heads else {
            throw TextHistory.unreadable
        }
        return history
    }
}

extension TextDocument {
    /// The document of a saved text, whose history is read when it is needed.
    init(_ saved: ScalarText, scalarCount: Int, _ folded: FoldedHistory) {
        self.init()
        text = TextRope(saved.utf8, scalarCount: scalarCount)
        self.folded = folded
        firstNumber = folded.nodeCount
    }

    /// All edits.
    public func wholeHistory() throws(MergeError) -> TextHistory {
        guard let folded else { return history }
        var whole = try folded.unfolded()
        // What came since follows all that was there, each node the one before.
        var parents = folded.heads
        for number in 0..<history.count {
            try whole.append(history, number, parents: parents)
            parents = [whole.count - 1]
        }
        return whole
    }

    /// The same, where it gives the text.
    func checkedHistory() throws(MergeError) -> TextHistory {
        guard folded != nil else { return history }
        return try unfolded().history
    }

    /// Reads what was saved, for what does not follow all of it.
    mutating func unfold() throws(MergeError) {
        guard folded != nil else { return }
        var whole = try unfolded()
        whole.slotLimit = slotLimit
        whole.isOpen = isOpen
        self = whole
    }

    private func unfolded() throws(MergeError) -> TextDocument {
        let history = try wholeHistory()
        do throws(MergeError) {
            let whole = try TextDocument(replaying: history)
            guard whole.utf8 == utf8 else { throw TextHistory.unreadable }
            return whole
        } catch {
            throw TextHistory.unreadable
        }
    }
}

extension TextHistory {
    /// Adds a node of another history.
    fileprivate mutating func append(
        _ other: TextHistory,
        _ number: Int,
        parents: [Int]
    ) throws(MergeError) {
        let node = other.node(number)
        try begin(parents: parents, agent: node.agent, sequence: node.sequence)
        for index in node.runs {
            let run = other.runs[index]
            if run.isDeletion {
                delete(run.position, run.count, UInt32(text.count))
            } else {
                let inserted = other.text[other.bytes(of: index)]
                guard text.count + inserted.count < Int(TrackedSpan.firstOfBase) else {
                    throw MergeError(
                        .pastTheEnd,
                        "an insertion reaches past what can be counted"
                    )
                }
                let first = UInt32(text.count)
                text.append(contentsOf: inserted)
                insert(run.position, run.count, first)
            }
        }
    }
}
