import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SQLite
import Signing
import TestSupport
import Testing

@Suite("Entries that wait")
struct WaitingTests {
    let library: TestLibrary
    let source: Replica
    let target: Replica
    let signer: Signer

    init() throws {
        library = try TestLibrary()
        source = try library.makeReplica("source.db")
        target = try library.makeReplica("target.db")
        signer = library.makeSigner(library.ownerKey)
    }

    private func makeEdits(_ count: Int) throws -> ArticleID {
        let result = try source.commit([.seed(.test("One"))], as: signer, now: 10)
        let article = try #require(result.articles.first)
        for number in 0..<count {
            let text = try #require(ScalarText("\(number) "))
            try source.commit(
                [.edit(article, [.insert(.body, position: 0, text: text)])],
                as: signer,
                now: 11
            )
        }
        return article
    }

    @Test func anEntryWaitsForTheOneBeforeIt() throws {
        _ = try makeEdits(1)
        let entries = try source.incoming()
        let last = try #require(entries.last)
        let report = try target.receive([last], from: library.peer, verifying: .all)
        guard case .parked(let missing) = report.outcomes.first else {
            Issue.record("not parked")
            return
        }
        #expect(missing == [entries[entries.count - 2].signed.id])
        #expect(try target.status().parkedCount == 1)
        #expect(try target.status().entryCount == 0)
        let rest = Array(entries.dropLast())
        let second = try target.receive(rest, from: library.peer, verifying: .all)
        #expect(second.outcomes.allSatisfy { $0.isStored })
        #expect(second.unparked == [last.signed.id])
        #expect(try target.status().parkedCount == 0)
        #expect(try target.stateHash() == source.stateHash())
    }

    @Test func entriesThatComeBackwardsAllEndInTheLog() throws {
        _ = try makeEdits(20)
        let entries = try source.incoming()
        for entry in entries.reversed() {
            _ = try target.receive([entry], from: library.peer, verifying: .lastOfEachBranch)
        }
        #expect(try target.status().parkedCount == 0)
        #expect(try target.status().entryCount == entries.count)
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.verify().problems == [])
    }

    @Test func anEntryWaitsForTheMembershipRecordItNames() throws {
        let key = try library.addUser("Ben", .editor)
        try source.appendMembership(library.log.entries)
        try source.commit([.seed(.test("Two"))], as: library.makeSigner(key), now: 10)
        let entries = try source.incoming()
        let report = try target.receive(entries, from: library.peer, verifying: .all)
        #expect(report.outcomes.allSatisfy { $0.isParked })
        #expect(try target.status().entryCount == 0)
        #expect(try target.articles() == [])
        let appended = try target.appendMembership(library.log.entries)
        #expect(appended.unparked == entries.map(\.signed.id))
        #expect(try target.articles().map(\.title) == ["Two"])
        #expect(try target.stateHash() == source.stateHash())
    }

    @Test func whatWaitedIsStillHeldToTheRules() throws {
        let article = try makeEdits(0)
        let last = try #require(try source.incoming().last).signed
        let parents = try #require(try source.article(article)).heads
        let wrong = try library.entry(after: last, editing: article, parents: parents, []) {
            $0.lamport += 7
        }
        _ = try target.receive([wrong], from: library.peer, verifying: .all)
        #expect(try target.status().parkedCount == 1)
        let report = try library.copy(source, to: target)
        #expect(report.unparked == [])
        #expect(report.refusedAfterParking.map(\.error.code) == [.wrongLamport])
        #expect(try target.status().parkedCount == 0)
        #expect(try target.stateHash() == source.stateHash())
    }

    /// Entries that wait for ever, each for another.
    private func endless(_ count: Int, bodySize: Int, seed: UInt8 = 0) throws -> [IncomingEntry] {
        let article = try #require(source.articles().first?.id)
        let last = try #require(try source.incoming().last).signed
        let large = [UInt8](repeating: 1, count: bodySize)
        // Unreadable bodies do: nobody looks into what waits.
        return try (0..<count).map { number in
            try library.entry(after: last, body: large, touching: [article]) {
                $0.sequence += 2 + UInt64(number)
                $0.lamport += 2 + UInt64(number)
                let id = [seed, UInt8(number >> 8), UInt8(number & 255)]
                $0.previous = ChangeSetID(id + [UInt8](repeating: 9, count: 29))
            }
        }
    }

    /// Who left what waits, and its size.
    private func parked() throws -> [(peer: DeviceKey, size: Int)] {
        let database = try Database(path: target.path, mode: .readOnly)
        let rows = try database.statement("SELECT peer, size FROM parked")
        var found: [(peer: DeviceKey, size: Int)] = []
        while try rows.step() {
            found.append((try #require(DeviceKey(rows.bytes(0))), Int(rows.integer(1))))
        }
        return found
    }

    private func isWaiting(_ entry: IncomingEntry, from peer: DeviceKey) throws -> Bool {
        // What waits already is not counted again.
        let before = try target.status().parkedCount
        _ = try target.receive([entry], from: peer, verifying: .all)
        return try target.status().parkedCount == before
    }

    @Test func aPeerMayLeaveOnlySoMuchWaitingAndTheOldestGoesFirst() throws {
        _ = try makeEdits(0)
        let entries = try endless(5, bodySize: Limits.bodySizeMax)
        let report = try target.receive(entries, from: library.peer, verifying: .all)
        #expect(report.outcomes.allSatisfy { $0.isParked })
        #expect(try target.status().parkedCount == 3)
        #expect(try isWaiting(entries[4], from: library.peer))
        #expect(try isWaiting(entries[2], from: library.peer))
        // Another peer has room of its own.
        let other = try DeviceKey(library.hubKey.publicKey)
        let second = try target.receive([entries[0]], from: other, verifying: .all)
        #expect(second.outcomes.map(\.isParked) == [true])
        #expect(try target.status().parkedCount == 4)
    }

    @Test func oneEntryIsAlwaysTakenHoweverLittleRoomThereIs() throws {
        _ = try makeEdits(0)
        target.parkingLimits.peer = 100
        target.parkingLimits.all = 100
        for entry in try endless(3, bodySize: 5000) {
            let report = try target.receive([entry], from: library.peer, verifying: .all)
            #expect(report.outcomes.map(\.isParked) == [true])
            #expect(try target.status().parkedCount == 1)
        }
    }

    @Test func allPeersTogetherMayLeaveOnlySoMuchAndWhoLeftTheMostGivesWay() throws {
        _ = try makeEdits(0)
        target.parkingLimits.peer = 100_000
        target.parkingLimits.all = 200_000
        var sizes: [DeviceKey: Int] = [:]
        let modest = try DeviceKey(library.hubKey.publicKey)
        let little = try endless(4, bodySize: 2000, seed: 77)
        _ = try target.receive(little, from: modest, verifying: .all)
        for seed in 1...6 as ClosedRange<UInt8> {
            let peer = try DeviceKey(
                PrivateKey(seed: [UInt8](repeating: seed, count: 32)).publicKey
            )
            let entries = try endless(60, bodySize: 2000, seed: seed)
            _ = try target.receive(entries, from: peer, verifying: .all)
            sizes[peer] = try parked().filter { $0.peer == peer }.count
        }
        let waiting = try parked()
        #expect(waiting.reduce(0) { $0 + $1.size } <= 200_000)
        // The newest of whoever came last is there, and so is all of the one that left little.
        #expect(waiting.count { $0.peer == modest } == 4)
        #expect(sizes.values.allSatisfy { $0 > 5 })
    }

    @Test func whatWaitsForEverStandsInNobodysWay() throws {
        _ = try makeEdits(30)
        let honest = try source.incoming()
        let junk = try endless(200, bodySize: 100_000)
        _ = try target.receive(junk, from: library.peer, verifying: .all)
        // Backwards, so that each waits for the one before it, from the same peer as the junk.
        for entry in honest.reversed() {
            let report = try target.receive([entry], from: library.peer, verifying: .all)
            #expect(report.firstRefusal == nil)
        }
        #expect(try target.status().entryCount == honest.count)
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.verify().problems == [])
        // What was dropped for want of room is taken when it comes again.
        _ = try target.receive([junk[0]], from: library.peer, verifying: .all)
        #expect(try isWaiting(junk[0], from: library.peer))
    }
}
