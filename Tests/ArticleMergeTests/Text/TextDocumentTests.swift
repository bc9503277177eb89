internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// A document with its history in runs says what the plain walk says.
@Suite struct TextDocumentTests {
    @Test(arguments: 0..<20 * Soak.factor)
    func whateverWayTheHistoryComesTheTextIsThatOfThePlainWalk(batch: Int) throws {
        for number in batch * 100..<(batch + 1) * 100 {
            let made = try RandomTextHistory(
                seed: UInt64(number),
                userCount: 2 + number % 11,
                stepCount: 5 + number % 30
            )
            let expected = ArticleState(replayingPlainly: made.graph).body.text.utf8
            var history = TextHistory()
            var document = TextDocument()
            document.slotLimit = 1 + number % 7
            var coldDocument = TextDocument()
            for step in made.steps {
                try history.begin(
                    parents: step.parents,
                    agent: step.agent,
                    sequence: step.sequence
                )
                for patch in step.patches { try history.append(patch) }
                try Self.merge(step, into: &document)
                coldDocument.cool()
                try Self.merge(step, into: &coldDocument)
            }
            #expect(document.utf8 == expected, "history \(number), one by one")
            let isSound = document.holdsInvariants
            #expect(isSound, "history \(number), one by one")
            #expect(coldDocument.utf8 == expected, "history \(number), never warm")
            #expect(
                try TextDocument(replaying: history).utf8 == expected,
                "history \(number), whole"
            )
            let compacted = history.compacted()
            #expect(
                try TextDocument(replaying: compacted).utf8 == expected,
                "history \(number), compacted"
            )
            let decoded = try TextHistory(decoding: compacted.encoded())
            #expect(decoded.eventCount == history.eventCount)
            #expect(
                try TextDocument(replaying: decoded).utf8 == expected,
                "history \(number), saved and read"
            )
            #expect(decoded.encoded() == compacted.encoded())
        }
    }

    private static func merge(
        _ step: RandomTextHistory.Step,
        into document: inout TextDocument
    ) throws {
        try document.merge(
            step.patches,
            parents: step.parents,
            agent: step.agent,
            sequence: step.sequence
        )
    }

    @Test func whatReachesPastTheEndIsRefusedAndNothingAltered() throws {
        let wrong: [TextDocument.Patch] = [
            .init(position: 6, deletedCount: 0, inserted: "x"),
            .init(position: -1, deletedCount: 0, inserted: "x"),
            .init(position: .max, deletedCount: 0, inserted: "x"),
            .init(position: 0, deletedCount: 6, inserted: ""),
            .init(position: 3, deletedCount: 3, inserted: ""),
            .init(position: 0, deletedCount: -1, inserted: ""),
            .init(position: 1, deletedCount: .max, inserted: ""),
            .init(position: .max, deletedCount: .max, inserted: "x"),
        ]
        var document = TextDocument()
        let hello = TextDocument.Patch(position: 0, deletedCount: 0, inserted: "h\u{E9}llo")
        try document.merge([hello], parents: [], agent: 0, sequence: 0)
        let left = TextDocument.Patch(position: 0, deletedCount: 2, inserted: "J")
        try document.merge([left], parents: [0], agent: 0, sequence: 5)
        let before = document.utf8
        for (number, patch) in wrong.enumerated() {
            let fine = TextDocument.Patch(position: 1, deletedCount: 0, inserted: "")
            for parents in [[0], [1], [], [0, 1]] where !parents.isEmpty || number > 0 {
                #expect(throws: MergeError.self, "patch \(number) after \(parents)") {
                    try document.merge([fine, patch], parents: parents, agent: 1, sequence: 0)
                }
                #expect(document.utf8 == before)
                #expect(try document.wholeHistory().count == 2)
            }
            #expect(throws: MergeError.self) {
                try document.edit(patch, agent: 1, sequence: 0)
            }
            #expect(document.utf8 == before)
        }
        for parents in [[2], [-1], [0, 7]] {
            #expect(throws: MergeError.self) {
                try document.merge([], parents: parents, agent: 1, sequence: 0)
            }
        }
        let right = TextDocument.Patch(position: 5, deletedCount: 0, inserted: "!")
        try document.merge([right], parents: [0], agent: 1, sequence: 0)
        #expect(document.utf8 == Array("Jllo!".utf8))
    }

    @Test func keystrokesInARowAreOneNode() throws {
        var document = TextDocument()
        for (position, letter) in "abc".enumerated() {
            let key = TextDocument.Patch(
                position: position,
                deletedCount: 0,
                inserted: try #require(ScalarText(String(letter)))
            )
            try document.edit(key, agent: 0, sequence: UInt64(position))
        }
        let oneNode = try document.wholeHistory()
        #expect(oneNode.count == 1)
        #expect(oneNode.runCount == 1)
        let other = TextDocument.Patch(position: 0, deletedCount: 0, inserted: "x")
        try document.merge([other], parents: [], agent: 1, sequence: 0)
        let key = TextDocument.Patch(position: 0, deletedCount: 1, inserted: "y")
        try document.edit(key, agent: 0, sequence: 3)
        let history = try document.wholeHistory()
        #expect(history.count == 3)
        #expect(document.utf8 == Array("ybcx".utf8))
        #expect(try TextDocument(replaying: history).utf8 == document.utf8)
    }

    @Test func damagedBytesAreRefused() throws {
        let made = try RandomTextHistory(seed: 77, userCount: 3, stepCount: 25)
        var document = TextDocument()
        for step in made.steps { try Self.merge(step, into: &document) }
        let saved = try document.encoded()
        let read = try SavedText(decoding: saved)
        #expect(read.text.utf8 == document.utf8)
        let opened = read.document().utf8
        #expect(opened == document.utf8)
        let history = try document.wholeHistory().encoded()
        var random = SeededRandom(seed: 5)
        for length in 0..<history.count {
            #expect(throws: MergeError.self) {
                try TextHistory(decoding: Array(history.prefix(length)))
            }
        }
        // Where a flipped bit makes another history, that must replay or be refused.
        for _ in 0..<2_000 {
            var bytes = history
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            if let decoded = try? TextHistory(decoding: bytes) {
                _ = try? TextDocument(replaying: decoded).utf8
            }
        }
        for _ in 0..<2_000 {
            let bytes = [1] + random.bytes(random.below(60))
            #expect(throws: MergeError.self) { try TextHistory(decoding: bytes) }
        }
    }

    /// Above the size of one gap buffer, with wide characters, against a plain array.
    @Test func aLongTextOfManyScriptsIsEditedRight() throws {
        var random = SeededRandom(seed: 11)
        var document = TextDocument()
        var expected: [Unicode.Scalar] = []
        for step in 0..<400 {
            let position = random.below(expected.count + 1)
            let deleted =
                random.oneIn(3) ? random.below(min(9_000, expected.count - position + 1)) : 0
            let inserted = random.text(upTo: step.isMultiple(of: 50) ? 120_000 : 3_000)
            try document.edit(
                .init(position: position, deletedCount: deleted, inserted: inserted),
                agent: 0,
                sequence: UInt64(step)
            )
            expected.replaceSubrange(position..<position + deleted, with: inserted.scalars)
            #expect(document.scalarCount == expected.count)
        }
        #expect(document.utf8.count > 1_000_000)
        #expect(document.utf8 == ScalarText(scalars: expected)?.utf8)
    }
}
