internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// Texts are compared word by word for people.
@Suite struct WordDiffTests {
    private func brief(_ from: ScalarText, _ to: ScalarText) -> String {
        WordDiff.parts(from: from, to: to).map { part in
            switch part {
            case .kept(let text): text.string
            case .replaced(let old, let new):
                (old.isEmpty ? "" : "[-\(old)-]") + (new.isEmpty ? "" : "{+\(new)+}")
            }
        }.joined()
    }

    @Test func wordsAreReplacedWhole() {
        #expect(
            brief("has since call for", "has since called for")
                == "has since [-call-]{+called+} for"
        )
        #expect(brief("one two", "one new two") == "one {+new +}two")
        #expect(brief("don’t go", "do go") == "[-don’t-]{+do+} go")
        #expect(brief("same", "same") == "same")
        #expect(brief("", "new") == "{+new+}")
    }

    @Test func ideographsAreReplacedOneByOne() {
        #expect(brief("漢字です", "漢語です") == "漢[-字-]{+語+}です")
    }

    @Test(arguments: 0..<8)
    func thePartsMakeBothTexts(batch: UInt64) throws {
        for number in batch * 250..<(batch + 1) * 250 {
            var random = SeededRandom(seed: number)
            let words = ["a", "ab", "abc", " ", "  ", "\n\n", "é", "字", ".", "’", "x1"]
            let old = (0..<random.below(30)).map { _ in random.pick(words) ?? "" }
            var new = old
            for _ in 0..<random.below(5) {
                let place = random.below(new.count + 1)
                if random.oneIn(2), place < new.count { new.remove(at: place) }
                if random.oneIn(2) {
                    new.insert(random.pick(words) ?? "", at: min(place, new.count))
                }
            }
            let from = try #require(ScalarText(old.joined()))
            let to = try #require(ScalarText(new.joined()))
            var left = ""
            var right = ""
            for part in WordDiff.parts(from: from, to: to) {
                switch part {
                case .kept(let text):
                    #expect(!text.isEmpty)
                    left += text.string
                    right += text.string
                case .replaced(let old, let new):
                    #expect(old != new, "seed \(number)")
                    left += old.string
                    right += new.string
                }
            }
            #expect(ScalarText(left) == from, "seed \(number)")
            #expect(ScalarText(right) == to, "seed \(number)")
        }
    }

    @Test(arguments: 0..<4)
    func lineHunksMakeTheNewFileOfTheOld(batch: UInt64) {
        for number in batch * 250..<(batch + 1) * 250 {
            var random = SeededRandom(seed: number)
            let old = (0..<random.below(12)).map { _ in random.pick(["a", "b", "c", ""]) ?? "" }
            let new = (0..<random.below(12)).map { _ in random.pick(["a", "b", "c", ""]) ?? "" }
            var result: [String] = []
            var position = 0
            for hunk in LineDiff.hunks(from: old, to: new) {
                #expect(!hunk.old.isEmpty || !hunk.new.isEmpty)
                result += old[position..<hunk.old.lowerBound]
                #expect(result.count == hunk.new.lowerBound)
                result += new[hunk.new]
                position = hunk.old.upperBound
            }
            result += old[position...]
            #expect(result == new, "seed \(number)")
        }
    }
}
