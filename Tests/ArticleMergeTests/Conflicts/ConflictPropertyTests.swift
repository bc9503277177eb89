internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// What holds of every history, tried on 20,000.
@Suite struct ConflictPropertyTests {
    private static let batchCount = 80

    @Test(arguments: 0..<batchCount * Soak.factor)
    func holdInAnyHistory(batch: Int) throws {
        for number in batch * 250..<(batch + 1) * 250 {
            let history = try ConflictHistory(seed: 6_000_000 + UInt64(number))
            #expect(history.failures == [], "history \(history.number)")
            try checkWhole(history)
            try checkPart(history)
            try checkClosing(history)
            try checkVoid(history)
        }
    }

    /// The same in each order, and by the plain reading of the rules.
    private func checkWhole(_ history: ConflictHistory) throws {
        let analysis = ConflictAnalysis(try history.graph())
        let shown = analysis.shownText()
        let naive = NaiveConflicts(history.changes)
        NaiveComparison(naive, analysis).check(shown, "history \(history.number)")
        try checkOrders(history.changes, history.number, shown, analysis.reviewItems())
        ConflictLaws(naive).check("history \(history.number)")
    }

    private func checkOrders(
        _ changes: [TextGraph.Change],
        _ number: UInt64,
        _ shown: ShownText,
        _ review: [ReviewItem]?
    ) throws {
        var random = SeededRandom(seed: number)
        for _ in 0..<2 {
            let shuffled = ConflictHistory.shuffled(changes, &random)
            let other = ConflictAnalysis(try ConflictHistory.graph(shuffled))
            #expect(other.shownText() == shown, "history \(number)")
            #expect(other.reviewItems() == review, "history \(number)")
        }
    }

    /// A version of the whole graph is what a graph of that version alone gives.
    private func checkPart(_ history: ConflictHistory) throws {
        var random = SeededRandom(seed: history.number + 1)
        let count = history.changes.count
        let version = history.known[random.below(count)].union(history.known[random.below(count)])
        let heads = history.heads(of: version)
        let whole = ConflictAnalysis(try history.graph())
        let changes = version.sorted().map { history.changes[$0] }
        let part = ConflictAnalysis(try ConflictHistory.graph(changes))
        #expect(part.shownText() == whole.shownText(at: heads), "history \(history.number)")
        #expect(part.reviewItems() == whole.reviewItems(at: heads), "history \(history.number)")
        ConflictLaws(NaiveConflicts(changes)).check("part of history \(history.number)")
    }

    /// Closing all leaves nothing open; a second one alike none, a different one a single conflict.
    private func checkClosing(_ history: ConflictHistory) throws {
        let analysis = ConflictAnalysis(try history.graph())
        let shown = analysis.shownText()
        let keys = shown.conflicts.map(\.key) + shown.agreed.map(\.key)
        guard !keys.isEmpty else { return }
        let heads = history.heads(of: Set(history.changes.indices))
        func closing(_ choices: [ConflictKey: ConflictChoice], _ name: UInt8) throws
            -> TextGraph.Change
        {
            let draft = try analysis.resolution(of: choices).orThrow()
            return try ConflictHistory.change(
                id: ChangeID([UInt8](repeating: name, count: 32)).orThrow(),
                "m\(name)",
                sequence: 0,
                after: heads,
                draft.operations,
                among: history.changes
            )
        }
        func after(_ more: [TextGraph.Change]) throws -> ConflictAnalysis {
            ConflictAnalysis(try ConflictHistory.graph(history.changes + more))
        }
        let take = Dictionary(
            uniqueKeysWithValues: keys.map { ($0, ConflictChoice.alternative(0)) }
        )
        let closeAgreed = take.mapValues { _ in ConflictChoice.all }
        var choices = take
        // Where no alternative is left the base is shown, and taken.
        for edit in shown.agreed { choices[edit.key] = closeAgreed[edit.key] }
        let one = try closing(choices, 1)
        let first = try after([one])
        #expect(first.shownText() == ShownText.plain(shown.text), "history \(history.number)")
        #expect(first.rawText() == shown.text, "history \(history.number)")
        let second = try after([one, try closing(choices, 2)]).shownText()
        #expect(second.text == shown.text, "history \(history.number)")
        #expect(second.conflicts.isEmpty, "history \(history.number)")
        guard let conflict = shown.conflicts.first else { return }
        choices[conflict.key] = .alternative(1)
        let third = try closing(choices, 3)
        let both = try after([one, third]).shownText()
        #expect(both.conflicts.count == 1, "history \(history.number)")
        #expect(both.conflicts.first?.sides == [one.id, third.id], "history \(history.number)")
        let three = try after([one, third, try closing(choices, 2)]).shownText()
        #expect(three.conflicts.count == 1, "history \(history.number)")
    }

    private func checkVoid(_ history: ConflictHistory) throws {
        var random = SeededRandom(seed: history.number + 2)
        guard random.oneIn(3) else { return }
        let changes = history.changes.enumerated().map { number, change in
            number > 0 && random.oneIn(5) ? change.voided() : change
        }
        let analysis = ConflictAnalysis(try ConflictHistory.graph(changes))
        let shown = analysis.shownText()
        let naive = NaiveConflicts(changes)
        NaiveComparison(naive, analysis).check(shown, "void in history \(history.number)")
        try checkOrders(changes, history.number, shown, analysis.reviewItems())
    }

    /// Edits of words with an untouched word between merge, and nobody is asked.
    @Test func editsOfWordsApartMerge() throws {
        for number in 0..<UInt64(4_000) {
            var random = SeededRandom(seed: 7_000_000 + number)
            let words = (0..<6 + random.below(15)).map { _ in
                random.pick(RandomEdits.words) ?? "x"
            }
            let base = try ScalarText(words.joined(separator: " ")).orThrow()
            let seed = try ConflictHistory.change(
                id: ChangeID([UInt8](repeating: 0, count: 32)).orThrow(),
                "seed",
                sequence: 0,
                after: [],
                [.insert(.body, position: 0, text: base)],
                among: []
            )
            let userCount = 2 + random.below(4)
            var hunks = [[TextHunk]](repeating: [], count: userCount)
            var wanted: [[Unicode.Scalar]] = []
            var position = 0
            for (index, word) in words.enumerated() {
                let range = position..<position + word.unicodeScalars.count
                position = range.upperBound + 1
                var put = RandomEdits.scalars(word)
                if index % 2 == 0, random.below(10) < 7 {
                    let choices = [
                        random.pick(RandomEdits.words) ?? "x", "x y", "z" + word, word + "q",
                    ]
                    put = RandomEdits.scalars(random.pick(choices) ?? "x")
                    if let hunk = RandomEdits.hunk(base.scalars, range, put) {
                        hunks[random.below(userCount)].append(hunk)
                    }
                }
                wanted.append(put)
            }
            let start = ConflictAnalysis(try ConflictHistory.graph([seed]))
            var changes = [seed]
            for (user, hunks) in hunks.enumerated() where !hunks.isEmpty {
                changes.append(
                    try ConflictHistory.change(
                        id: ChangeID([UInt8](repeating: UInt8(user) + 1, count: 32)).orThrow(),
                        "u\(user)",
                        sequence: 0,
                        after: [seed.id],
                        start.edit(hunks).orThrow().operations,
                        among: [seed]
                    )
                )
            }
            let shown = ConflictAnalysis(try ConflictHistory.graph(changes)).shownText()
            let expected = try ScalarText(scalars: wanted.joined(separator: [" "])).orThrow()
            #expect(shown == ShownText.plain(expected), "text \(number)")
        }
    }
}

extension ShownText {
    /// A text without conflicts, as it was merged.
    static func plain(_ text: ScalarText) -> ShownText? {
        let change = TextGraph.Change(
            id: CharacterID.none.change,
            chain: CharacterID.none.change.prefix16(as: ChainID.self),
            sequence: 0,
            lamport: 1,
            parents: [],
            steps: text.isEmpty ? [] : [.insert(position: 0, text: text, offset: 0)]
        )
        return TextGraph(field: .body, changes: [change]).map { ConflictAnalysis($0).shownText() }
    }
}

extension CharacterID {
    /// A name that no character has.
    static let none: CharacterID = {
        guard let change = ChangeID([UInt8](repeating: 0, count: 32)) else {
            fatalError("32 bytes are an identifier")
        }
        return CharacterID(change: change, offset: 0)
    }()
}
