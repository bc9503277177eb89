public import ArticleModel

extension TextDiff {
    /// The hunks of an edit of `text`, of which those that are one rewrite are made one.
    ///
    /// Whoever types "urged normal ties" over "called for normal relations" made one edit, though a
    /// word of it stayed: what others wrote there meanwhile is to be chosen as a whole, not to be
    /// mixed into words that nobody typed. So two neighbours become one, which types again what
    /// stands between them, where
    /// - that is no longer than the longer side, old or new, of each of both,
    /// - it is at most three words or marks, none of them altered in part,
    /// - both are within one block of `field`,
    /// - and none of `ranges` (the words of notes, in scalars) begins or ends inside of the result,
    ///   so that each range covers the same words as if the hunks had stayed apart.
    ///
    /// What has become one is weighed against its neighbours again, until no two are left to join.
    /// Linear in the text; hunks that are not ascending, apart and within the text are given back
    /// as they are.
    public static func joined(
        _ hunks: [TextHunk],
        of text: ScalarText,
        in field: TextField,
        sparing ranges: [Range<Int>] = []
    ) -> [TextHunk] {
        guard hunks.count > 1 else { return hunks }
        return HunkJoiner(hunks, text, field, ranges)?.joined() ?? hunks
    }
}

/// Hunks of a text that may become one with their neighbours.
struct HunkJoiner {
    private let hunks: [TextHunk]
    private let text: [Unicode.Scalar]
    private let separator: [Unicode.Scalar]
    /// Where ranges that are to be spared begin and end, sorted.
    private let edges: [Int]

    /// Kept words and marks that are too many to be typed again.
    private static let keptWordCountMax = 3

    /// Neighbours that have become one.
    private struct Group {
        /// Which hunks, by number.
        var members: ClosedRange<Int>
        /// The scalars that go.
        var old: Range<Int>
        /// How many scalars come.
        var newCount: Int

        var weight: Int { max(old.count, newCount) }
    }

    init?(
        _ hunks: [TextHunk],
        _ text: ScalarText,
        _ field: TextField,
        _ ranges: [Range<Int>]
    ) {
        let scalars = text.scalars
        var end = -1
        for hunk in hunks {
            guard hunk.position > end, hunk.position <= scalars.count, hunk.deletedCount >= 0,
                hunk.deletedCount <= scalars.count - hunk.position
            else { return nil }
            end = hunk.position + hunk.deletedCount
        }
        self.hunks = hunks
        self.text = scalars
        separator = field.blockSeparator.scalars
        edges = ranges.flatMap { [$0.lowerBound, $0.upperBound] }.sorted()
    }

    func joined() -> [TextHunk] {
        let isWithinBlock = hunks.map(staysWithinBlock)
        // What stands between groups always stands between two of the hunks, so it is looked at once.
        let isGapShort = hunks.indices.dropLast().map { left in
            isWithinBlock[left] && isWithinBlock[left + 1] && isShortGap(after: left)
        }
        var groups: [Group] = []
        for (index, hunk) in hunks.enumerated() {
            var group = Group(
                members: index...index,
                old: old(hunk),
                newCount: hunk.inserted.scalarCount
            )
            while let left = groups.last, isGapShort[left.members.upperBound],
                let whole = join(left, group)
            {
                group = whole
                groups.removeLast()
            }
            groups.append(group)
        }
        return groups.map(hunk)
    }

    private func old(_ hunk: TextHunk) -> Range<Int> {
        hunk.position..<hunk.position + hunk.deletedCount
    }

    /// Both as one, unless more is kept between them than either alters, or an edge is inside.
    private func join(_ left: Group, _ right: Group) -> Group? {
        let keptCount = right.old.lowerBound - left.old.upperBound
        guard keptCount <= left.weight, keptCount <= right.weight else { return nil }
        let whole = Group(
            members: left.members.lowerBound...right.members.upperBound,
            old: left.old.lowerBound..<right.old.upperBound,
            newCount: left.newCount + keptCount + right.newCount
        )
        // What is typed beside words goes outside of a range that begins or ends there; as part of
        // what replaces them it would go inside.
        let begins = hunks[whole.members.lowerBound].deletedCount > 0
        let ends = hunks[whole.members.upperBound].deletedCount > 0
        let first = whole.old.lowerBound + (begins ? 1 : 0)
        let last = whole.old.upperBound - (ends ? 1 : 0)
        let edge = edges.sortedIndex(notBefore: { $0 < first })
        return edge < edges.count && edges[edge] <= last ? nil : whole
    }

    private func hunk(_ group: Group) -> TextHunk {
        let first = hunks[group.members.lowerBound]
        guard group.members.count > 1 else { return first }
        var inserted: [UInt8] = []
        var end = group.old.lowerBound
        for hunk in hunks[group.members] {
            for scalar in text[end..<hunk.position] { inserted += UTF8.encode(scalar) ?? .init() }
            inserted += hunk.inserted.utf8
            end = hunk.position + hunk.deletedCount
        }
        return TextHunk(
            position: first.position,
            deletedCount: group.old.count,
            inserted: ScalarText(wellFormed: inserted)
        )
    }

    // MARK: What may be joined

    /// Whether a hunk neither takes a separator of blocks away, nor makes one.
    private func staysWithinBlock(_ hunk: TextHunk) -> Bool {
        let old = old(hunk)
        // A separator may have one part in the hunk and one beside it.
        let reach = separator.count - 1
        let before = text[max(0, old.lowerBound - reach)..<old.lowerBound]
        let after = text[old.upperBound..<min(text.count, old.upperBound + reach)]
        return !holdsSeparator(before + text[old] + after)
            && !holdsSeparator(before + hunk.inserted.scalars + after)
    }

    private func holdsSeparator(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        scalars.indices.contains { scalars[$0...].starts(with: separator) }
    }

    /// Whether only a few whole words of one block stand between a hunk and the next.
    private func isShortGap(after left: Int) -> Bool {
        let before = hunks[left]
        let after = hunks[left + 1]
        let kept = text[before.position + before.deletedCount..<after.position]
        let beside = [
            (kept.first, text[old(before)].last), (kept.first, before.inserted.scalars.last),
            (kept.last, text[old(after)].first), (kept.last, after.inserted.scalars.first),
        ]
        for case (let inner?, let outer?) in beside
        where inner.isPartOfWord && outer.isPartOfWord { return false }
        var wordCount = 0
        var isInWord = false
        for scalar in kept {
            let isPartOfWord = scalar.isPartOfWord
            if isPartOfWord ? !isInWord : !scalar.properties.isWhitespace { wordCount += 1 }
            guard wordCount <= Self.keptWordCountMax else { return false }
            isInWord = isPartOfWord
        }
        return !holdsSeparator(kept)
    }
}
