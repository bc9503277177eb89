internal import ArticleModel

/// Two texts under comparison.
struct TextComparison {
    private let from: [UInt8]
    private let to: [UInt8]
    private var replacements: [Replacement] = []

    /// Bytes of the old text that bytes of the new one take the place of.
    private struct Replacement {
        var old: Range<Int>
        var new: Range<Int>
    }

    /// Words or lines that may differ before a stretch is replaced as a whole.
    private static let editCountMax = 4_000
    /// Characters that may differ, and characters that are looked at, inside a replaced stretch.
    private static let characterEditCountMax = 400
    private static let characterCountMax = 4_000
    /// Kept characters between two replacements that are too few to tell them apart.
    private static let keptCountMin = 3

    init(from: [UInt8], to: [UInt8]) {
        self.from = from
        self.to = to
    }

    mutating func hunks() -> [TextHunk] {
        guard from != to else { return [] }
        let whole = trimmed()
        let words = replacedWords(in: whole)
        if words.isComplete {
            for words in words.parts { refine(words) }
        } else {
            // Too much differs to compare the texts word by word at once: line by line first.
            for lines in replacedLines(in: whole) {
                for words in replacedWords(in: lines).parts { refine(words) }
            }
        }
        return replacementsInScalars()
    }

    /// The words that differ, and whether all were compared.
    private func replacedWords(in whole: Replacement) -> (parts: [Replacement], isComplete: Bool) {
        let old = Segments.words(of: from[whole.old])
        let new = Segments.words(of: to[whole.new])
        let (first, second) = numbers(old, new)
        let diff = MyersDiff(first, second, editCountMax: Self.editCountMax)
        let kept = diff.kept.filter { !isMereSpace($0, old, new) }
        return (replacements(between: kept, old, new), diff.isComplete)
    }

    /// Whether kept pieces are but the space between two replaced words of a line.
    ///
    /// Whoever rewrites several words in a row made one edit, not one a word; a line's end, though,
    /// parts edits.
    private func isMereSpace(_ kept: MyersDiff.Kept, _ old: Segments, _ new: Segments) -> Bool {
        let oldEnd = kept.old + kept.count
        let isBetween =
            (kept.old > 0 || kept.new > 0)
            && (oldEnd < old.count || kept.new + kept.count < new.count)
        let bytes = from[old.bytes(of: kept.old..<oldEnd)]
        return isBetween && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// The lines that differ.
    private func replacedLines(in whole: Replacement) -> [Replacement] {
        let old = Segments.lines(of: from[whole.old])
        let new = Segments.lines(of: to[whole.new])
        let (first, second) = numbers(old, new)
        let diff = MyersDiff(first, second, editCountMax: Self.editCountMax)
        return replacements(between: diff.kept, old, new)
    }

    private func replacements(
        between kept: [MyersDiff.Kept],
        _ old: Segments,
        _ new: Segments
    ) -> [Replacement] {
        var result: [Replacement] = []
        var oldEnd = 0
        var newEnd = 0
        for kept in kept + [MyersDiff.Kept(old: old.count, new: new.count, count: 0)] {
            if oldEnd < kept.old || newEnd < kept.new {
                let part = Replacement(
                    old: old.bytes(of: oldEnd..<kept.old),
                    new: new.bytes(of: newEnd..<kept.new)
                )
                result.append(part)
            }
            oldEnd = kept.old + kept.count
            newEnd = kept.new + kept.count
        }
        return result
    }

    /// What is left of both texts without a common start and end, cut at white space.
    ///
    /// Cut between two ASCII bytes only: there a character as people see it always ends.
    private func trimmed() -> Replacement {
        let shorter = min(from.count, to.count)
        var start = 0
        while start < shorter, from[start] == to[start] { start += 1 }
        while start > 0 {
            if start < shorter, from[start - 1].isSpace, from[start] < 0x80, to[start] < 0x80 {
                break
            }
            start -= 1
        }
        var tail = 0
        while tail < shorter - start, from[from.count - 1 - tail] == to[to.count - 1 - tail] {
            tail += 1
        }
        while tail > 0 {
            if tail < shorter - start, from[from.count - tail].isSpace,
                from[from.count - tail - 1] < 0x80, to[to.count - tail - 1] < 0x80
            {
                break
            }
            tail -= 1
        }
        return Replacement(old: start..<from.count - tail, new: start..<to.count - tail)
    }

    /// The pieces of both texts by number, equal ones by the same.
    private func numbers(_ old: Segments, _ new: Segments) -> ([Int], [Int]) {
        var known: [ArraySlice<UInt8>: Int] = [:]
        func number(_ bytes: ArraySlice<UInt8>) -> Int {
            if let number = known[bytes] { return number }
            known[bytes] = known.count
            return known.count - 1
        }
        let first = (0..<old.count).map { number(from[old.bytes(of: $0..<$0 + 1)]) }
        let second = (0..<new.count).map { number(to[new.bytes(of: $0..<$0 + 1)]) }
        return (first, second)
    }

    /// Replaces single characters instead of whole words where most of them stay.
    private mutating func refine(_ whole: Replacement) {
        guard !whole.old.isEmpty, !whole.new.isEmpty else {
            replacements.append(whole)
            return
        }
        let old = Segments.characters(of: from[whole.old])
        let new = Segments.characters(of: to[whole.new])
        guard max(old.count, new.count) <= Self.characterCountMax else {
            replacements.append(whole)
            return
        }
        let (first, second) = numbers(old, new)
        let diff = MyersDiff(first, second, editCountMax: Self.characterEditCountMax)
        // A few letters that happen to be the same between others that differ are no reason to cut
        // a replacement in two.
        let kept = diff.kept.filter { kept in
            kept.count >= Self.keptCountMin || kept.old == 0 && kept.new == 0
                || kept.old + kept.count == old.count && kept.new + kept.count == new.count
        }
        let keptCount = kept.reduce(0) { $0 + $1.count }
        let parts = replacements(between: kept, old, new)
        let isInsertionOrDeletion =
            parts.count == 1 && (parts[0].old.isEmpty || parts[0].new.isEmpty)
        if isInsertionOrDeletion || keptCount * 2 >= max(old.count, new.count) {
            replacements.append(contentsOf: parts)
        } else {
            replacements.append(whole)
        }
    }

    private func replacementsInScalars() -> [TextHunk] {
        var byte = 0
        var position = 0
        var hunks: [TextHunk] = []
        func scalarCount(_ bytes: Range<Int>) -> Int {
            var count = 0
            for index in bytes where from[index] & 0xC0 != 0x80 { count += 1 }
            return count
        }
        for replacement in replacements {
            position += scalarCount(byte..<replacement.old.lowerBound)
            let deletedCount = scalarCount(replacement.old)
            hunks.append(
                TextHunk(
                    position: position,
                    deletedCount: deletedCount,
                    inserted: ScalarText(wellFormed: Array(to[replacement.new]))
                )
            )
            position += deletedCount
            byte = replacement.old.upperBound
        }
        return hunks
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || self == 0x0A || self == 0x09 }
}
