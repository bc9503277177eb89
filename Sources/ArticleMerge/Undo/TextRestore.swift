public import ArticleModel

extension TextState {
    /// The operations that make this text, in the same article, what `target` is: what that has not
    /// is deleted, what it has and this one lost is revived, character by character.
    ///
    /// For a change made at the version of this text. None where both are equal.
    public func operations(restoring target: TextState, in field: TextField) -> [Operation] {
        var wanted: [ChangeID: [Range<UInt32>]] = [:]
        for run in target.runs where run.isVisible {
            wanted[run.change, default: []].append(run.offset..<run.end)
        }
        for (change, ranges) in wanted {
            wanted[change] = ranges.sorted { $0.lowerBound < $1.lowerBound }
        }
        var restoration = Restoration()
        for run in runs {
            for (part, isWanted) in run.parts(wantedBy: wanted[run.change] ?? []) {
                restoration.add(
                    run.part(from: part.lowerBound - run.offset, count: UInt32(part.count)),
                    isWanted: isWanted
                )
            }
        }
        return restoration.operations(in: field)
    }
}

/// What has to be done to make one text of another, found run by run.
struct Restoration {
    /// What people see and must not, though changes count it as deleted: only what is alive for
    /// them can be deleted by one that is not void, so it is revived first.
    private var revivedToGo: [CharacterRange] = []
    /// What goes, as ranges of the raw text with those revived in it.
    private var deletions: [Range<Int>] = []
    private var revivals: [CharacterRange] = []
    private var position = 0

    mutating func add(_ run: ItemRun, isWanted: Bool) {
        let characters = CharacterRange(change: run.change, offset: run.offset, count: run.count)
        let goes = run.isVisible && !isWanted
        if goes, !run.isAlive { revivedToGo.append(characters) }
        if goes {
            let range = position..<position + Int(run.count)
            if let last = deletions.last, last.upperBound == range.lowerBound {
                deletions[deletions.count - 1] = last.lowerBound..<range.upperBound
            } else {
                deletions.append(range)
            }
        }
        if isWanted, !run.isVisible { revivals.append(characters) }
        if run.isAlive || goes { position += Int(run.count) }
    }

    /// The deletions from right to left, so that none moves the next.
    func operations(in field: TextField) -> [Operation] {
        var operations: [Operation] = []
        if !revivedToGo.isEmpty { operations.append(.revive(field, revivedToGo)) }
        operations += deletions.reversed().map {
            .delete(field, position: $0.lowerBound, count: $0.count)
        }
        if !revivals.isEmpty { operations.append(.revive(field, revivals)) }
        return operations
    }
}

extension ItemRun {
    /// The run's offsets in order, parted where `ranges`, sorted and apart, begin and end.
    fileprivate func parts(
        wantedBy ranges: [Range<UInt32>]
    ) -> [(part: Range<UInt32>, isWanted: Bool)] {
        var parts: [(part: Range<UInt32>, isWanted: Bool)] = []
        var next = offset
        let first = ranges.sortedIndex(notBefore: { $0.upperBound <= offset })
        for range in ranges[first...] {
            guard range.lowerBound < end else { break }
            let start = max(range.lowerBound, next)
            if next < start { parts.append((next..<start, false)) }
            let last = min(range.upperBound, end)
            parts.append((start..<last, true))
            next = last
        }
        if next < end { parts.append((next..<end, false)) }
        return parts
    }
}
