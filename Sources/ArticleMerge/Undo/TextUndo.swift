public import ArticleModel

/// What takes back what one change did to the texts, wherever it stands in the history.
///
/// The characters it inserted go; those it deleted come back unless another deletion of them stands;
/// those it brought back go again unless they would be in the text without it. What is brought back
/// is revived, not typed anew, so anchors and blame stay.
public enum TextUndo {
    /// The operations that undo `change`, for a change that goes on from the heads of `graph`.
    ///
    /// None where nothing of it is left; nil where it is unknown, void or without effect, or where
    /// characters can no longer be numbered (2^31). One walk over the graph.
    public static func operations(undoing change: ChangeID, in graph: EventGraph) -> [Operation]? {
        guard TrackedTexts.canWalk(graph), let target = graph.number(of: change), target > 0,
            !graph.isVoid(number: target)
        else { return nil }
        var walk = DeedWalk(graph)
        var deeds = DeedRecord()
        for number in graph.branchOrder() where number > 0 {
            if let change = graph.nodes[number].change,
                change.operations.contains(where: \.altersText)
            {
                let found = walk.deeds(visiting: change, number)
                // What void changes did does not count.
                if !graph.isVoid(number: number) { deeds.add(found) }
            } else {
                walk.visit(number)
            }
        }
        walk.moveToEnd()
        guard walk.replay.texts.applied[target] else { return nil }
        var operations: [Operation] = []
        for field in TextField.allCases {
            operations += walk.operations(undoing: target, in: field, deeds)
        }
        return operations
    }
}

/// What was done to characters, by whom.
struct Deed {
    /// The number of the change that did it.
    let by: Int
    let field: TextField
    /// The change that inserted the characters.
    let change: Int
    let offsets: Range<UInt32>
    /// Whether they were brought back, not deleted.
    let isRevival: Bool
}

/// All that was done to characters after they were inserted.
struct DeedRecord {
    private(set) var deeds: [Deed] = []

    mutating func add(_ deeds: [Deed]) { self.deeds += deeds }

    /// For each character that `target` deleted or brought back, who else did either to it.
    func others(of target: Int, in field: TextField) -> [Character: [(by: Int, isRevival: Bool)]] {
        var others: [Character: [(by: Int, isRevival: Bool)]] = [:]
        for deed in deeds where deed.by == target && deed.field == field {
            for offset in deed.offsets {
                others[Character(change: deed.change, offset: offset)] = []
            }
        }
        guard !others.isEmpty else { return others }
        for deed in deeds where deed.by != target && deed.field == field {
            for offset in deed.offsets {
                others[Character(change: deed.change, offset: offset)]?
                    .append((deed.by, deed.isRevival))
            }
        }
        return others
    }

    /// A character by the number of the change that inserted it.
    struct Character: Hashable, Comparable {
        let change: Int
        let offset: UInt32

        static func < (left: Self, right: Self) -> Bool {
            left.change == right.change ? left.offset < right.offset : left.change < right.change
        }
    }
}

extension DeedWalk {
    /// Takes in a change whose parents were visited and says what it did to characters: nothing
    /// where it has no effect.
    ///
    /// What it inserts and deletes itself can be brought back like any other, so that is a deed too.
    mutating func deeds(visiting change: Change, _ number: Int) -> [Deed] {
        guard move(to: change) else {
            // Without effect, as a parent is; others go on from it all the same.
            visit(number)
            return []
        }
        var deeds: [Deed] = []
        if change.operations.contains(where: \.revives) {
            // Positions behind a revival count what it brought back, so look at the outcome.
            let before = TextField.allCases.map { text(of: $0) }
            let named = revivedCharacters(of: change, by: number)
            guard visit(number) else { return [] }
            for (field, old) in zip(TextField.allCases, before) {
                deeds += deletions(by: number, in: field, from: old, to: text(of: field))
            }
            for (revival, wasAlive) in named {
                deeds.append(revival)
                let offset = revival.offsets.lowerBound
                let place = replay.texts.place(offset, of: revival.change, in: revival.field)
                if !wasAlive, place?.isVisible == false {
                    // Deleted again by the same change.
                    deeds.addDeletion(of: (revival.change, offset), by: number, revival.field)
                }
            }
        } else {
            for field in TextField.allCases {
                let length = replay.texts.length(of: field)
                for hunk in EditedText(change.operations, in: field, length: length)?.hunks ?? [] {
                    for position in hunk.deleted {
                        guard let found = replay.texts.character(at: position, in: field) else {
                            continue
                        }
                        deeds.addDeletion(of: found, by: number, field)
                    }
                }
            }
            guard visit(number) else { return [] }
        }
        for field in TextField.allCases {
            for offset in 0..<UInt32(clamping: replay.graph.nodes[number].insertedCount) {
                let place = replay.texts.place(offset, of: number, in: field)
                if place?.isVisible == false {
                    deeds.addDeletion(of: (number, offset), by: number, field)
                }
            }
        }
        return deeds
    }

    /// The characters that a change to be visited brings back, one by one, and whether each is in
    /// the raw text already: it counts all the same, as what another did to it may not.
    private func revivedCharacters(
        of change: Change,
        by number: Int
    ) -> [(revival: Deed, wasAlive: Bool)] {
        var result: [(revival: Deed, wasAlive: Bool)] = []
        for case .revive(let field, let ranges) in change.operations {
            for range in ranges {
                let (end, isTooFar) = range.offset.addingReportingOverflow(range.count)
                guard let inserter = replay.graph.number(of: range.change), !isTooFar,
                    end <= UInt32(clamping: replay.graph.nodes[inserter].insertedCount)
                else { continue }
                for offset in range.offset..<end {
                    guard let place = replay.texts.place(offset, of: inserter, in: field) else {
                        continue
                    }
                    let deed = Deed(
                        by: number,
                        field: field,
                        change: inserter,
                        offsets: offset..<offset + 1,
                        isRevival: true
                    )
                    result.append((deed, place.isVisible))
                }
            }
        }
        return result
    }

    /// The characters that are in the first of two raw texts alone, the second of which is the
    /// first after a change: it has all its characters, alive or not, and those the change inserted.
    private func deletions(
        by number: Int,
        in field: TextField,
        from old: TextState,
        to new: TextState
    ) -> [Deed] {
        var deeds: [Deed] = []
        let known = old.runs
        var index = 0
        var done: UInt32 = 0
        for run in new.runs {
            var rest = run
            while rest.count > 0, index < known.count {
                let before = known[index]
                // Inserted by the change.
                guard before.change == rest.change, before.offset + done == rest.offset else {
                    break
                }
                let count = min(rest.count, before.count - done)
                if before.isAlive, !rest.isAlive,
                    let inserter = replay.graph.number(of: rest.change)
                {
                    deeds.append(
                        Deed(
                            by: number,
                            field: field,
                            change: inserter,
                            offsets: rest.offset..<rest.offset + count,
                            isRevival: false
                        )
                    )
                }
                rest = rest.part(from: count, count: rest.count - count)
                done += count
                if done == before.count {
                    index += 1
                    done = 0
                }
            }
        }
        return deeds
    }

    /// The operations that take back what `target` did to a text, at the end of the walk.
    fileprivate mutating func operations(
        undoing target: Int,
        in field: TextField,
        _ record: DeedRecord
    ) -> [Operation] {
        let targetID = replay.graph.nodes[target].id
        let wanted = wanted(without: target, in: field, record)
        var restoration = Restoration()
        for run in text(of: field).runs {
            if run.change == targetID {
                // What it inserted goes, whatever was done to that.
                restoration.add(run, isWanted: false)
            } else if let known = wanted[run.change] {
                var start: UInt32 = 0
                for index in 0..<run.count {
                    let isLast = index + 1 == run.count
                    let now = known[run.offset + index] ?? run.isVisible
                    let next = isLast ? !now : known[run.offset + index + 1] ?? run.isVisible
                    guard now != next else { continue }
                    restoration.add(run.part(from: start, count: index + 1 - start), isWanted: now)
                    start = index + 1
                }
            } else {
                restoration.add(run, isWanted: run.isVisible)
            }
        }
        return restoration.operations(in: field)
    }

    /// For the characters that `target` deleted or brought back, whether people would see them had
    /// it not; by the change that inserted them, and offset.
    private func wanted(
        without target: Int,
        in field: TextField,
        _ record: DeedRecord
    ) -> [ChangeID: [UInt32: Bool]] {
        var wanted: [ChangeID: [UInt32: Bool]] = [:]
        var ancestry = KnownAncestry(graph: replay.graph)
        for (character, others) in record.others(of: target, in: field)
        // What void changes inserted, nobody sees.
        where !replay.graph.isVoid(number: character.change) {
            let revivals = others.filter(\.isRevival).map(\.by)
            let isSeen = others.filter { !$0.isRevival }.allSatisfy { deletion in
                revivals.contains { ancestry.isAncestor(deletion.by, of: $0) }
            }
            wanted[replay.graph.nodes[character.change].id, default: [:]][character.offset] = isSeen
        }
        return wanted
    }
}

extension [Deed] {
    /// Adds the deletion of one character, joined to the last where it goes on with that.
    fileprivate mutating func addDeletion(
        of character: (change: Int, offset: UInt32),
        by number: Int,
        _ field: TextField
    ) {
        var offsets = character.offset..<character.offset + 1
        if let last, last.field == field, last.change == character.change,
            last.offsets.upperBound == character.offset
        {
            offsets = last.offsets.lowerBound..<offsets.upperBound
            removeLast()
        }
        append(
            Deed(
                by: number,
                field: field,
                change: character.change,
                offsets: offsets,
                isRevival: false
            )
        )
    }
}

/// Which change is an ancestor of which, asked again and again for the same few.
private struct KnownAncestry {
    let graph: EventGraph
    private var known: [Pair: Bool] = [:]

    init(graph: EventGraph) { self.graph = graph }

    private struct Pair: Hashable {
        let ancestor: Int
        let change: Int
    }

    mutating func isAncestor(_ ancestor: Int, of change: Int) -> Bool {
        // A number is above those of its ancestors.
        guard ancestor < change else { return false }
        let pair = Pair(ancestor: ancestor, change: change)
        if let answer = known[pair] { return answer }
        let answer = graph.difference(from: [ancestor], to: [change]).retreat.isEmpty
        known[pair] = answer
        return answer
    }
}
