internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// Hunks that are one rewrite become one, and nothing else does.
@Suite struct HunkJoinerTests {
    private func joined(
        _ from: ScalarText,
        _ to: ScalarText,
        in field: TextField = .body,
        sparing ranges: [Range<Int>] = []
    ) -> [String] {
        TextDiff.joined(TextDiff.hunks(from: from, to: to), of: from, in: field, sparing: ranges)
            .map { "\($0.position) -\($0.deletedCount) +\($0.inserted)" }
    }

    // MARK: By example

    @Test func aWordKeptWithinARewriteIsTypedAgain() {
        #expect(
            joined("It called for normal relations.", "It urged normal ties.")
                == ["3 -27 +urged normal ties"]
        )
    }

    @Test func moreKeptThanAlteredKeepsEditsApart() {
        #expect(joined("The cat sat down.", "The dog sat up.") == ["4 -3 +dog", "12 -4 +up"])
        #expect(joined("teh quik fox", "the quick fox").count == 2)
    }

    /// The kept words are shorter than what is altered on either side, but many.
    @Test func fourKeptWordsKeepEditsApart() throws {
        let (old, new) = ("abcdefghijklm", "nopqrstuvwxyz")
        func edit(_ kept: String) throws -> [String] {
            joined(
                try #require(ScalarText("\(old) \(kept) \(old)")),
                try #require(ScalarText("\(new) \(kept) \(new)"))
            )
        }
        #expect(try edit("1 2 3").count == 1)
        #expect(try edit("1 2 3 4").count == 2)
        #expect(try edit("1, 2.").count == 2)
    }

    @Test func theEndOfABlockKeepsEditsApart() {
        let (from, to): (ScalarText, ScalarText) = ("first a\n\nsecond", "other a\n\nanother")
        #expect(joined(from, to).count == 2)
        #expect(joined("first a\nsecond", "other a\nanother", in: .body).count == 1)
        #expect(joined("first a\nsecond", "other a\nanother", in: .summary).count == 2)
    }

    @Test func aLetterOfAWordIsNotTypedAgain() {
        let hunks = [
            TextHunk(position: 0, deletedCount: 3, inserted: "xyz"),
            TextHunk(position: 5, deletedCount: 3, inserted: "uvw"),
        ]
        #expect(TextDiff.joined(hunks, of: "abcdefgh", in: .body) == hunks)
        #expect(TextDiff.joined(hunks, of: "abc, fgh", in: .body).count == 1)
    }

    @Test func notedWordsAreNotTypedAgain() {
        let (from, to): (ScalarText, ScalarText) = (
            "called for normal relations", "urged normal ties"
        )
        for noted in [11..<17, 0..<10, 18..<27, 0..<17, 13..<14, 0..<1] {
            #expect(joined(from, to, sparing: [noted]).count == 2, "\(noted)")
        }
        // A note on all of it covers what replaces it, either way.
        #expect(joined(from, to, sparing: [0..<27]).count == 1)
    }

    @Test func whatHasBecomeOneIsWeighedAgain() {
        // The second and third are one first; only then do they outweigh what is kept before them.
        #expect(
            joined("aaaaaaaa keep bbb c ddd", "AAAAAAAA keep BBB c DDD")
                == ["0 -23 +AAAAAAAA keep BBB c DDD"]
        )
    }

    @Test func hunksOfAnotherTextAreGivenBack() {
        let hunks = [
            TextHunk(position: 4, deletedCount: 2, inserted: "a"),
            TextHunk(position: 5, deletedCount: 9, inserted: "b"),
        ]
        #expect(TextDiff.joined(hunks, of: "short", in: .body) == hunks)
        #expect(TextDiff.joined(hunks, of: "long enough, but", in: .body) == hunks)
    }

    // MARK: In general

    private static let words = [
        "a", "the", "of", "normal", "relations", "cafe\u{301}", "🇩🇪", "漢字", "слово", ",", "x1",
    ]

    private func text(_ random: inout SeededRandom) throws -> (ScalarText, ScalarText) {
        var old = ""
        var new = ""
        for _ in 0..<random.below(24) {
            let word = random.pick(Self.words) ?? ""
            let gap = random.oneIn(8) ? "\n\n" : random.oneIn(8) ? "\n" : " "
            old += word + gap
            if random.oneIn(3) {
                for _ in 0..<random.below(3) { new += (random.pick(Self.words) ?? "") + " " }
            } else {
                new += word
            }
            if !random.oneIn(30) { new += gap }
        }
        return (try #require(ScalarText(old)), try #require(ScalarText(new)))
    }

    @Test(arguments: 0..<8)
    func theResultIsTheSameTextInFewerHunks(batch: UInt64) throws {
        var joinedCount = 0
        for number in batch * 500..<(batch + 1) * 500 {
            var random = SeededRandom(seed: number)
            let (from, to) = try text(&random)
            let field: TextField = random.oneIn(2) ? .body : .summary
            let fine = TextDiff.hunks(from: from, to: to)
            let hunks = TextDiff.joined(fine, of: from, in: field)
            #expect(TextDiff.joined(hunks, of: from, in: field) == hunks, "seed \(number)")
            joinedCount += fine.count - hunks.count
            let old = from.scalars
            let separator: ScalarText = field == .body ? "\n\n" : "\n"
            var made: [Unicode.Scalar] = []
            var end = 0
            for hunk in hunks {
                #expect(end == 0 || hunk.position > end, "seed \(number)")
                made += old[end..<hunk.position]
                made += hunk.inserted.scalars
                end = hunk.position + hunk.deletedCount
                guard !fine.contains(hunk) else { continue }
                let deleted = String(String.UnicodeScalarView(old[hunk.position..<end]))
                #expect(!deleted.contains(separator.string), "seed \(number)")
                #expect(!hunk.inserted.string.contains(separator.string), "seed \(number)")
            }
            made += old[end...]
            #expect(ScalarText(scalars: made) == to, "seed \(number)")
        }
        #expect(joinedCount > 100)
    }

    /// Every note stands on the same words as if the hunks had stayed apart.
    @Test(arguments: 0..<4)
    func notesStandWhereTheyWould(batch: UInt64) throws {
        var joinedCount = 0
        for number in batch * 100..<(batch + 1) * 100 {
            var random = SeededRandom(seed: 1_000_000 + number)
            let (from, to) = try text(&random)
            guard from.scalarCount > 1 else { continue }
            let desk = try Desk(body: from)
            var ranges: [Range<Int>] = []
            for _ in 0..<1 + random.below(3) {
                let start = random.below(from.scalarCount)
                ranges.append(start..<start + 1 + random.below(from.scalarCount - start))
            }
            let fine = TextDiff.hunks(from: from, to: to)
            let hunks = TextDiff.joined(fine, of: from, in: .body, sparing: ranges)
            joinedCount += fine.count - hunks.count
            let targets = try ranges.map {
                try #require(desk.state.target(of: $0, in: .body))
            }
            func words(_ hunks: [TextHunk]) throws -> [ScalarText?] {
                var state = desk.state
                let operations = TextDiff.operations(for: hunks, in: .body)
                let change = try Desk.change(
                    1,
                    .edit(parents: state.heads, operations: operations),
                    by: 1,
                    lamport: 1,
                    permission: .edit
                )
                #expect(try state.append(change) == nil)
                let scalars = state.body.text.scalars
                return targets.map { target in
                    guard case .text(_, let range) = state.resolve(target) else { return nil }
                    return ScalarText(scalars: scalars[range])
                }
            }
            #expect(try words(hunks) == words(fine), "seed \(number)")
        }
        #expect(joinedCount > 10)
    }

    @Test func manyHunksAreQuick() throws {
        let count = 50_000
        let from = try #require(ScalarText(String(repeating: "word a ", count: count)))
        let to = try #require(ScalarText(String(repeating: "term a ", count: count)))
        let hunks = (0..<count).map {
            TextHunk(position: $0 * 7, deletedCount: 4, inserted: "term")
        }
        let start = ContinuousClock.now
        let joined = TextDiff.joined(hunks, of: from, in: .body, sparing: [3..<3])
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(joined.count == 2)
        #expect(to.scalarCount == joined[1].position + joined[1].inserted.scalarCount + 3)
    }
}
