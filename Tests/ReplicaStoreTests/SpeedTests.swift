import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// Figures, printed; run in a release build with `GALLEY_SPEED=1`.
@Suite(
    "Speed",
    .enabled(if: ProcessInfo.processInfo.environment["GALLEY_SPEED"] != nil),
    .serialized
)
struct SpeedTests {
    func timed<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let cpuStart = clock()
        let result = try body()
        let time = ContinuousClock.now - start
        let milliseconds =
            Double(time.components.seconds) * 1_000 + Double(time.components.attoseconds) / 1e15
        let cpu = Double(clock() - cpuStart) / 1_000
        print("\(what): \((milliseconds * 100).rounded() / 100) ms, \(cpu.rounded()) ms of CPU")
        return result
    }

    @Test func firstSyncOfTenThousandArticles() throws {
        let library = try TestLibrary()
        let source = try library.makeReplica("source.db")
        let signer = library.makeSigner(library.ownerKey)
        var random = SeededRandom(seed: 1)
        let letters = Array("etaoinshrdlu".utf8)
        let words = (0..<3_000).map { _ in
            String(
                decoding: (0..<2 + random.below(8)).map { _ in letters[random.below(12)] },
                as: UTF8.self
            )
        }
        let seeds = (0..<10_000).map { number in
            var body = ""
            while body.utf8.count < 4_000 { body += words[random.below(3_000)] + " " }
            return Seed.test("Article \(number)", body: body)
        }
        try timed("import of 10,000") {
            for start in stride(from: 0, to: seeds.count, by: 1_000) {
                _ = try source.commit(
                    changeSets: seeds[start..<start + 1_000].map { [.seed($0)] },
                    as: signer,
                    now: 1
                )
            }
        }
        var runs: [[IncomingEntry]] = []
        var row: Int64 = 0
        try timed("reading 10,000 entries") {
            while true {
                let batch = try source.entries(afterRow: row, sizeMax: .max, countMax: 1_000)
                guard let last = batch.last else { break }
                row = last.row
                runs.append(batch.map { IncomingEntry($0.signed, body: $0.body) })
            }
        }
        let target = try library.makeReplica("target.db")
        let peer = try DeviceKey(library.ownerKey.publicKey)
        try timed("receiving 10,000, last signatures") {
            for run in runs {
                let report = try target.receive(run, from: peer, verifying: .lastOfEachBranch)
                #expect(report.storedCount == run.count)
            }
        }
        try timed("deriving 10,000") { _ = try target.derive() }
        let hub = try library.makeReplica("hub.db")
        try timed("receiving 10,000 as the hub") {
            for run in runs { _ = try hub.receiveAsHub(run, from: peer) }
        }
        _ = try timed("opening") { try Replica(opening: library.folder.file("target.db")) }
        let opened = try Replica(opening: library.folder.file("target.db"))
        var filter = ArticleFilter()
        filter.limit = 1_000
        _ = try timed("listing 1,000 first") { try opened.articles(filter) }
        let list = try timed("listing 1,000 again") { try opened.articles(filter) }
        let small = try library.makeReplica("small.db")
        _ = try small.receive(runs[0], from: peer, verifying: .lastOfEachBranch)
        let opened1000 = try Replica(opening: library.folder.file("small.db"))
        _ = try timed("listing all of 1,000 first") { try opened1000.articles() }
        _ = try timed("listing all of 1,000 again") { try opened1000.articles() }
        _ = try timed("show") { try opened.article(list[500].id) }
        _ = try timed("state hash") { try opened.stateHash() }
        _ = try timed("search index") { try opened.indexForSearch() }
        _ = try timed("search") { try opened.search("\(words[0]) \(words[1])") }
        _ = try timed("doctor") { try opened.doctor(repairing: false) }
        let size = try FileManager.default.attributesOfItem(
            atPath: library.folder.file("target.db")
        )[.size]
        print("file size \(size ?? 0)")
    }

    @Test(arguments: [250, 500, 1_000, 2_000])
    func aHubMergesBranchesUpdateByUpdate(count: Int) throws {
        let article = try BranchyArticle(people: 8, editsEach: count / 8, bodySize: 8_000)
        let hub = try article.makeHub("hub.db")
        let peer = try article.library.peer
        try timed("merging \(article.edits.count) updates, one transaction each") {
            for entry in article.edits {
                _ = try hub.receiveAsHub([entry], from: peer)
                try hub.derive()
            }
        }
        #expect(try hub.doctor(repairing: false).isSound)
        guard count <= 500 else { return }
        let cold = try article.makeHub("cold.db")
        try timed("the same, with nothing kept warm") {
            for entry in article.edits {
                cold.dropWarmMerges()
                _ = try cold.receiveAsHub([entry], from: peer)
                try cold.derive()
            }
        }
    }
}
