import ArticleModel
import Membership
import Signing
import Testing

@Suite struct MembershipRulesTests {
    /// A record with fields of the test's own, signed all the same.
    private func raw(
        _ kind: UInt64,
        _ content: Item,
        in log: MembershipLog,
        library: LibraryID? = nil,
        sequence: UInt64? = nil,
        previous: MemberRecordID? = nil,
        author: PrivateKey,
        key: PrivateKey? = nil
    ) throws -> MembershipRecord {
        let payload = Item.map([
            (0, .unsigned(0)), (1, .unsigned(kind)), (2, .bytes((library ?? log.library).bytes)),
            (3, .unsigned(sequence ?? log.head.sequence + 1)),
            (4, .bytes((previous ?? log.head.id).bytes)), (5, .bytes(author.publicKey.bytes)),
            (6, .integer(-5)), (7, content),
        ])
        return try MembershipRecord(
            decoding: RawMessage.signed("galley/1/member", payload.encoded, by: key ?? author)
        )
    }

    private func makeReader(_ user: UserID) -> Item {
        .map([(0, .bytes(user.bytes)), (1, .unsigned(1))])
    }

    // MARK: Place

    @Test func aRecordFollowsTheLogsLast() throws {
        let library = try TestLibrary.with(.editor, 2)
        let log = library.log
        let content = makeReader(try library.user(2))
        let owner = library.owner
        #expect(try refusal(raw(4, content, in: log, author: owner), in: library) == nil)
        let head = log.head.sequence
        for sequence in [head, head + 2, 1] {
            #expect(
                try refusal(
                    raw(4, content, in: log, sequence: sequence, author: owner),
                    in: library
                )
                    == .wrongSequence
            )
        }
        #expect(
            try refusal(
                raw(4, content, in: log, previous: TestHeader.id(1), author: owner),
                in: library
            ) == .wrongPreviousRecord
        )
        #expect(
            try refusal(
                raw(4, content, in: log, library: TestHeader.id(1), author: owner),
                in: library
            ) == .wrongLibrary
        )
    }

    @Test func aLibraryBeginsOnceAndWithGenesis() throws {
        let library = try TestLibrary.withHub()
        let genesis = library.log.entries[0].record
        #expect(refusal(genesis, in: library) == .genesisMisplaced)
        let hub = library.log.entries[1].record
        #expect(code { _ = try MembershipLog(genesis: hub) } == .genesisMisplaced)
        // A genesis record with a library and a place further on.
        let content = Item.map([
            (0, .bytes([UInt8](repeating: 1, count: 32))), (1, .text("a")), (2, .text("b")),
            (3, .text("c")),
        ])
        #expect(
            code { _ = try raw(0, content, in: library.log, author: library.owner) }
                == .genesisMisplaced
        )
        #expect(
            code {
                _ = try raw(
                    4,
                    makeReader(library.ownerID),
                    in: library.log,
                    sequence: 0,
                    author: library.owner
                )
            } == .genesisMisplaced
        )
    }

    @Test func aRecordIsSignedByItsAuthor() throws {
        let library = try TestLibrary.with(.editor, 2)
        let content = makeReader(try library.user(2))
        let forged = try raw(
            4,
            content,
            in: library.log,
            author: library.owner,
            key: TestLibrary.key(2)
        )
        #expect(refusal(forged, in: library) == .badSignature)
        let genesis = library.log.entries[0].record
        var bytes = genesis.bytes
        bytes[bytes.count - 40] ^= 1
        #expect(
            code { _ = try MembershipLog(genesis: MembershipRecord(decoding: bytes)) }
                == .badSignature
        )
    }

    // MARK: Hub and receipts

    @Test func beforeThereIsAHubOnlyTheFirstDeviceAppends() throws {
        let library = try TestLibrary()
        let other = try library.next(
            .hubSet(HubSet(keys: [TestHeader.id(1)], address: "x:1")),
            TestLibrary.key(2)
        )
        #expect(refusal(other, in: library) == .hubMissing)
        #expect(try refusal(library.hubRecord(), in: library) == nil)
    }

    @Test func theFirstHubNeedsNoReceiptAndTakesNone() throws {
        var library = try TestLibrary()
        let record = try library.hubRecord()
        let receipt = Receipt(
            library: library.log.library,
            sequence: 1,
            id: record.id,
            signedBy: library.hub
        )
        #expect(code { try library.log.append(record, receipt: receipt) } == .receiptUnexpected)
        #expect(code { try library.log.append(record, receipt: nil) } == nil)
    }

    @Test func recordsAfterTheHubNeedItsReceipt() throws {
        var library = try TestLibrary.with(.editor, 2)
        let record = try library.next(
            .role(RoleChange(user: library.user(2), role: .reader)),
            library.owner
        )
        let log = library.log
        func receipt(
            library: LibraryID? = nil,
            sequence: UInt64? = nil,
            id: MemberRecordID? = nil,
            by key: PrivateKey
        ) -> Receipt {
            Receipt(
                library: library ?? log.library,
                sequence: sequence ?? record.sequence,
                id: id ?? record.id,
                signedBy: key
            )
        }
        let hub = library.hub
        let wrong = try [
            receipt(by: library.owner), receipt(library: TestHeader.id(1), by: hub),
            receipt(sequence: record.sequence + 1, by: hub),
            receipt(id: TestHeader.id(1), by: hub),
        ]
        for wrong in wrong {
            #expect(code { try library.log.append(record, receipt: wrong) } == .receiptInvalid)
        }
        #expect(code { try library.log.append(record, receipt: nil) } == .receiptMissing)
        #expect(code { try library.log.append(record, receipt: receipt(by: hub)) } == nil)
    }

    @Test func anotherHubIsSetWithTheOldOnesReceipt() throws {
        var library = try TestLibrary.withHub()
        let newHub = try TestLibrary.key(101)
        let record = try library.next(
            .hubSet(HubSet(keys: [DeviceKey(newHub.publicKey)], address: "new.example.org:1")),
            library.owner
        )
        let byNew = Receipt(
            library: library.log.library,
            sequence: record.sequence,
            id: record.id,
            signedBy: newHub
        )
        #expect(code { try library.log.append(record, receipt: byNew) } == .receiptInvalid)
        try library.accept(record)
        #expect(library.log.hub?.address == "new.example.org:1")
        // From here on only the new one's receipts count.
        let (next, _) = try library.log.invitation(
            for: .reader,
            seed: [UInt8](repeating: 77, count: 32),
            expiryMilliseconds: TestLibrary.expiry,
            timeMilliseconds: 0,
            signedBy: library.owner
        )
        let byOld = try Receipt.issue(
            for: next,
            nextIn: library.log,
            at: TestLibrary.start,
            signedBy: library.hub
        )
        #expect(code { try library.log.append(next, receipt: byOld) } == .receiptInvalid)
    }

    @Test(arguments: Role.allCases)
    func onlyAnOwnerSetsTheHub(role: Role) throws {
        let library = try TestLibrary.with(role, 2)
        let record = try library.next(
            .hubSet(HubSet(keys: [TestLibrary.device(101)], address: "x:1")),
            TestLibrary.key(2)
        )
        #expect(refusal(record, in: library) == (role == .owner ? nil : .roleTooLow))
    }

    @Test func aHubsKeysAreFitToVerifyWithAndAFew() throws {
        let library = try TestLibrary()
        func hub(_ keys: [DeviceKey]) throws -> MembershipError.Code? {
            var code: MembershipError.Code?
            do {
                let content = RecordContent.hubSet(HubSet(keys: keys, address: "x:1"))
                code = try refusal(library.next(content, library.owner), in: library)
            } catch let error as MembershipError {
                code = error.code
            }
            return code
        }
        let small = try #require(DeviceKey([1] + [UInt8](repeating: 0, count: 31)))
        #expect(try hub([small]) == .badKey)
        #expect(try hub([]) == .tooLarge)
        #expect(try hub((1...9).map { try TestLibrary.device($0) }) == .tooLarge)
        #expect(try hub((1...8).map { try TestLibrary.device($0) }) == nil)
        // Unsorted keys have another form of the same value.
        let sorted = try [TestLibrary.device(1), TestLibrary.device(2)].sorted()
        let content = Item.map([
            (0, .array(sorted.reversed().map { .bytes($0.bytes) })), (1, .text("x:1")),
        ])
        #expect(
            code { _ = try raw(1, content, in: library.log, author: library.owner) } == .malformed
        )
    }

    // MARK: What a newer galley writes

    @Test func unknownKindsVersionsAndRolesAreRefusedAsSuch() throws {
        let library = try TestLibrary.withHub()
        for kind in 6...14 as ClosedRange<UInt64> {
            #expect(
                code { _ = try raw(kind, .map([]), in: library.log, author: library.owner) }
                    == .unknownKind
            )
        }
        let payload = Item.map([(0, .unsigned(1)), (1, .text("?"))]).encoded
        let bytes = RawMessage.signed("galley/1/member", payload, by: library.owner)
        #expect(code { _ = try MembershipRecord(decoding: bytes) } == .unknownVersion)
        let content = Item.map([(0, .bytes(library.ownerID.bytes)), (1, .unsigned(6))])
        #expect(
            code { _ = try raw(4, content, in: library.log, author: library.owner) }
                == .unknownKind
        )
    }

    @Test(arguments: [
        "", "a\u{7}b", "line\nbreak", "\u{9b}31m", String(repeating: "x", count: 201),
    ])
    func namesThatWouldActOnATerminalOrAreTooLongAreRefused(name: String) throws {
        let nonce = try #require(Identifier32<GenesisNonceTag>([UInt8](repeating: 7, count: 32)))
        let good = "Zoë 北京"
        for place in 0..<4 {
            let genesis = Genesis(
                nonce: nonce,
                libraryName: place == 0 ? name : good,
                userName: place == 1 ? name : good,
                deviceName: place == 2 ? name : good
            )
            #expect(
                code {
                    _ = try MembershipRecord.genesis(
                        genesis,
                        timeMilliseconds: 0,
                        signedBy: TestLibrary.key(1)
                    )
                } == (place == 3 ? nil : .invalidName)
            )
        }
    }
}
