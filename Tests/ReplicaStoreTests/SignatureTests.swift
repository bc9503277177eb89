import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// Signatures of entries that later ones prove.
@Suite("Signatures in the background")
struct SignatureTests {
    let library: TestLibrary
    let source: Replica
    let target: Replica
    let article: ArticleID

    init() throws {
        library = try TestLibrary()
        source = try library.makeReplica("source.db")
        target = try library.makeReplica("target.db")
        let signer = library.makeSigner(library.ownerKey)
        article = try #require(
            try source.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
        let edits: [[LocalChange]] = (0..<8).map {
            [.edit(article, [.addTag(ScalarText("tag \($0)") ?? "")])]
        }
        _ = try source.commit(changeSets: edits, as: signer, now: 11)
    }

    /// The source's entries, some of which have another one's signature.
    private func entries(spoiling places: Set<Int>) throws -> [IncomingEntry] {
        let sound = try source.incoming()
        return try sound.enumerated().map { index, entry in
            guard places.contains(index) else { return entry }
            return IncomingEntry(
                try SignedChangeSet(
                    header: entry.signed.header,
                    signature: sound[index - 1].signed.signature
                ),
                body: entry.body
            )
        }
    }

    private func receive(spoiling places: Set<Int>) throws {
        let report = try target.receive(
            entries(spoiling: places),
            from: library.peer,
            verifying: .lastOfEachBranch
        )
        #expect(report.firstRefusal == nil)
    }

    @Test func areCheckedInPartsUntilNoneIsLeft() throws {
        try receive(spoiling: [])
        #expect(try target.entries().filter(\.isSignatureChecked).count == 1)
        var counts: [Int] = []
        while true {
            let report = try target.checkSignatures(upTo: 4)
            #expect(report.unsound == [])
            counts.append(report.checkedCount)
            if report.isDone { break }
        }
        #expect(counts == [4, 4, 1])
        #expect(try target.entries().allSatisfy(\.isSignatureChecked))
        #expect(try target.checkSignatures(upTo: 4).checkedCount == 0)
    }

    @Test func oneThatDoesNotHoldIsFoundAndItsEntryStays() throws {
        let ids = try source.incoming().map(\.signed.id)
        try receive(spoiling: [3, 5])
        let report = try target.checkSignatures(upTo: 100)
        #expect(report.unsound == [ids[3], ids[5]])
        #expect(try target.unsoundEntries() == [ids[3], ids[5]])
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.status().unsoundCount == 2)
        let verified = try target.verify()
        #expect(verified.problems == [])
        #expect(verified.unsound == [ids[3], ids[5]])
        #expect(
            try target.entries().filter { !$0.isSignatureChecked }.map(\.signed.id)
                == report.unsound
        )
    }

    @Test func aHubLooksAtEachOfThem() throws {
        let report = try target.receiveAsHub(entries(spoiling: [4]), from: library.peer)
        #expect(report.storedCount == 4)
        #expect(report.firstRefusal?.code == .badSignature)
        #expect(try target.hubHead().position == 4)
        #expect(try target.entries().allSatisfy(\.isSignatureChecked))
    }

    @Test func oneThatIsProvenByAnEntryNotTakenIsLookedAt() throws {
        func receive(spoiling places: Set<Int>) throws {
            var batch = Array(try entries(spoiling: places)[..<4])
            batch[3] = IncomingEntry(batch[3].signed, body: [1])
            let report = try target.receive(
                batch,
                from: library.peer,
                verifying: .lastOfEachBranch
            )
            #expect(report.firstRefusal?.code == .wrongBody)
        }
        #expect(throws: ReplicaError.self) { try receive(spoiling: [2]) }
        #expect(try target.entries().isEmpty)
        try receive(spoiling: [])
        #expect(try target.entries().map(\.isSignatureChecked) == [false, false, true])
    }

    @Test func verifyingFindsThemToo() throws {
        try receive(spoiling: [4])
        #expect(try target.verify().unsound.count == 1)
        #expect(try target.unsoundEntries().count == 1)
    }

    @Test func aGoodOneTakesItsPlace() throws {
        try receive(spoiling: [3, 5])
        _ = try target.checkSignatures(upTo: 100)
        let sound = try source.incoming()
        // Another bad one does not.
        _ = try target.receive(
            [try entries(spoiling: [3])[3]],
            from: library.peer,
            verifying: .all
        )
        #expect(try target.unsoundEntries().count == 2)
        let report = try target.receive(
            [sound[3], sound[5]],
            from: library.peer,
            verifying: .all
        )
        #expect(report.outcomes.allSatisfy { $0.isDuplicate })
        #expect(try target.unsoundEntries() == [])
        #expect(try target.entries().map(\.signed) == sound.map(\.signed))
        #expect(try target.verify().unsound == [])
    }

    @Test func nothingWithoutAGoodOneGoesToAHub() throws {
        try receive(spoiling: [4])
        let ids = try source.incoming().map(\.signed.id)
        // Looked at when it is to be sent, whether or not somebody has looked before.
        #expect(try target.unplacedEntries().map(\.signed.id) == Array(ids[..<4]))
        #expect(try target.unplacedCount() == 4)
        #expect(try target.heldBack() == ids.count - 4)
        #expect(try target.status().heldBackCount == ids.count - 4)
        _ = try target.receive([source.incoming()[4]], from: library.peer, verifying: .all)
        #expect(try target.unplacedEntries().map(\.signed.id) == ids)
        #expect(try target.unplacedCount() == ids.count)
    }

    @Test func nothingWithoutAGoodOneIsTheLastOfItsChain() throws {
        try receive(spoiling: [4, 5])
        let all = try target.entries()
        #expect(try target.withSoundEnds(all).count == all.count)
        #expect(try target.withSoundEnds(Array(all[..<7])).count == 7)
        #expect(try target.withSoundEnds(Array(all[..<6])).count == 4)
        #expect(try target.withSoundEnds(Array(all[..<5])).count == 4)
        #expect(try target.withSoundEnds(Array(all[..<4])).count == 4)
        // What is let through, another one takes.
        let third = try library.makeReplica("third.db")
        for end in 1...all.count {
            let sent = try target.withSoundEnds(Array(all[..<end]))
            let report = try third.receive(
                sent.map { IncomingEntry($0.signed, body: $0.body) },
                from: library.peer,
                verifying: .lastOfEachBranch
            )
            #expect(report.firstRefusal == nil)
        }
        #expect(try third.stateHash() == source.stateHash())
    }
}

/// Entries that a hub did not take.
@Suite("Refused entries")
struct RefusedEntryTests {
    @Test func areNotSentAgainNorWhatGoesOnFromThem() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("one.db")
        let anchors = MemoryAnchors()
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        let first = try #require(
            try replica.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
        try replica.commit([.edit(first, [.addTag("refused")])], as: signer, now: 11)
        try replica.commit([.edit(first, [.addTag("after it")])], as: signer, now: 12)
        let chain = try #require(try replica.ownHead()).chain
        let hub = try DeviceKey(library.hubKey.publicKey)
        try replica.setRemote(hub: hub, address: "localhost:1")
        try replica.noteRefusal(ofChain: chain, at: 2, by: hub, code: 21, text: "Why not.")
        #expect(try replica.unplacedEntries().count == 2)
        #expect(try replica.heldBack() == 2)
        #expect(try replica.refusedEntries().map(\.text) == ["Why not."])

        // The next signature is on a new chain, which goes on from the last entry taken.
        let second = try #require(
            try replica.commit([.seed(.test("Two"))], as: signer, now: 13).articles.first
        )
        let head = try #require(try replica.ownHead())
        #expect(head.chain != chain)
        let opening = try #require(
            try replica.entries().first { $0.signed.header.chain == head.chain }
        )
        let taken = try #require(
            try replica.entryIDs(ofChain: chain, at: 1).first
        )
        #expect(opening.signed.header.dependencies == [taken])
        #expect(try replica.unplacedEntries().count == 4)
        try replica.commit([.edit(second, [.addTag("fine")])], as: signer, now: 14)
        #expect(try replica.unplacedEntries().count == 5)
        // What goes on from what was refused waits with it.
        try replica.commit([.edit(first, [.addTag("on top")])], as: signer, now: 15)
        #expect(try replica.unplacedEntries().count == 5)
        #expect(try replica.status().heldBackCount == 3)

        try replica.forgetRefusals()
        #expect(try replica.unplacedEntries().count == 8)
        try replica.noteRefusal(ofChain: chain, at: 2, by: hub, code: 21, text: "Why not.")
        try replica.removeRemote(hub: hub)
        #expect(try replica.unplacedEntries().count == 8, "another hub may take it")
    }
}
