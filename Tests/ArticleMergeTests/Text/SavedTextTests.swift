internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// A document opened from what was saved reads its history when it is needed.
@Suite struct SavedTextTests {
    /// Opened from what was saved at some time, a document goes on as if it had never been closed,
    /// whether what comes follows all or not, and says so when it is damaged.
    @Test(arguments: 0..<4 * Soak.factor)
    func whatIsOpenedGoesOnAsIfNeverClosed(batch: Int) throws {
        for number in batch * 50..<(batch + 1) * 50 {
            let made = try RandomTextHistory(
                seed: UInt64(number) + 1_000_000,
                userCount: 1 + number % 4,
                stepCount: 5 + number % 20
            )
            var random = SeededRandom(seed: UInt64(number))
            var document = TextDocument()
            var expected = TextDocument()
            for (index, step) in made.steps.enumerated() {
                // With gaps between, no two nodes become one when they are saved.
                let sequence = step.sequence * 2 + UInt64(index)
                if random.oneIn(4) {
                    let opened = try SavedText(decoding: document.encoded(effort: 1))
                    document = opened.document()
                }
                let number = try document.merge(
                    step.patches,
                    parents: step.parents,
                    agent: step.agent,
                    sequence: sequence
                )
                #expect(number == index)
                try expected.merge(
                    step.patches,
                    parents: step.parents,
                    agent: step.agent,
                    sequence: sequence
                )
                let length = try document.scalarCount(after: step.parents)
                #expect(try expected.scalarCount(after: step.parents) == length)
                let isEqual = document.utf8 == expected.utf8
                #expect(isEqual, "history \(number), step \(index)")
            }
            let encoded = try document.encoded(effort: 1)
            #expect(try encoded == expected.encoded(effort: 1))
            let history = try document.wholeHistory()
            #expect(history.count == made.steps.count)
        }
    }

    @Test func typingOnAtTheEndOfWhatWasSavedIsPartOfItsHistory() throws {
        var document = TextDocument()
        let first = TextDocument.Patch(position: 0, deletedCount: 0, inserted: "gr\u{FC}n ")
        try document.edit(first, agent: 0, sequence: 0)
        document = try SavedText(decoding: document.encoded()).document()
        for (place, letter) in ["b", "l", "a"].enumerated() {
            let key = TextDocument.Patch(
                position: 5 + place,
                deletedCount: 0,
                inserted: try #require(ScalarText(letter))
            )
            #expect(try document.edit(key, agent: 1, sequence: UInt64(place)) == 1)
        }
        #expect(document.utf8 == Array("gr\u{FC}n bla".utf8))
        #expect(try document.wholeHistory().count == 2)
        document = try SavedText(decoding: document.encoded()).document()
        let other = TextDocument.Patch(position: 5, deletedCount: 0, inserted: "u")
        #expect(try document.merge([other], parents: [0], agent: 2, sequence: 0) == 2)
        #expect(document.utf8 == Array("gr\u{FC}n blau".utf8))
        for wrong in [[3], [-1], [0, 9]] {
            document = try SavedText(decoding: document.encoded()).document()
            #expect(throws: MergeError.self) {
                try document.merge([], parents: wrong, agent: 2, sequence: 1)
            }
        }
    }

    @Test func aSavedTextThatItsHistoryDoesNotGiveIsRefusedWhenThatIsRead() throws {
        let made = try RandomTextHistory(seed: 78, userCount: 3, stepCount: 25)
        var document = TextDocument()
        for step in made.steps { try Self.merge(step, into: &document) }
        let saved = try document.encoded()
        var random = SeededRandom(seed: 6)
        var refusedCount = 0
        for round in 0..<3_000 {
            var bytes = saved
            if round % 2 == 0 {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            } else {
                bytes.removeLast(1 + random.below(bytes.count))
            }
            guard let read = try? SavedText(decoding: bytes) else { continue }
            var opened = read.document()
            let text = opened.utf8
            #expect(text == read.text.utf8)
            do {
                try opened.merge([], parents: [0], agent: 9, sequence: 0)
                // What was flipped meant nothing, or something that gives the same text.
                let isUnaltered = opened.utf8 == text
                #expect(isUnaltered)
            } catch {
                #expect(error.code == .unreadable || error.code == .missingParents)
                refusedCount += 1
                let isUnaltered = opened.utf8 == text
                #expect(isUnaltered)
                if error.code == .unreadable {
                    #expect(throws: MergeError.self) { try opened.encoded() }
                }
            }
        }
        #expect(refusedCount > 500)
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
}
