internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// A warm walk gives what a replay of the whole graph gives.
@Suite struct ArticleWalkTests {
    @Test(arguments: 0..<10)
    func takingChangesOneByOneGivesWhatThePlainWalkGives(batch: Int) throws {
        for number in batch * 100..<(batch + 1) * 100 {
            let shape = RandomHistory.Shape(voids: .of(history: number))
            let history = try RandomHistory(seed: 3_000_000 + UInt64(number), shape: shape)
            let graph = try history.graph(order: UInt64(number))
            let changes = graph.changes
            var random = SeededRandom(seed: UInt64(number))
            var walk = try #require(ArticleWalk(EventGraph(seed: history.seed)))
            walk.setVoid(history.voidChanges)
            for change in changes.dropFirst() {
                var texts = walk.state.shownTexts
                for edit in try walk.insert(change) { try texts.apply(edit) }
                #expect(texts == walk.state.shownTexts, "history \(number)")
                #expect(try walk.insert(change).isEmpty)
                // Looked at now and then, and sometimes built anew.
                if random.oneIn(3) {
                    #expect(
                        walk.state == ArticleState(replayingPlainly: walk.graph),
                        "history \(number)"
                    )
                }
                if random.oneIn(10) { walk = try #require(ArticleWalk(walk.graph)) }
            }
            #expect(walk.state == ArticleState(replayingPlainly: graph), "history \(number)")
            #expect(walk.count == graph.count)
        }
    }

    /// Anchors, characters and attribution at every kind of version, in any order of asking.
    @Test(arguments: 0..<10)
    func anyVersionIsWhatAPlainReplayOfItGives(batch: Int) throws {
        for number in batch * 30..<(batch + 1) * 30 {
            let shape = RandomHistory.Shape(voids: .of(history: number))
            let history = try RandomHistory(seed: 4_000_000 + UInt64(number), shape: shape)
            let graph = try history.graph(order: UInt64(number))
            let walk = try #require(ArticleWalk(graph))
            let faulty = Set(walk.state.faults.map(\.change))
            let sound = graph.changes.map(\.id).filter {
                !faulty.contains($0) && !graph.isVoid($0)
            }
            var random = SeededRandom(seed: UInt64(number))
            for _ in 0..<6 {
                let some = [random.pick(sound), random.pick(sound)].compactMap { $0 }
                let version = random.oneIn(3) ? walk.heads : Set(some).sorted()
                let part = try #require(graph.graph(of: version))
                let plain = ArticleState(replayingPlainly: part)
                for field in TextField.allCases {
                    let text = plain.text(of: field)
                    #expect(walk.text(of: field, at: version) == text, "history \(number)")
                    #expect(walk.attribution(of: field, at: version) == text.attribution)
                    #expect(walk.scalarCount(of: field, at: version) == text.scalarCount)
                    for position in -1...text.scalarCount {
                        #expect(
                            walk.characterID(at: position, in: field, at: version)
                                == text.characterID(at: position)
                        )
                    }
                    for change in graph.changes {
                        let offset = UInt32(random.below(4))
                        let character = CharacterID(change: change.id, offset: offset)
                        for side in [TextAnchor.Side.before, .after] {
                            let anchor = TextAnchor(character: character, side: side)
                            #expect(
                                walk.position(of: anchor, in: field, at: version)
                                    == text.resolve(anchor),
                                "history \(number), \(anchor)"
                            )
                        }
                    }
                }
            }
            #expect(walk.state == ArticleState(replayingPlainly: graph))
            #expect(walk.text(of: .body, at: [try Desk.id(1)]) == nil)
        }
    }

    /// When the cut becomes known plays no part.
    @Test func changesFoundVoidAfterTheMergeAreAsIfKnownBefore() throws {
        var differences = 0
        for number in 0..<300 {
            let shape = RandomHistory.Shape(voids: number % 2 == 0 ? .late : .early)
            let history = try RandomHistory(seed: 5_000_000 + UInt64(number), shape: shape)
            let graph = try history.graph(order: UInt64(number))
            let expected = ArticleState(replayingPlainly: graph)
            var other = graph
            other.setVoid([])
            let walk = try #require(ArticleWalk(other))
            if walk.state != expected { differences += 1 }
            var soFar: Set<ChangeID> = []
            for change in history.voidChanges.sorted() {
                soFar.insert(change)
                walk.setVoid(soFar)
            }
            #expect(walk.state == expected, "history \(number)")
            #expect(walk.heads == expected.heads)
            walk.setVoid([])
            #expect(walk.state == ArticleState(replayingPlainly: other), "history \(number)")
        }
        #expect(differences > 100)
    }

    /// Of a sequential history, only what somebody goes on from beside the last change is walked.
    @Test func aWalkBeginsAtTheLastVersionThatAllKnow() throws {
        var desk = try Desk(body: "The beginning.")
        var last = desk.seed.id
        for number in 0..<60 {
            let text = ScalarText("\(number) ") ?? ""
            last = try desk.edit(.insert(.body, position: number, text: text))
            if number % 7 == 3 {
                last = try desk.edit(.delete(.body, position: number / 2, count: 3))
            }
        }
        let walk = try #require(ArticleWalk(desk.graph))
        #expect(!walk.isWhole)
        #expect(walk.state == ArticleState(replayingPlainly: desk.graph))

        // Concurrent with each other, not with what came before.
        var ends: [ChangeID] = []
        for user: UInt8 in 2...4 {
            let words = ScalarText("by \(user)") ?? ""
            ends.append(
                try desk.edit(
                    by: user,
                    after: [last],
                    .delete(.body, position: 5 + Int(user), count: 9),
                    .insert(.body, position: 5 + Int(user), text: words),
                    .insert(.summary, position: 0, text: words)
                )
            )
        }
        for change in desk.graph.changes.suffix(3) { try walk.insert(change) }
        #expect(!walk.isWhole)
        #expect(walk.state == ArticleState(replayingPlainly: desk.graph))
        #expect(walk.heads == ends.sorted())

        // From long ago.
        let old = desk.graph.changes[20].id
        try desk.edit(by: 5, after: [old], .insert(.body, position: 3, text: "late"))
        for change in desk.graph.changes.suffix(1) { try walk.insert(change) }
        #expect(walk.isWhole)
        #expect(walk.state == ArticleState(replayingPlainly: desk.graph))
    }

    @Test func revivingWhatWentBeforeTheBaseIsMergedToo() throws {
        var desk = try Desk(body: "one two three")
        try desk.edit(.delete(.body, position: 4, count: 4))
        let last = try desk.edit(.insert(.body, position: 0, text: "and "))
        let walk = try #require(ArticleWalk(desk.graph))
        let range = CharacterRange(change: desk.seed.id, offset: 2, count: 5)
        try desk.edit(by: 2, after: [last], .delete(.body, position: 0, count: 5))
        try desk.edit(by: 3, after: [last], .revive(.body, [range]))
        for change in desk.graph.changes.suffix(2) { try walk.insert(change) }
        #expect(walk.state == ArticleState(replayingPlainly: desk.graph))
        #expect(ArticleState(replaying: desk.graph) == walk.state)
        #expect(walk.state.body.text == "ne twothree")
    }

    @Test func aFaultFoundElsewhereCounts() throws {
        let desk = try Desk(body: "abc")
        let walk = try #require(ArticleWalk(desk.graph))
        let faulty = FaultyChange(change: try Desk.id(99), fault: Fault(.unreadable))
        walk.insert(faulty)
        walk.insert(faulty)
        #expect(walk.state.faults == [faulty])
        let child = try Desk.change(
            98,
            .edit(parents: [faulty.change], operations: [.addTag("x")]),
            by: 1,
            lamport: 2,
            permission: .edit
        )
        try walk.insert(child)
        #expect(walk.state.faults.count == 2)
        #expect(walk.state.heads == [desk.seed.id])
    }

    @Test func theWalksUsedLastStayWarm() throws {
        func walk(_ number: Int) throws -> ArticleWalk {
            let content = Seed(nonce: nil, fields: [], summary: "", body: "text", provenance: nil)
            let seed = try Desk.change(
                UInt8(number),
                .seed(content),
                by: 1,
                lamport: 0,
                permission: .edit
            )
            return try #require(ArticleWalk(EventGraph(seed: seed)))
        }
        let first = try walk(1)
        let second = try walk(2)
        let third = try walk(3)
        var warm = WarmWalks(byteCountMax: first.byteCount * 5 / 2)
        warm.keep(first)
        warm.keep(second)
        #expect(warm.count == 2)
        #expect(warm.walk(of: first.graph.article) === first)
        warm.keep(third)
        #expect(warm.count == 2)
        #expect(warm.walk(of: second.graph.article) == nil)
        #expect(warm.walk(of: first.graph.article) === first)
        warm.drop(first.graph.article)
        #expect(warm.walk(of: first.graph.article) == nil)
        warm.removeAll()
        #expect(warm.count == 0)
    }
}

/// The texts of an article by field, as people see them.
private struct ShownTexts: Equatable {
    var scalars: [TextField: [Unicode.Scalar]] = [:]

    mutating func apply(_ edit: ShownEdit) throws {
        var text = try scalars[edit.field].orThrow()
        let range = edit.position..<edit.position + edit.deletedCount
        guard range.lowerBound >= 0, range.upperBound <= text.count else { throw Missing() }
        text.replaceSubrange(range, with: edit.inserted.scalars)
        scalars[edit.field] = text
    }
}

extension ArticleState {
    fileprivate var shownTexts: ShownTexts {
        var texts = ShownTexts()
        for field in TextField.allCases { texts.scalars[field] = text(of: field).text.scalars }
        return texts
    }
}
