import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
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

    @Test func aPeerMayLeaveOnlySoMuchWaiting() throws {
        let article = try makeEdits(0)
        let last = try #require(try source.incoming().last).signed
        let large = [UInt8](repeating: 1, count: Limits.bodySizeMax)
        // Unreadable bodies do: nobody looks into what waits.
        var entries: [IncomingEntry] = []
        for number in 0..<5 as Range<UInt64> {
            entries.append(
                try library.entry(after: last, body: large, touching: [article]) {
                    $0.sequence += 2 + number
                    $0.lamport += 2 + number
                    $0.previous = ChangeSetID([UInt8](repeating: UInt8(number), count: 32))
                }
            )
        }
        let report = try target.receive(entries, from: library.peer, verifying: .all)
        #expect(report.outcomes.map(\.isParked) == [true, true, true, false, false])
        #expect(report.outcomes[3].refusal == .tooMuchParked)
        // Another peer has room of its own.
        let other = try DeviceKey(library.hubKey.publicKey)
        let second = try target.receive([entries[3]], from: other, verifying: .all)
        #expect(second.outcomes.map(\.isParked) == [true])
    }
}
