import ArticleModel
import ReplicaStore
import SQLite
import TestSupport
import Testing

@Suite("Convergence")
struct ConvergenceTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func anyOrderOfArrivalGivesTheSameState(seed: UInt64) throws {
        var history = try RandomHistory(seed: seed)
        try history.run(60)
        try history.exchangeAll()
        let first = history.replicas[0]
        let hash = try first.stateHash()
        var all = ArticleFilter()
        all.deleted = .included
        all.order = .title
        let list = try first.articles(all)
        for replica in history.replicas {
            #expect(try replica.stateHash() == hash)
            #expect(try replica.articles(all) == list)
            #expect(try replica.status().parkedCount == 0)
        }
    }

    @Test(arguments: 100..<112 as Range<UInt64>)
    func derivingAgainGivesTheSameRows(seed: UInt64) throws {
        var history = try RandomHistory(seed: seed)
        try history.run(60)
        try history.exchangeAll()
        for replica in history.replicas {
            let report = try replica.doctor(repairing: false)
            #expect(report.isSound)
            #expect(report.differingTables == [])
            let verified = try replica.verify()
            #expect(verified.problems == [])
            #expect(verified.faults == [])
        }
    }

    @Test func aDamagedRowIsFoundAndRepaired() throws {
        var history = try RandomHistory(seed: 3)
        try history.run(40)
        let replica = history.replicas[0]
        let hash = try replica.stateHash()
        do {
            let database = try Database(path: replica.path, mode: .readWrite)
            try database.run("UPDATE article SET title = 'something else'")
            try database.run("DELETE FROM article_state")
        }
        let found = try replica.doctor(repairing: false)
        #expect(!found.isSound)
        #expect(Set(found.differingTables).isSuperset(of: ["article", "article_state"]))
        #expect(!found.isRepaired)
        #expect(try replica.articles().allSatisfy { $0.title == "something else" })
        #expect(try replica.doctor(repairing: true).isRepaired)
        #expect(try replica.doctor(repairing: false).isSound)
        #expect(try replica.stateHash() == hash)
        #expect(try !replica.articles().contains { $0.title == "something else" })
    }
}
