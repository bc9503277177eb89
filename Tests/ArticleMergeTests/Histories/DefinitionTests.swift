internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// States are what the rules say, word by word.
@Suite struct DefinitionTests {
    @Test(arguments: 0..<10)
    func statesAreWhatTheRulesSay(batch: Int) throws {
        for number in batch * 200..<(batch + 1) * 200 {
            let shape = RandomHistory.Shape(
                editsAfterRevivals: false,
                voids: .of(history: number)
            )
            let history = try RandomHistory(seed: UInt64(50_000 + number), shape: shape)
            let graph = try history.graph(order: 5)
            let state = ArticleState(replaying: graph)
            let naive = try NaiveArticle(graph, faulty: Set(state.faults.map(\.change)))
            for field in TextField.allCases {
                let text = state.text(of: field)
                let expected = naive.characters(of: field)
                #expect(Set(text.visibleCharacters) == Set(expected.keys), "history \(number)")
                #expect(
                    text.visibleCharacters.compactMap { expected[$0] } == text.text.scalars,
                    "history \(number)"
                )
            }
            let fields = Dictionary(
                uniqueKeysWithValues: state.fields.map { ($0.field, Set($0.register.values)) }
            )
            #expect(fields == naive.fields, "history \(number)")
            #expect(Set(state.tags.tags) == naive.tags, "history \(number)")
            #expect(state.isDeleted == naive.isDeleted, "history \(number)")
            #expect(
                state.isDeletionOverridden
                    == (!naive.standingDeletions.isEmpty && !naive.isDeleted),
                "history \(number)"
            )
        }
    }

    @Test func headsAreTheSoundChangesWithoutSoundChildren() throws {
        for number in 0..<500 {
            let history = try RandomHistory(seed: UInt64(60_000 + number))
            let state = ArticleState(replaying: try history.graph(order: 2))
            let faulty = Set(state.faults.map(\.change))
            let sound = [history.seed] + history.changes.filter { !faulty.contains($0.id) }
            let parents = Set(sound.flatMap(\.parents))
            #expect(state.heads == sound.map(\.id).filter { !parents.contains($0) }.sorted())
        }
    }

    @Test func headsAreValidChangesThatNoOtherSuchChangeKnows() throws {
        for number in 0..<500 {
            let shape = RandomHistory.Shape(voids: number % 2 == 0 ? .late : .early)
            let history = try RandomHistory(seed: UInt64(65_000 + number), shape: shape)
            let graph = try history.graph(order: 2)
            let state = ArticleState(replaying: graph)
            let faulty = Set(state.faults.map(\.change))
            #expect(faulty.isDisjoint(with: history.voidChanges))
            let valid = graph.changes.map(\.id).filter {
                !faulty.contains($0) && !graph.isVoid($0)
            }
            let heads = valid.filter { one in !valid.contains { graph.isAncestor(one, of: $0) } }
            #expect(state.heads == heads.sorted(), "history \(number)")
        }
    }

    /// As if they had never been: whoever lacks them has the same state.
    @Test func voidChangesThatNobodyWentOnFromLeaveNoTrace() throws {
        var leftOut = 0
        var kept = 0
        for number in 0..<1_000 {
            let shape = RandomHistory.Shape(voids: number % 2 == 0 ? .late : .early)
            let history = try RandomHistory(seed: UInt64(66_000 + number), shape: shape)
            let graph = try history.graph(order: 2)
            let valid = graph.changes.map(\.id).filter { !graph.isVoid($0) }
            var part = try EventGraph(seed: history.seed)
            for change in graph.changes.dropFirst() {
                let isNeeded =
                    !graph.isVoid(change.id)
                    || valid.contains { graph.isAncestor(change.id, of: $0) }
                guard isNeeded else {
                    leftOut += 1
                    continue
                }
                if graph.isVoid(change.id) { kept += 1 }
                try part.insert(change)
            }
            part.setVoid(history.voidChanges)
            #expect(
                ArticleState(replaying: part) == ArticleState(replaying: graph),
                "history \(number)"
            )
        }
        #expect(leftOut > 300 && kept > 300)
    }

    /// Between what people see and what changes count.
    @Test func rawAndShownPositionsBelongTogether() throws {
        var differing = 0
        for number in 0..<600 {
            let shape = RandomHistory.Shape(voids: .of(history: number))
            let history = try RandomHistory(seed: UInt64(67_000 + number), shape: shape)
            let text = ArticleState(replaying: try history.graph(order: 2)).body
            #expect(text.isRaw == text.runs.allSatisfy { $0.isAlive == $0.isVisible })
            if !text.isRaw { differing += 1 }
            var raw = 0
            var shown = 0
            #expect(text.rawPosition(ofShown: 0) == 0)
            for run in text.runs {
                for offset in run.offset..<run.offset + run.count {
                    if run.isVisible {
                        shown += 1
                        if run.isAlive {
                            #expect(text.rawPosition(ofShown: shown) == raw + 1)
                            #expect(text.rawRanges(ofShown: shown - 1..<shown) == [raw..<raw + 1])
                            #expect(text.revivals(inShown: shown - 1..<shown) == [])
                        } else {
                            #expect(text.rawPosition(ofShown: shown) == raw)
                            #expect(text.rawRanges(ofShown: shown - 1..<shown) == [])
                            let range = CharacterRange(change: run.change, offset: offset, count: 1)
                            #expect(text.revivals(inShown: shown - 1..<shown) == [range])
                        }
                    }
                    if run.isAlive {
                        raw += 1
                        #expect(text.shownPosition(ofRaw: raw) == shown)
                    }
                }
            }
            #expect(raw == text.rawCount && shown == text.scalarCount)
            #expect(text.rawPosition(ofShown: shown + 1) == nil)
            #expect(text.shownPosition(ofRaw: raw + 1) == nil)
            #expect(text.rawRanges(ofShown: 0..<shown + 1) == nil)
        }
        #expect(differing > 50)
    }

    @Test func storedPartsMakeTheSameState() throws {
        for number in 0..<200 {
            let shape = RandomHistory.Shape(voids: .of(history: number))
            let history = try RandomHistory(seed: UInt64(70_000 + number), shape: shape)
            let state = ArticleState(replaying: try history.graph(order: 2))
            let summary = try #require(
                TextState(text: state.summary.text, runs: state.summary.runs)
            )
            let body = try #require(TextState(text: state.body.text, runs: state.body.runs))
            let rebuilt = ArticleState(
                seed: state.seed,
                provenance: state.provenance,
                heads: state.heads,
                fields: state.fields,
                tags: state.tags,
                summary: summary,
                body: body,
                notes: state.notes,
                deletions: state.deletions,
                isDeleted: state.isDeleted,
                faults: state.faults
            )
            #expect(rebuilt == state)
        }
    }

    @Test func anchorsStandWhereTheirCharactersAre() throws {
        for number in 0..<500 {
            let history = try RandomHistory(seed: UInt64(80_000 + number))
            let text = ArticleState(replaying: try history.graph(order: 2)).body
            let all = text.allCharacters
            var random = SeededRandom(seed: UInt64(number))
            for _ in 0..<10 where !all.isEmpty {
                let first = random.below(all.count)
                let last = first + random.below(all.count - first)
                let start = TextAnchor(character: all[first].id, side: .before)
                let end = TextAnchor(character: all[last].id, side: .after)
                let left = all[..<first].filter(\.isVisible).count
                let inside = all[first...last].filter(\.isVisible).count
                let expected = inside > 0 ? left..<left + inside : nil
                #expect(text.resolve(from: start, to: end) == expected)
                #expect(text.contains(all[first].id))
            }
            for (position, character) in text.visibleCharacters.enumerated() {
                #expect(text.characterID(at: position) == character)
                let anchors = try #require(text.anchors(around: position..<position + 1))
                #expect(
                    text.resolve(from: anchors.start, to: anchors.end) == position..<position + 1
                )
            }
            #expect(text.characterID(at: text.scalarCount) == nil)
            #expect(text.characterID(at: -1) == nil)
        }
    }
}
