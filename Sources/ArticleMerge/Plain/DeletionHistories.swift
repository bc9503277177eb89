/// What was deleted and revived, for spans of characters.
///
/// Characters with the same past share a history. A history never changes: deleting or reviving
/// its characters makes another one that grew out of it.
struct DeletionHistories {
    /// A change's deletion, and the changes whose revivals cancel it.
    private struct Deletion {
        let change: Int32
        var revivers: [Int32]
    }

    private struct History {
        let deletions: [Deletion]
        /// The history it grew out of, and the change that made it grow.
        let base: Int32
        let author: Int32
    }

    /// The history of characters that nobody ever deleted.
    static let none: Int32 = 0

    private var histories = [History(deletions: [], base: none, author: -1)]
    /// By history: whether its characters are undeleted at the version walked.
    private(set) var isLive = [true]
    /// By number of change: the histories that depend on whether it is applied.
    private var dependents: [Int32: [Int32]] = [:]

    /// The history of characters of `history` that `change`, which is applied, deletes.
    mutating func deleting(_ history: Int32, by change: Int32, _ walk: Walk) -> Int32 {
        let deletions = histories[Int(history)].deletions
        return grow(history, deletions + [Deletion(change: change, revivers: [])], change, walk)
    }

    /// The history of characters of `history` that `change`, which is applied, revives.
    ///
    /// The walk stands at the version `change` knows, so what it cancels is what is applied.
    mutating func reviving(_ history: Int32, by change: Int32, _ walk: Walk) -> Int32 {
        var deletions = histories[Int(history)].deletions
        for index in deletions.indices where walk.isApplied(deletions[index].change) {
            deletions[index].revivers.append(change)
        }
        return grow(history, deletions, change, walk)
    }

    /// Looks again at what depends on changes that the walk went over.
    mutating func refresh(_ changes: [Int], _ walk: Walk) {
        guard !dependents.isEmpty else { return }
        for change in changes {
            for history in dependents[Int32(change)] ?? [] {
                isLive[Int(history)] = isUndeleted(history, walk.isApplied)
            }
        }
    }

    /// The history as it was before `change`, the last to alter any, had a part in it.
    func undoing(_ change: Int32, in history: Int32) -> Int32 {
        var history = history
        while histories[Int(history)].author == change { history = histories[Int(history)].base }
        return history
    }

    private mutating func grow(
        _ base: Int32,
        _ deletions: [Deletion],
        _ author: Int32,
        _ walk: Walk
    ) -> Int32 {
        let history = Int32(histories.count)
        histories.append(History(deletions: deletions, base: base, author: author))
        for deletion in deletions {
            dependents[deletion.change, default: []].append(history)
            for reviver in deletion.revivers { dependents[reviver, default: []].append(history) }
        }
        isLive.append(isUndeleted(history, walk.isApplied))
        return history
    }

    /// Whether each deletion that counts is cancelled by a revival that counts.
    func isUndeleted(_ history: Int32, _ counts: (Int32) -> Bool) -> Bool {
        histories[Int(history)].deletions.allSatisfy { deletion in
            !counts(deletion.change) || deletion.revivers.contains(where: counts)
        }
    }

    /// Whether a deletion is part of the version walked, cancelled or not.
    func hasDeletions(_ history: Int32, _ walk: Walk) -> Bool {
        histories[Int(history)].deletions.contains { walk.isApplied($0.change) }
    }
}
