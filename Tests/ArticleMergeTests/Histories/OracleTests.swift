internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// The fast walk says what the plain one says.
@Suite struct OracleTests {
    /// A hundred batches of 1,000 make the 100,000 histories; a million in `./run soak`.
    @Test(arguments: 0..<100 * Soak.factor)
    func theFastWalkGivesWhatThePlainOneGives(batch: Int) throws {
        for number in batch * 1_000..<(batch + 1) * 1_000 {
            let shape = RandomHistory.Shape(userCount: 2...6, voids: .of(history: number))
            let history = try RandomHistory(seed: 1_000_000 + UInt64(number), shape: shape)
            let graph = try history.graph(order: 4)
            let plain = ArticleState(replayingPlainly: graph)
            #expect(ArticleState(replaying: graph) == plain, "history \(number)")
            #expect(
                ArticleState(replayingAtOnce: graph) == plain,
                "history \(number), in one walk"
            )
            #expect(
                ArticleState(replaying: graph, inOrderOfArrival: ()) == plain,
                "history \(number), as it arrived"
            )
        }
    }

    /// Long histories, so that trees grow and are split.
    @Test(arguments: 0..<20 * Soak.factor)
    func longHistoriesGiveTheSame(number: Int) throws {
        let shape = RandomHistory.Shape(
            userCount: 2...6,
            changeCount: 150...400,
            voids: .of(history: number)
        )
        let history = try RandomHistory(seed: 2_000_000 + UInt64(number), shape: shape)
        let graph = try history.graph(order: 4)
        let plain = ArticleState(replayingPlainly: graph)
        #expect(ArticleState(replaying: graph) == plain, "history \(number)")
        #expect(ArticleState(replayingAtOnce: graph) == plain, "history \(number), in one walk")
        #expect(
            ArticleState(replaying: graph, inOrderOfArrival: ()) == plain,
            "history \(number), as it arrived"
        )
    }
}
