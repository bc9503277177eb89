import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// What a replica looks like from outside, to see that nothing changed.
struct Snapshot: Equatable {
    let status: ReplicaStatus
    let hash: [UInt8]

    init(_ replica: Replica) throws {
        status = try replica.status()
        hash = try replica.stateHash()
    }
}

@Suite("Receiving")
struct ReceiveTests {
    let library: TestLibrary
    let source: Replica
    let target: Replica
    let signer: Signer
    let article: ArticleID

    init() throws {
        library = try TestLibrary()
        source = try library.makeReplica("source.db")
        target = try library.makeReplica("target.db")
        signer = library.makeSigner(library.ownerKey)
        let result = try source.commit([.seed(.test("One"))], as: signer, now: 10)
        article = try #require(result.articles.first)
        try library.copy(source, to: target)
    }

    /// A header that follows the last entry of the source's chain, altered by `alter`, signed.
    func forged(
        body: [UInt8]? = nil,
        key: PrivateKey? = nil,
        _ alter: (inout HeaderParts) throws -> Void = { _ in }
    ) throws -> IncomingEntry {
        let last = try #require(try source.entries(sizeMax: .max).last).signed
        if let body {
            return try library.entry(
                after: last,
                body: body,
                touching: [article],
                key: key,
                alter
            )
        }
        return try library.entry(
            after: last,
            editing: article,
            parents: try #require(try source.article(article)).heads,
            [.insert(.body, position: 0, text: "X")],
            key: key,
            alter
        )
    }

    /// Expects that `entry` is refused with `code` and leaves no trace.
    func expectRefusal(_ entry: IncomingEntry, _ code: ReplicaError.Code) throws {
        for policy in [SignaturePolicy.all, .lastOfEachBranch] {
            let before = try Snapshot(target)
            let report = try target.receive([entry], from: library.peer, verifying: policy)
            #expect(report.outcomes.map(\.refusal) == [code])
            #expect(try Snapshot(target) == before)
        }
    }

    @Test func aSoundEntryIsStoredOnce() throws {
        let entry = try forged()
        let first = try target.receive([entry], from: library.peer, verifying: .all)
        #expect(first.outcomes.first?.isStored == true)
        let text = try #require(try target.article(article)).body.text.string
        #expect(text.hasPrefix("XFirst"))
        let before = try Snapshot(target)
        let second = try target.receive([entry, entry], from: library.peer, verifying: .all)
        #expect(second.outcomes.allSatisfy { $0.isDuplicate })
        #expect(try Snapshot(target) == before)
    }

    @Test func refusesABadSignature() throws {
        let entry = try forged()
        var signature = entry.signed.signature
        signature[3] ^= 1
        let altered = try SignedChangeSet(header: entry.signed.header, signature: signature)
        try expectRefusal(IncomingEntry(altered, body: entry.body), .badSignature)
    }

    @Test func refusesTheSignatureOfAnotherDevice() throws {
        try expectRefusal(try forged(key: library.makeKey()), .badSignature)
    }

    @Test func refusesAWrongLamportNumber() throws {
        try expectRefusal(try forged { $0.lamport += 1 }, .wrongLamport)
        try expectRefusal(try forged { $0.lamport -= 1 }, .wrongLamport)
    }

    @Test func refusesASequenceNumberThatDoesNotFollow() throws {
        try expectRefusal(try forged { $0.sequence += 1 }, .chainGap)
    }

    @Test func refusesAnotherLibrary() throws {
        let other = try #require(LibraryID([UInt8](repeating: 9, count: 32)))
        try expectRefusal(try forged { $0.library = other }, .otherLibrary)
    }

    @Test func refusesAMembershipReferenceThatIsNotInTheLog() throws {
        let prefix = try #require(MemberRecordPrefix([UInt8](repeating: 9, count: 16)))
        try expectRefusal(
            try forged { $0.membership = MembershipReference(sequence: 1, prefix: prefix) },
            .wrongMembership
        )
        try expectRefusal(
            try forged { $0.membership = try #require(library.log.reference(at: 0)) },
            .wrongMembership
        )
    }

    @Test func refusesABodyOtherThanTheOneSigned() throws {
        let entry = try forged()
        var body = try #require(entry.body)
        body[body.count - 1] ^= 1
        try expectRefusal(IncomingEntry(entry.signed, body: body), .wrongBody)
        try expectRefusal(IncomingEntry(entry.signed, body: nil), .wrongBody)
        let bodyless = try forged {
            $0.body = nil
            $0.touched = []
        }
        try expectRefusal(IncomingEntry(bodyless.signed, body: [1]), .wrongBody)
    }

    @Test func refusesAnOversizedBodyWhereverItIsNamed() throws {
        let reference = BodyReference(
            codecVersion: 0,
            size: Limits.bodySizeMax + 1,
            hash: ChangeIdentity.body([])
        )
        #expect(throws: MembershipError.self) {
            _ = try forged { $0.body = reference }
        }
    }

    @Test func refusesWhatTheRoleDoesNotPermit() throws {
        let key = try library.addUser("Anna", .annotator)
        try source.appendMembership(library.log.entries)
        try target.appendMembership(library.log.entries)
        let annotator = library.makeSigner(key)
        let note = Annotation(
            kind: .comment,
            target: .article,
            quote: .none,
            text: "?",
            tags: []
        )
        try source.commit([.edit(article, [.annotate(note)])], as: annotator, now: 11)
        let entries = try source.incoming()
        let opening = try #require(entries.dropLast().last)
        #expect(
            try target.receive(entries, from: library.peer, verifying: .all).firstRefusal == nil
        )
        // The same device claims to edit.
        let entry = try forged(key: key)
        #expect(entry.signed.header.chain == opening.signed.header.chain)
        try expectRefusal(entry, .notAllowed)
        // And a client does not even sign it.
        #expect(
            replicaErrorCode {
                try source.commit([.edit(article, [.addTag("x")])], as: annotator, now: 12)
            } == .notAllowed
        )
    }

    @Test func refusesTheRestOfAChainOfWhichAnEntryWasRefused() throws {
        let bad = try forged { $0.lamport += 1 }
        let next = try forged {
            $0.sequence += 1
            $0.previous = bad.signed.id
            $0.lamport += 2
        }
        let before = try Snapshot(target)
        let report = try target.receive([bad, next], from: library.peer, verifying: .all)
        #expect(report.outcomes.map(\.refusal) == [.wrongLamport, .refusedChain])
        #expect(try Snapshot(target) == before)
    }

    @Test func provesEntriesByTheSignatureOfALaterOne() throws {
        let first = try forged()
        var signature = first.signed.signature
        signature[0] ^= 1
        let unsigned = IncomingEntry(
            try SignedChangeSet(header: first.signed.header, signature: signature),
            body: first.body
        )
        let second = try forged {
            $0.sequence += 1
            $0.previous = first.signed.id
            $0.lamport += 1
        }
        // Alone, or with every signature looked at, it does not hold.
        try expectRefusal(unsigned, .badSignature)
        let before = try Snapshot(target)
        let all = try target.receive([unsigned, second], from: library.peer, verifying: .all)
        #expect(all.outcomes.map(\.refusal) == [.badSignature, .refusedChain])
        #expect(try Snapshot(target) == before)
        let report = try target.receive(
            [unsigned, second],
            from: library.peer,
            verifying: .lastOfEachBranch
        )
        #expect(report.outcomes.allSatisfy { $0.isStored })
        #expect(try target.entry(first.signed.id)?.isSignatureChecked == false)
        #expect(try target.entry(second.signed.id)?.isSignatureChecked == true)
    }

    @Test func aSignatureThatDoesNotHoldProvesNothingBeforeIt() throws {
        let first = try forged()
        let second = try forged {
            $0.sequence += 1
            $0.previous = first.signed.id
            $0.lamport += 1
        }
        var signature = second.signed.signature
        signature[0] ^= 1
        let altered = IncomingEntry(
            try SignedChangeSet(header: second.signed.header, signature: signature),
            body: second.body
        )
        let report = try target.receive(
            [first, altered],
            from: library.peer,
            verifying: .lastOfEachBranch
        )
        #expect(report.outcomes.map(\.isStored) == [true, false])
        #expect(report.outcomes.last?.refusal == .badSignature)
        #expect(try target.entry(first.signed.id)?.isSignatureChecked == true)
    }

    @Test func anEntryProvenByOneThatIsRefusedForAnotherReasonIsLookedAtItself() throws {
        let first = try forged()
        var signature = first.signed.signature
        signature[0] ^= 1
        let unsigned = IncomingEntry(
            try SignedChangeSet(header: first.signed.header, signature: signature),
            body: first.body
        )
        let wrong = try forged {
            $0.sequence += 1
            $0.previous = first.signed.id
            $0.lamport += 5
        }
        let before = try Snapshot(target)
        #expect(
            replicaErrorCode {
                try target.receive(
                    [unsigned, wrong],
                    from: library.peer,
                    verifying: .lastOfEachBranch
                )
            } == .badSignature
        )
        #expect(try Snapshot(target) == before)
    }
}
