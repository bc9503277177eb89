public import ArticleModel

/// What differs between two texts in whole words, for people to read.
///
/// For what is signed there is ``TextDiff``, which replaces letters where words stay.
public enum WordDiff {
    /// A stretch of the two texts.
    public enum Part: Hashable, Sendable {
        /// Words that both have.
        case kept(ScalarText)
        /// Words that gave way to others; one of both may be empty.
        case replaced(ScalarText, by: ScalarText)

        /// The scalars of the new text.
        public var newCount: Int {
            switch self {
            case .kept(let text): text.scalarCount
            case .replaced(_, let new): new.scalarCount
            }
        }

        /// The scalars of the old text.
        public var oldCount: Int {
            switch self {
            case .kept(let text): text.scalarCount
            case .replaced(let old, _): old.scalarCount
            }
        }
    }

    /// The stretches from left to right: put together, the old sides are `from`, the new ones `to`.
    public static func parts(from: ScalarText, to: ScalarText) -> [Part] {
        let old = from.scalars
        let new = to.scalars
        let hunks = TextDiff.hunks(from: from, to: to)
        var stretches: [Stretch] = []
        var shift = 0
        var lastEnd = 0
        for (index, hunk) in hunks.enumerated() {
            let insertedCount = hunk.inserted.scalarCount
            let end = hunk.position + hunk.deletedCount
            let newStart = hunk.position + shift
            let next = index + 1 < hunks.count ? hunks[index + 1].position : old.count
            let stretch = Stretch(
                old: hunk.position..<end,
                new: newStart..<newStart + insertedCount
            ).widened(old, new, leftMax: hunk.position - lastEnd, rightMax: next - end)
            shift += insertedCount - hunk.deletedCount
            lastEnd = end
            if let last = stretches.last, stretch.old.lowerBound <= last.old.upperBound {
                stretches[stretches.count - 1] = last.joined(stretch)
            } else {
                stretches.append(stretch)
            }
        }
        return parts(stretches, old, new)
    }

    private static func parts(
        _ stretches: [Stretch],
        _ old: [Unicode.Scalar],
        _ new: [Unicode.Scalar]
    ) -> [Part] {
        var parts: [Part] = []
        var end = 0
        func keep(_ start: Int) {
            guard end < start else { return }
            parts.append(.kept(text(old[end..<start])))
        }
        for stretch in stretches {
            keep(stretch.old.lowerBound)
            parts.append(.replaced(text(old[stretch.old]), by: text(new[stretch.new])))
            end = stretch.old.upperBound
        }
        keep(old.count)
        return parts
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> ScalarText {
        // Parts of a text hold nothing that a text may not hold.
        ScalarText(scalars: scalars) ?? .init()
    }

    /// Scalars of the old text that those of the new one take the place of.
    private struct Stretch {
        let old: Range<Int>
        let new: Range<Int>

        /// The stretch with the rest of the words it alters, as far as both texts are the same on
        /// either side of it.
        func widened(
            _ before: [Unicode.Scalar],
            _ after: [Unicode.Scalar],
            leftMax: Int,
            rightMax: Int
        ) -> Stretch {
            func isWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
                scalars.indices.contains(index) && scalars[index].isPartOfWord
            }
            var left = 0
            if isWord(before, old.lowerBound) || isWord(after, new.lowerBound) {
                while left < leftMax, isWord(before, old.lowerBound - left - 1) { left += 1 }
            }
            var right = 0
            if isWord(before, old.upperBound - 1) || isWord(after, new.upperBound - 1) {
                while right < rightMax, isWord(before, old.upperBound + right) { right += 1 }
            }
            return Stretch(
                old: old.lowerBound - left..<old.upperBound + right,
                new: new.lowerBound - left..<new.upperBound + right
            )
        }

        func joined(_ next: Stretch) -> Stretch {
            Stretch(
                old: old.lowerBound..<max(old.upperBound, next.old.upperBound),
                new: new.lowerBound..<max(new.upperBound, next.new.upperBound)
            )
        }
    }
}

extension Unicode.Scalar {
    /// Whether it goes on a word with letters beside it: a letter, digit or mark, but none of a
    /// script that is written without blanks.
    var isPartOfWord: Bool {
        if value < 0x80 {
            switch value {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x27: return true
            default: return false
            }
        }
        switch value {
        // An apostrophe and a joiner within words.
        case 0x2019, 0x200D: return true
        case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: return false
        default: break
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber:
            return true
        default: return false
        }
    }
}
