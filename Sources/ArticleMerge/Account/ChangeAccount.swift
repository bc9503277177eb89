public import ArticleModel

/// What a change did to the texts, in whole words, for people to read.
public struct ChangeAccount: Hashable, Sendable {
    /// One place where words gave way to others.
    public struct Edit: Hashable, Sendable {
        /// The text.
        public let field: TextField
        /// The words before, with those that were altered in part; empty where words were added.
        public let before: ScalarText
        /// The words after; empty where words were deleted.
        public let after: ScalarText
        /// Where that is in the text of all changes, in scalars.
        public internal(set) var position: Int
    }

    /// The places, from left to right, the summary before the body.
    public let edits: [Edit]
}

extension ChangeAccount {
    /// What changes of a graph did; all of them where none is named.
    ///
    /// A seed, and a change that is void or without effect, did nothing here. One walk over the graph. Where characters can no longer be numbered (2^31) there is no
    /// account.
    public static func accounts(
        of changes: Set<ChangeID>? = nil,
        in graph: EventGraph
    ) -> [ChangeID: ChangeAccount] {
        guard TrackedTexts.canWalk(graph) else { return [:] }
        var walk = DeedWalk(graph)
        var drafts: [(change: ChangeID, edits: [AccountDraft])] = []
        for number in graph.branchOrder() where number > 0 {
            let node = graph.nodes[number]
            guard let change = node.change, changes?.contains(node.id) ?? true,
                !graph.isVoid(number: number),
                change.operations.contains(where: \.altersText)
            else {
                walk.visit(number)
                continue
            }
            // Without effect where a parent is; to be visited all the same, as others go on from it.
            guard walk.move(to: change) else {
                walk.visit(number)
                continue
            }
            var edits: [AccountDraft] = []
            if change.operations.contains(where: \.revives) {
                let before = TextField.allCases.map { walk.text(of: $0) }
                guard walk.visit(number) else { continue }
                for (field, old) in zip(TextField.allCases, before) {
                    let new = walk.text(of: field)
                    edits += walk.draft(field, from: old, to: new)
                }
            } else {
                for field in TextField.allCases {
                    edits += walk.draft(field, change.operations, of: number)
                }
                guard walk.visit(number) else { continue }
            }
            drafts.append((node.id, edits))
        }
        walk.moveToEnd()
        // Where void changes have a part in it, people see another text than changes count.
        let texts = graph.holdsVoids ? TextField.allCases.map { walk.text(of: $0) } : []
        var accounts: [ChangeID: ChangeAccount] = [:]
        for (change, edits) in drafts {
            // What was put back as it was is no edit to anybody.
            let altered = edits.filter { $0.before != $0.after }
            accounts[change] = ChangeAccount(
                edits: altered.map { draft in
                    var edit = walk.finish(draft)
                    if !texts.isEmpty {
                        let text = texts[Int(draft.field.rawValue)]
                        edit.position = text.shownPosition(ofRaw: edit.position) ?? 0
                    }
                    return edit
                }
            )
        }
        return accounts
    }
}

extension Operation {
    var altersText: Bool {
        switch self {
        case .insert, .delete, .revive: true
        default: false
        }
    }

    var revives: Bool { if case .revive = self { true } else { false } }
}

/// An edit whose place in the newest text is not known yet.
struct AccountDraft {
    let field: TextField
    let before: [Unicode.Scalar]
    let after: [Unicode.Scalar]
    /// A character beside the place; nil in an empty text.
    let anchor: (change: Int, offset: UInt32)?
}

extension DeedWalk {
    /// What operations will do to a text at the version walked, whole words of it.
    mutating func draft(
        _ field: TextField,
        _ operations: [Operation],
        of number: Int
    ) -> [AccountDraft] {
        let length = replay.texts.length(of: field)
        guard
            let hunks = EditedText(operations, in: field, length: length)?.hunks, !hunks.isEmpty
        else { return [] }
        var groups: [(hunks: [EditedText.Hunk], words: Range<Int>)] = []
        for hunk in hunks {
            let start = wordStart(field, hunk)
            let end = wordEnd(field, hunk, length)
            if let last = groups.last, start <= last.words.upperBound {
                groups[groups.count - 1].hunks.append(hunk)
                groups[groups.count - 1].words =
                    last.words.lowerBound..<max(last.words.upperBound, end)
            } else {
                groups.append(([hunk], start..<end))
            }
        }
        var drafts: [AccountDraft] = []
        for group in groups {
            drafts.append(draft(field, group.hunks, in: group.words, of: number))
        }
        return drafts
    }

    /// What hunks make of the words in a range.
    private mutating func draft(
        _ field: TextField,
        _ hunks: [EditedText.Hunk],
        in words: Range<Int>,
        of number: Int
    ) -> AccountDraft {
        let before = scalars(field, words)
        var after: [Unicode.Scalar] = []
        var end = words.lowerBound
        for hunk in hunks {
            after += before[end - words.lowerBound..<hunk.deleted.lowerBound - words.lowerBound]
            after += hunk.inserted
            end = hunk.deleted.upperBound
        }
        after += before[(end - words.lowerBound)...]
        let last = replay.texts.length(of: field) - 1
        var anchor = replay.texts.character(at: min(words.lowerBound, last), in: field)
        // What comes in shows where it is; what stands behind it may be another paragraph.
        if let hunk = hunks.first, hunk.deleted.lowerBound == words.lowerBound,
            !hunk.inserted.isEmpty
        {
            anchor = (number, hunk.firstOffset)
        }
        return AccountDraft(field: field, before: before, after: after, anchor: anchor)
    }

    /// What differs between two texts, the newer of which is the one walked.
    mutating func draft(
        _ field: TextField,
        from old: TextState,
        to new: TextState
    ) -> [AccountDraft] {
        let (before, after) = (old.text, new.text)
        guard before != after else { return [] }
        var result: [AccountDraft] = []
        var position = 0
        for part in WordDiff.parts(from: before, to: after) {
            if case .replaced(let before, let after) = part {
                let place = min(position, new.scalarCount - 1)
                result.append(
                    AccountDraft(
                        field: field,
                        before: before.scalars,
                        after: after.scalars,
                        anchor: new.characterID(at: place).flatMap { character in
                            replay.graph.number(of: character.change).map { ($0, character.offset) }
                        }
                    )
                )
            }
            position += part.newCount
        }
        return result
    }

    /// The edit with its place in the text of the version walked.
    func finish(_ draft: AccountDraft) -> ChangeAccount.Edit {
        let place = draft.anchor.flatMap {
            replay.texts.place($0.offset, of: $0.change, in: draft.field)
        }
        return ChangeAccount.Edit(
            field: draft.field,
            before: ScalarText(scalars: draft.before) ?? .init(),
            after: ScalarText(scalars: draft.after) ?? .init(),
            position: place?.position ?? 0
        )
    }

    /// How far a word that the hunk alters reaches to the left.
    private mutating func wordStart(_ field: TextField, _ hunk: EditedText.Hunk) -> Int {
        let start = hunk.deleted.lowerBound
        let right = scalar(field, hunk.deleted.upperBound)
        let meetsBefore = scalar(field, start)
        let meetsAfter = hunk.inserted.first ?? right
        guard [meetsBefore, meetsAfter].contains(where: { $0?.isPartOfWord ?? false }) else {
            return start
        }
        var place = start
        while start - place < Self.wordLengthMax, scalar(field, place - 1)?.isPartOfWord ?? false {
            place -= 1
        }
        return place
    }

    /// How far a word that the hunk alters reaches to the right.
    private mutating func wordEnd(
        _ field: TextField,
        _ hunk: EditedText.Hunk,
        _ length: Int
    ) -> Int {
        let end = hunk.deleted.upperBound
        let left = scalar(field, hunk.deleted.lowerBound - 1)
        let meetsBefore = hunk.deleted.isEmpty ? left : scalar(field, end - 1)
        let meetsAfter = hunk.inserted.last ?? left
        guard [meetsBefore, meetsAfter].contains(where: { $0?.isPartOfWord ?? false }) else {
            return end
        }
        var place = end
        while place - end < Self.wordLengthMax, scalar(field, place)?.isPartOfWord ?? false {
            place += 1
        }
        return place
    }

    private static var wordLengthMax: Int { 40 }
}
