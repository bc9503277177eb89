import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

@Suite("The hub's log")
struct HubLogTests {
    let library: TestLibrary
    let hub: Replica
    let client: Replica
    let signer: Signer

    init() throws {
        library = try TestLibrary()
        hub = try library.makeReplica("hub.db")
        client = try library.makeReplica("client.db")
        signer = library.makeSigner(library.ownerKey)
        try client.setRemote(hub: DeviceKey(library.hubKey.publicKey), address: "host:1")
    }

    private var hubID: DeviceKey { get throws { try DeviceKey(library.hubKey.publicKey) } }

    private func fill(_ count: Int, prefix: String = "Article") throws {
        let source = try library.makeReplica("\(prefix).db")
        let author = library.makeSigner(library.ownerKey)
        for number in 0..<count {
            try source.commit([.seed(.test("\(prefix) \(number)"))], as: author, now: 10)
        }
        let report = try hub.receiveAsHub(source.incoming(), from: library.peer)
        #expect(report.firstRefusal == nil)
    }

    private func items(after position: UInt64) throws -> [PositionedItem] {
        try hub.entries(afterPosition: position).map {
            .entry(IncomingEntry($0.signed, body: $0.body))
        }
    }

    @Test func positionsAreDenseAndEachHasItsAccumulator() throws {
        try fill(5)
        let entries = try hub.entries(afterPosition: 0)
        #expect(entries.map(\.position) == (1...6).map { $0 })
        #expect(try hub.hubHead().position == 6)
        #expect(try hub.status().unplacedCount == 0)
        #expect(try hub.hubHead(at: 6) == hub.hubHead())
        #expect(try hub.hubHead(at: 7) == nil)
        var hash = SHA256.hash(library.log.library.bytes)
        for entry in entries { hash = SHA256.hash(hash + entry.signed.id.bytes) }
        #expect(try hub.hubHead().accumulator == hash)
        #expect(try hub.verify().problems == [])
    }

    @Test func aClientFollowsTheCursor() throws {
        try fill(5)
        let start = try #require(try client.remotes().first).cursor
        #expect(start.position == 0)
        let (cursor, report) = try client.receive(
            items(after: 0),
            following: start,
            from: hubID
        )
        #expect(report.storedCount == 6)
        #expect(try cursor == hub.hubHead())
        #expect(try client.remotes().first?.cursor == cursor)
        #expect(try client.stateHash() == hub.stateHash())
        #expect(try client.status().unplacedCount == 0)
        #expect(try client.verify().problems == [])
    }

    @Test func whatTheClientHasIsNamedAndGetsItsPosition() throws {
        try client.commit([.seed(.test("Mine"))], as: signer, now: 10)
        #expect(try client.status().unplacedCount == 2)
        _ = try hub.receiveAsHub(client.incoming(), from: library.peer)
        let start = try #require(try client.remotes().first).cursor
        let known = try hub.entries(afterPosition: 0).map { PositionedItem.known($0.signed.id) }
        let (cursor, report) = try client.receive(known, following: start, from: hubID)
        #expect(report.outcomes.isEmpty)
        #expect(try cursor == hub.hubHead())
        #expect(try client.status().unplacedCount == 0)
    }

    @Test func entriesThatDoNotFollowTheCursorAreRefusedAsAWhole() throws {
        try fill(5)
        let start = try #require(try client.remotes().first).cursor
        let before = try Snapshot(client)
        let wrong = LogHead(position: 1, accumulator: start.accumulator)
        #expect(
            replicaErrorCode {
                try client.receive(items(after: 0), following: wrong, from: hubID)
            } == .cursorMismatch
        )
        let unknown = try #require(ChangeSetID([UInt8](repeating: 3, count: 32)))
        #expect(
            replicaErrorCode {
                try client.receive(
                    items(after: 0) + [.known(unknown)],
                    following: start,
                    from: hubID
                )
            } == .cursorMismatch
        )
        #expect(
            replicaErrorCode {
                try client.receive(
                    items(after: 0) + items(after: 5),
                    following: start,
                    from: hubID
                )
            } == .cursorMismatch
        )
        // An entry before the one it depends on.
        #expect(
            replicaErrorCode {
                try client.receive(items(after: 2), following: start, from: hubID)
            } == .wrongDependencies
        )
        #expect(try Snapshot(client) == before)
        #expect(try client.remotes().first?.cursor == start)
    }

    @Test func oneFaultyEntryFromTheHubKeepsNothingOfTheRun() throws {
        try fill(3)
        let start = try #require(try client.remotes().first).cursor
        var items = try items(after: 0)
        guard case .entry(let last) = items.removeLast() else { return }
        let before = try Snapshot(client)
        items.append(.entry(IncomingEntry(last.signed, body: [1, 2, 3])))
        #expect(
            replicaErrorCode { try client.receive(items, following: start, from: hubID) }
                == .wrongBody
        )
        #expect(try Snapshot(client) == before)
    }

    @Test func whatWaitedHereGetsItsPositionFromTheRun() throws {
        try fill(5)
        let entries = try hub.incoming()
        // Two that come after the run's first part wait, one of which the run names later.
        _ = try client.receive(Array(entries[3...4]), from: library.peer, verifying: .all)
        #expect(try client.status().parkedCount == 2)
        let start = try #require(try client.remotes().first).cursor
        let items = try items(after: 0)
        let (cursor, report) = try client.receive(
            Array(items.prefix(4)),
            following: start,
            from: hubID
        )
        #expect(cursor.position == 4)
        #expect(report.unparked.count == 2)
        #expect(try client.status().unplacedCount == 1)
        #expect(try client.verify().problems == [])
        _ = try client.receive(Array(items.suffix(2)), following: cursor, from: hubID)
        #expect(try client.status().unplacedCount == 0)
        #expect(try client.verify().problems == [])
        #expect(try client.stateHash() == hub.stateHash())
    }

    @Test func aHubThatWentBackGetsItsEntriesAgain() throws {
        try fill(5)
        let start = try #require(try client.remotes().first).cursor
        _ = try client.receive(items(after: 0), following: start, from: hubID)
        try client.rewindHubLog(to: 2)
        #expect(try client.remotes().first?.cursor == hub.hubHead(at: 2))
        #expect(try client.hubHead() == hub.hubHead(at: 2))
        let unplaced = try client.unplacedEntries()
        #expect(unplaced.count == 4)
        #expect(try client.verify().problems == [])
        // Sent in this order they are taken by a hub that has only the first two.
        let restored = try library.makeReplica("restored.db")
        let first = try hub.entries(afterPosition: 0, countMax: 2)
        _ = try restored.receiveAsHub(
            first.map { IncomingEntry($0.signed, body: $0.body) },
            from: library.peer
        )
        let report = try restored.receiveAsHub(
            unplaced.map { IncomingEntry($0.signed, body: $0.body) },
            from: library.peer
        )
        #expect(report.storedCount == 4)
        #expect(try restored.stateHash() == hub.stateHash())
    }

    @Test func pagesAreBoundedByBytesAndByCount() throws {
        try fill(10)
        #expect(try hub.entries(afterPosition: 0, countMax: 3).count == 3)
        #expect(try hub.entries(afterPosition: 0, sizeMax: 1).count == 1)
        let sizes = try hub.entries(afterPosition: 0).prefix(4).map {
            $0.signed.bytes.count + ($0.body?.count ?? 0)
        }
        let page = try hub.entries(afterPosition: 0, sizeMax: sizes.reduce(0, +))
        #expect(page.count == 4)
        #expect(try hub.entries(afterPosition: 11).isEmpty)
    }

    @Test func aClaimCodeIsGoodForOneUse() throws {
        let hash = SHA256.hash(Array("code".utf8))
        #expect(try !hub.takeClaim(hash: hash))
        try hub.addClaim(hash: hash)
        #expect(try !hub.takeClaim(hash: SHA256.hash(Array("guess".utf8))))
        #expect(try hub.takeClaim(hash: hash))
        #expect(try !hub.takeClaim(hash: hash))
    }
}
