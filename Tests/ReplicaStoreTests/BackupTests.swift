import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

@Suite("Copies of a replica")
struct BackupTests {
    @Test func holdWhatTheySay() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("a.db")
        let signer = library.makeSigner(library.ownerKey)
        try replica.commit([.seed(.test("One"))], as: signer, now: 1)
        let path = library.folder.file("copy.db")
        let facts = try replica.copy(to: path)
        try replica.commit([.seed(.test("Two"))], as: signer, now: 2)
        let copy = try Replica(opening: path)
        #expect(try copy.facts() == facts)
        #expect(facts.entryCount == 2)
        #expect(facts.recordCount == 2)
        #expect(facts.name == "Test")
        #expect(try copy.verify().problems.isEmpty)
        #expect(try copy.articles(ArticleFilter()).map(\.title) == ["One"])
        #expect(try replica.countEntries(missingIn: copy) == 1)
        #expect(try copy.countEntries(missingIn: replica) == 0)
    }

    @Test func areOfOneMomentWhileAnotherProcessWrites() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("a.db")
        let signer = library.makeSigner(library.ownerKey)
        var made: [ArticleID] = []
        for number in 0..<5 {
            let seed = Seed.test("Article \(number)")
            made += try replica.commit([.seed(seed)], as: signer, now: 1).articles
        }
        let articles = made
        let path = replica.path
        let key = library.ownerKey
        // Another connection on a thread of its own, that goes on until the copies are made.
        let stop = Flag()
        let writer = Thread {
            let box = RandomBox(3)
            let signer = Signer(key: key, machine: [1], anchors: MemoryAnchors()) { box.bytes($0) }
            let other = try? Replica(opening: path)
            var count = 0
            while !stop.isSet {
                count += 1
                let edit = LocalChange.edit(
                    articles[count % articles.count],
                    [.insert(.body, position: 0, text: "x")]
                )
                // One that waits too long for the lock is another time's.
                _ = try? other?.commit([edit], as: signer, now: 2)
            }
            stop.end()
        }
        writer.start()
        for number in 0..<10 {
            let file = library.folder.file("copy\(number).db")
            let facts = try replica.copy(to: file)
            let copy = try Replica(opening: file)
            #expect(try copy.facts() == facts)
            let report = try copy.verify()
            #expect(report.problems.isEmpty)
            #expect(UInt64(report.entryCount) == facts.entryCount)
            #expect(try copy.doctor(repairing: false).isSound)
        }
        stop.set()
        stop.waitForEnd()
    }

    @Test func openANewChainOnceTheyHaveLeftTheirs() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("a.db")
        let anchors = MemoryAnchors()
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        try replica.commit([.seed(.test("One"))], as: signer, now: 1)
        let path = library.folder.file("copy.db")
        _ = try replica.copy(to: path)
        let copy = try Replica(opening: path)
        try copy.leaveChain()
        // The anchor itself would not forbid to go on.
        let result = try copy.commit([.seed(.test("Two"))], as: signer, now: 2)
        try replica.commit([.seed(.test("Three"))], as: signer, now: 3)
        #expect(result.articles.count == 1)
        try library.copy(copy, to: replica)
        try library.copy(replica, to: copy)
        #expect(try replica.verify().forkedChains.isEmpty)
        #expect(try replica.stateHash() == copy.stateHash())
        #expect(try replica.articles(ArticleFilter()).count == 3)
    }

    @Test func takeNoPlaceOfAReplicaThatIsInUse() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("a.db")
        _ = try replica.membership()
        let kept = library.folder.file("kept.db")
        var wasMoved = false
        let code = replicaErrorCode {
            try Replica.setAside(replica.path, to: kept) { wasMoved = true }
        }
        #expect(code == .busy)
        #expect(!wasMoved)
    }

    @Test func setAsideAReplicaNobodyUsesWithAllThatWasInItsLog() throws {
        let library = try TestLibrary()
        let path = library.folder.file("a.db")
        let hash = try {
            let replica = try library.makeReplica("a.db")
            try replica.commit(
                [.seed(.test("One"))],
                as: library.makeSigner(library.ownerKey),
                now: 1
            )
            return try replica.stateHash()
        }()
        let kept = library.folder.file("kept.db")
        try Replica.setAside(path, to: kept) {
            try FileManager.default.moveItem(atPath: path, toPath: kept)
        }
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        #expect(try Replica(opening: kept).stateHash() == hash)
    }
}

/// A sign between two threads.
private final class Flag: @unchecked Sendable {
    // Unchecked: the condition guards both values.
    private let condition = NSCondition()
    private var value = false
    private var hasEnded = false

    var isSet: Bool {
        condition.lock()
        defer { condition.unlock() }
        return value
    }

    func set() {
        condition.lock()
        value = true
        condition.unlock()
    }

    func end() {
        condition.lock()
        hasEnded = true
        condition.broadcast()
        condition.unlock()
    }

    func waitForEnd() {
        condition.lock()
        while !hasEnded { condition.wait() }
        condition.unlock()
    }
}
