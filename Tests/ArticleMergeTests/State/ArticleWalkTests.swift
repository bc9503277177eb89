internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// A warm walk gives what a replay of the whole graph gives.
@Suite struct ArticleWalkTests {
    @Test(arguments: 0..<10)
    func takingChangesOneByOneGivesWhatThePlainWalkGives(batch: Int) throws {
        for number in batch * 100..<(batch + 1) * 100 {
            let history = try RandomHistory(seed: 3_000_000 + UInt64(number))
            let graph = try history.graph(order: UInt64(number))
            let changes = graph.changes
            var random = SeededRandom(seed: UInt64(number))
            var walk = try #require(ArticleWalk(EventGraph(seed: history.seed)))
            for change in changes.dropFirst() {
                try walk.insert(change)
                try walk.insert(change)
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
            let history = try RandomHistory(seed: 4_000_000 + UInt64(number))
            let graph = try history.graph(order: UInt64(number))
            let walk = try #require(ArticleWalk(graph))
            let faulty = Set(walk.state.faults.map(\.change))
            let sound = graph.changes.map(\.id).filter { !faulty.contains($0) }
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
