internal import ArticleModel

/// Which deletions of an article knew which of its edits, while its graph is walked.
struct DeletionRecord {
    /// The edits that no other edit knew.
    private var edits: [ChangeID]
    /// The deletions not taken back that no other deletion knew, with those of `edits` they knew.
    private var deletions: [(change: ChangeID, known: [ChangeID])] = []

    /// Begins with a seed, or with nothing where that is void.
    init(seed: ChangeID?) { edits = seed.map { [$0] } ?? [] }

    /// Goes on from a state whose changes are all known to those that come.
    init(resuming state: ArticleState) {
        // Whoever comes knows all edits, so that one stands for them.
        edits = [state.seed]
        deletions = state.deletions.map { ($0, state.isDeleted ? edits : []) }
    }

    mutating func edit(by change: ChangeID, isAncestor: (ChangeID) -> Bool) {
        edits.removeAll { $0 == change || isAncestor($0) }
        edits.append(change)
        // An edit after a deletion of the same change was not known to that.
        for index in deletions.indices { deletions[index].known.removeAll { $0 == change } }
    }

    mutating func delete(by change: ChangeID, isAncestor: (ChangeID) -> Bool) {
        let known = edits.filter { $0 == change || isAncestor($0) }
        deletions.removeAll { $0.change == change || isAncestor($0.change) }
        deletions.append((change, known))
    }

    mutating func undelete(by change: ChangeID, isAncestor: (ChangeID) -> Bool) {
        deletions.removeAll { $0.change == change || isAncestor($0.change) }
        edit(by: change, isAncestor: isAncestor)
    }

    var standing: [ChangeID] { deletions.map(\.change).sorted() }

    var isDeleted: Bool {
        !deletions.isEmpty
            && edits.allSatisfy { edit in deletions.contains { $0.known.contains(edit) } }
    }
}
