internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// Texts are altered block by block, and nothing of that shows.
@Suite struct TextBlocksTests {
    /// A text as a plain row of characters.
    private struct Row {
        var characters: [(id: CharacterID, scalar: Unicode.Scalar, isVisible: Bool)] = []

        private func index(after count: Int) -> Int {
            var left = count
            var index = 0
            while left > 0 {
                if characters[index].isVisible { left -= 1 }
                index += 1
            }
            return index
        }

        mutating func insert(_ text: ScalarText, at position: Int, by change: ChangeID) {
            let items = text.scalars.enumerated().map { offset, scalar in
                (
                    id: CharacterID(change: change, offset: UInt32(offset)), scalar: scalar,
                    isVisible: true
                )
            }
            characters.insert(contentsOf: items, at: index(after: position))
        }

        mutating func delete(at position: Int, count: Int) {
            var left = count
            var index = index(after: position)
            while left > 0 {
                if characters[index].isVisible {
                    characters[index].isVisible = false
                    left -= 1
                }
                index += 1
            }
        }

        var runs: [ItemRun] {
            var result: [ItemRun] = []
            for (id, _, isVisible) in characters {
                if let last = result.last, last.change == id.change, last.isVisible == isVisible,
                    last.offset + last.count == id.offset
                {
                    result[result.count - 1] = ItemRun(
                        change: last.change,
                        offset: last.offset,
                        count: last.count + 1,
                        isVisible: isVisible
                    )
                } else {
                    result.append(
                        ItemRun(
                            change: id.change,
                            offset: id.offset,
                            count: 1,
                            isVisible: isVisible
                        )
                    )
                }
            }
            return result
        }

        var scalars: [Unicode.Scalar] { characters.filter(\.isVisible).map(\.scalar) }
    }

    private static func change(_ number: Int, _ state: ArticleState, _ operation: Operation) throws
        -> Change
    {
        var bytes = [UInt8](repeating: 7, count: 32)
        bytes[0] = UInt8(truncatingIfNeeded: number)
        bytes[1] = UInt8(truncatingIfNeeded: number >> 8)
        bytes[2] = UInt8(truncatingIfNeeded: number >> 16)
        let base = try Desk.change(
            1,
            .edit(parents: state.heads, operations: [operation]),
            by: 1,
            lamport: UInt64(number),
            permission: .edit
        )
        return Change(
            id: try ChangeID(bytes).orThrow(),
            content: base.content,
            author: base.author,
            device: base.device,
            chain: base.chain,
            sequence: UInt64(number),
            lamport: UInt64(number),
            timeMilliseconds: 0,
            permission: .edit
        )
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func editsGiveWhatARowOfCharactersGives(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let desk = try Desk()
        var state = try ArticleState(seed: desk.seed)
        var row = Row()
        var shown: [Unicode.Scalar] = []
        for number in 1...600 {
            let count = state.body.scalarCount
            let operation: Operation
            var change: Change
            if random.oneIn(3), count > 0 {
                let position = random.below(count)
                let most = random.oneIn(20) ? count : min(count, 12)
                let length = 1 + random.below(min(most, count - position))
                operation = .delete(.body, position: position, count: length)
                change = try Self.change(number, state, operation)
                row.delete(at: position, count: length)
            } else {
                // Now and then something long is pasted.
                let text =
                    random.oneIn(60) ? random.text(upTo: 9_000) : random.text(upTo: 6)
                let position = random.oneIn(3) ? count : random.below(count + 1)
                operation = .insert(.body, position: position, text: text)
                change = try Self.change(number, state, operation)
                row.insert(text, at: position, by: change.id)
            }
            var edits: [ShownEdit] = []
            #expect(try state.append(change, edits: &edits) == nil)
            for edit in edits {
                let range = edit.position..<edit.position + edit.deletedCount
                shown.replaceSubrange(range, with: edit.inserted.scalars)
            }
            guard number % 40 == 0 else { continue }
            #expect(state.body.text.scalars == row.scalars, "edit \(number)")
            #expect(shown == row.scalars, "edit \(number)")
            #expect(state.body.runs == row.runs, "edit \(number)")
            #expect(state.body.scalarCount == row.scalars.count)
            // However it is cut into blocks.
            let stored = try #require(TextState(text: state.body.text, runs: row.runs))
            #expect(stored == state.body)
            #expect(stored.hashValue == state.body.hashValue)
            for _ in 0..<20 where !row.scalars.isEmpty {
                let position = random.below(row.scalars.count)
                let visible = row.characters.filter(\.isVisible)
                #expect(state.body.characterID(at: position) == visible[position].id)
                #expect(stored.characterID(at: position) == visible[position].id)
            }
        }
    }

    /// The work of an edit grows as the depth of the tree: a few blocks for each doubling.
    @Test func anEditTouchesFewBlocksHoweverLongTheText() throws {
        var touched: [Int] = []
        for size in [1_000, 10_000, 100_000] {
            var random = SeededRandom(seed: 3)
            let desk = try Desk(body: try ScalarText(String(repeating: "x", count: size)).orThrow())
            var state = try ArticleState(seed: desk.seed)
            // As many runs as make the tree deep.
            for number in 0..<size / 20 {
                let place = random.below(state.body.scalarCount + 1)
                let operation = Operation.insert(.body, position: place, text: "y")
                try state.append(Self.change(number + 1, state, operation))
            }
            let before = state.body.touchedCount
            for number in 0..<100 {
                let place = random.below(state.body.scalarCount)
                let operation: Operation =
                    number % 2 == 0
                    ? .insert(.body, position: place, text: "z")
                    : .delete(.body, position: place, count: 1)
                try state.append(Self.change(1_000_000 + number, state, operation))
            }
            touched.append(state.body.touchedCount - before)
        }
        // 100 edits; ten times the text is one level more.
        #expect(touched[0] <= 300, "\(touched)")
        #expect(touched[1] <= touched[0] + 250, "\(touched)")
        #expect(touched[2] <= touched[1] + 250, "\(touched)")
    }

    /// A text kept elsewhere is left as it was.
    @Test func aCopyIsAValueOfItsOwn() throws {
        let desk = try Desk(
            body: try ScalarText(String(repeating: "word ", count: 5_000)).orThrow()
        )
        var state = try ArticleState(seed: desk.seed)
        let copy = state
        let text = state.body.text
        let change = try Self.change(1, state, .delete(.body, position: 10, count: 20_000))
        try state.append(change)
        #expect(copy.body.text == text)
        #expect(state.body.scalarCount == 5_000)
        #expect(copy.body != state.body)
    }
}
