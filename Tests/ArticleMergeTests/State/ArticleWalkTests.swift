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
