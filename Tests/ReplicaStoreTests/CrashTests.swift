import ArticleModel
import Foundation
import ReplicaStore
import SQLite
import TestSupport
import Testing

@Suite("Crashes and full disks")
struct CrashTests {
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func whatWasCommittedSurvivesACutAtAnyByte(seed: UInt64) throws {
        let library = try TestLibrary(seed: seed)
        let replica = try library.makeReplica("one.db")
        let signer = library.makeSigner(library.ownerKey)
        var random = SeededRandom(seed: seed)
        // How long the log of writes was after each commit, and what it held then.
        var durable: [(walSize: Int, entryCount: Int, hash: [UInt8])] = []
        var article: ArticleID?
        for number in 0..<12 {
            if let article, !random.oneIn(3) {
                let text = try #require(ScalarText("edit \(number) "))
                try replica.commit(
                    [.edit(article, [.insert(.body, position: 0, text: text)])],
                    as: signer,
                    now: 1
                )
            } else {
                article =
                    try replica.commit([.seed(.test("Article \(number)"))], as: signer, now: 1)
                    .articles.first
            }
            durable.append(
                (
                    try walSize(of: replica),
                    try replica.status().entryCount,
                    try replica.stateHash()
                )
            )
        }
        let main = try Data(contentsOf: URL(filePath: replica.path))
        let wal = try Data(contentsOf: URL(filePath: replica.path + "-wal"))
        for cut in 0..<30 {
            let length = random.below(wal.count + 1)
            let copy = library.folder.file("cut \(cut).db")
            try main.write(to: URL(filePath: copy))
            try wal.prefix(length).write(to: URL(filePath: copy + "-wal"))
            guard let expected = durable.last(where: { $0.walSize <= length }) else {
                // Nothing after the making of the file had been said to be done.
                continue
            }
            let recovered = try Replica(opening: copy)
            #expect(try recovered.status().entryCount == expected.entryCount)
            #expect(try recovered.stateHash() == expected.hash)
            #expect(try recovered.verify().problems == [])
            #expect(try recovered.doctor(repairing: false).isSound)
        }
    }

    private func walSize(of replica: Replica) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: replica.path + "-wal")[.size] as? Int ?? 0
    }

    @Test func aFullDiskTakesNothingByHalves() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("one.db")
        let anchors = MemoryAnchors()
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        let first = try replica.commit([.seed(.test("One"))], as: signer, now: 1)
        let article = try #require(first.articles.first)
        let before = try Snapshot(replica)
        let anchor = anchors.anchor
        try replica.limitSize(toPages: 1)
        var random = SeededRandom(seed: 1)
        let words = (0..<40_000).map { _ in "\(random.below(10_000))" }.joined(separator: " ")
        #expect(
            replicaErrorCode {
                try replica.commit([.seed(.test("Two", body: words))], as: signer, now: 1)
            } == .full
        )
        #expect(try Snapshot(replica) == before)
        #expect(anchors.anchor == anchor)
        // What others send is as whole.
        let source = try library.makeReplica("source.db")
        try source.commit(
            [.seed(.test("Two", body: words))],
            as: library.makeSigner(library.ownerKey),
            now: 1
        )
        #expect(
            replicaErrorCode {
                try replica.receive(source.incoming(), from: library.peer, verifying: .all)
            } == .full
        )
        #expect(try Snapshot(replica) == before)
        // With room again it goes on with the same chain.
        try replica.limitSize(toPages: 1_000_000)
        try replica.commit([.edit(article, [.addTag("x")])], as: signer, now: 2)
        #expect(try replica.chains().count == 1)
        #expect(try replica.verify().problems == [])
        #expect(try library.copy(source, to: replica).firstRefusal == nil)
        #expect(try replica.articles().count == 2)
    }
}
