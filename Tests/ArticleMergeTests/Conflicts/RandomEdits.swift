internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// Edits of a text as people make them, and a few that nobody would make.
enum RandomEdits {
    static let words =
        "red fox sees a big dog near the old barn and it runs off to sea naïve l’été 数据同步 well-read"
        .split(separator: " ").map { String($0) }

    static func sentence(_ count: Int, _ random: inout SeededRandom) -> String {
        let text = (0..<count).map { _ in random.pick(words) ?? "x" }.joined(separator: " ") + "."
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    static func scalars(_ string: some StringProtocol) -> [Unicode.Scalar] {
        Array(string.unicodeScalars)
    }

    /// Where the words of a text lie.
    static func wordRanges(_ text: [Unicode.Scalar]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for (index, scalar) in (text + [" "]).enumerated() {
            if NaiveConflicts.isWord(scalar) {
                start = start ?? index
            } else if let first = start {
                result.append(first..<index)
                start = nil
            }
        }
        return result
    }

    /// One edit of `text`, or nil where it alters nothing.
    static func edit(_ text: [Unicode.Scalar], _ random: inout SeededRandom) -> TextHunk? {
        let (range, string) = some(text, &random)
        return hunk(text, range, scalars(string))
    }

    /// Puts `words` in the place of a range, without what stays at either end.
    static func hunk(
        _ text: [Unicode.Scalar],
        _ range: Range<Int>,
        _ words: [Unicode.Scalar]
    ) -> TextHunk? {
        var (first, last) = (range.lowerBound, range.upperBound)
        var words = words[...]
        while first < last, let word = words.first, text[first] == word {
            first += 1
            words = words.dropFirst()
        }
        while first < last, let word = words.last, text[last - 1] == word {
            last -= 1
            words = words.dropLast()
        }
        guard first < last || !words.isEmpty, let inserted = ScalarText(scalars: words) else {
            return nil
        }
        return TextHunk(position: first, deletedCount: last - first, inserted: inserted)
    }

    private static func some(
        _ text: [Unicode.Scalar],
        _ random: inout SeededRandom
    ) -> (Range<Int>, String) {
        let words = wordRanges(text)
        let kind = random.below(100)
        guard !words.isEmpty, kind >= 8 else {
            let place = random.below(text.count + 1)
            let string = random.pick([sentence(2, &random), " ", "x", "\n\n", "."]) ?? "x"
            return (place..<place, string)
        }
        let number = random.below(words.count)
        let word = words[number]
        let block = random.pick(blocks(text)) ?? 0..<0
        switch kind {
        case ..<34: return (word, random.pick(Array(Self.words.prefix(4))) ?? "x")
        case ..<46:
            return (word.upperBound..<word.upperBound, " " + (random.pick(Self.words) ?? "x"))
        case ..<54: return (word.lowerBound..<min(word.upperBound + 1, text.count), "")
        case ..<62:
            let end = words[min(words.count - 1, number + 1 + random.below(4))].upperBound
            return (word.lowerBound..<end, random.oneIn(2) ? "" : sentence(3, &random))
        case ..<68:
            let place = word.lowerBound + random.below(word.count + 1)
            return (place..<place, random.pick(["s", "x", "y"]) ?? "s")
        case ..<72:
            return (block.lowerBound..<block.lowerBound, sentence(2, &random) + "\n\n")
        case ..<76:
            return (block.upperBound..<block.upperBound, "\n\n" + sentence(2, &random))
        case ..<80:
            let end =
                random.below(10) < 7 ? min(text.count, block.upperBound + 2) : block.upperBound
            return (block.lowerBound..<end, "")
        case ..<84: return (block, sentence(3, &random))
        case ..<88:
            return (block.upperBound..<block.upperBound, " " + sentence(2, &random))
        default:
            let start = random.below(text.count + 1)
            let end = min(text.count, start + random.below(6))
            let count = random.below(4) + (end > start ? 0 : 1)
            let letters = (0..<count).map { _ in
                random.pick(["a", "b", " ", ".", "\n", "-"]) ?? "a"
            }
            return (start..<end, letters.joined())
        }
    }

    private static func blocks(_ text: [Unicode.Scalar]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < text.count {
            if text[index] == "\n", index + 1 < text.count, text[index + 1] == "\n" {
                result.append(start..<index)
                index += 2
                start = index
            } else {
                index += 1
            }
        }
        return result + [start..<text.count]
    }
}
