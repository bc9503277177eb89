import ArticleModel
import Membership
import Signing
import TestSupport
import Testing

@Suite struct SignedChangeSetTests {
    private let library: TestLibrary
    private let chain: [VerifiedChangeSet]

    init() throws {
        library = try TestLibrary()
        var chain = [try TestHeader.chainOpen(in: library.log).signed(with: library.owner)]
        for number in 1...5 as ClosedRange<UInt8> {
            let header = try TestHeader.content(
                after: chain[Int(number) - 1],
                in: library.log,
                touched: [TestHeader.touched(number, .edit)]
            )
            chain.append(try header.signed(with: library.owner))
        }
        self.chain = chain
    }

    @Test func whatIsSignedIsReadAndVerified() throws {
        for entry in chain {
            let signed = try SignedChangeSet(decoding: entry.bytes)
            #expect(signed.header == entry.header)
            #expect(signed.id == entry.id)
            let verified = try signed.verified(by: TestLibrary.device(1))
            #expect(verified == entry)
            #expect(verified.proof == .ownSignature)
        }
    }

    @Test func theMessageIsWhatRFC9052Says() throws {
        let entry = chain[1]
        let payload = entry.header.encoded()
        let raw = RawMessage.signed("galley/1/change", payload, by: library.owner)
        #expect(entry.bytes == raw)
        let structure = RawMessage.signatureStructure("galley/1/change", payload)
        #expect(entry.id.bytes == SHA256.hash(structure))
        #expect(entry.signed.signatureStructure == structure)
    }

    @Test func aHeaderBuiltAnewGivesTheSameBytes() throws {
        for entry in chain {
            let again = try SignedChangeSet(
                header: ChangeSetHeader(decoding: entry.header.encoded()),
                signature: entry.signed.signature
            )
            #expect(again.bytes == entry.bytes)
            #expect(again.id == entry.id)
        }
        #expect(
            code {
                _ = try SignedChangeSet(header: chain[0].header, signature: [1, 2, 3])
            } == .malformed
        )
    }

    @Test func anotherDevicesSignatureIsRefused() throws {
        let other = try TestLibrary.key(2)
        #expect(code { _ = try chain[1].signed.verified(by: other.publicKey) } == .badSignature)
        #expect(code { _ = try chain[0].signed.verified(by: other.publicKey) } == .badSignature)
        let forged = try SignedChangeSet(
            decoding: RawMessage.signed("galley/1/change", chain[1].header.encoded(), by: other)
        )
        #expect(
            code { _ = try forged.verified(by: library.owner.publicKey) } == .badSignature
        )
        #expect(forged.id == chain[1].id, "the signature is no part of the identity")
        #expect(forged != chain[1].signed)
    }

    @Test func aSmallOrderKeyVerifiesNothing() throws {
        let key = try #require(DeviceKey([1] + [UInt8](repeating: 0, count: 31)))
        #expect(code { _ = try chain[1].signed.verified(by: key) } == .badKey)
    }

    @Test func theLastSignatureProvesTheEntriesBeforeIt() throws {
        var run = chain.map(\.signed)
        let key = library.owner.publicKey
        // Their own signatures are not looked at.
        for index in 0..<5 {
            run[index] = try SignedChangeSet(
                header: run[index].header,
                signature: [UInt8](repeating: 0, count: 64)
            )
        }
        let verified = try SignedChangeSet.verified(run: run, by: key)
        #expect(verified.map(\.id) == chain.map(\.id))
        #expect(verified.map(\.proof) == Array(repeating: .laterEntry, count: 5) + [.ownSignature])
        #expect(try SignedChangeSet.verified(run: [], by: key).isEmpty)

        var bad = run
        bad[5] = try SignedChangeSet(
            header: run[5].header,
            signature: [UInt8](repeating: 0, count: 64)
        )
        #expect(code { _ = try SignedChangeSet.verified(run: bad, by: key) } == .badSignature)
        bad = run
        bad.remove(at: 2)
        #expect(code { _ = try SignedChangeSet.verified(run: bad, by: key) } == .wrongPrevious)
        bad = run
        bad.swapAt(1, 2)
        #expect(code { _ = try SignedChangeSet.verified(run: bad, by: key) } == .wrongPrevious)
        let other = try TestLibrary.key(2).publicKey
        #expect(code { _ = try SignedChangeSet.verified(run: run, by: other) } == .badSignature)
    }

    @Test func otherFormsOfTheSameValueAreRefused() throws {
        let payload = chain[1].header.encoded()
        let signature = chain[1].signed.signature
        let protected = RawMessage.protected("galley/1/change")
        func refusal(_ bytes: [UInt8]) -> MembershipError.Code? {
            code { _ = try SignedChangeSet(decoding: bytes) }
        }
        func message(
            tag: [UInt8] = [0xd2],
            protected: Item,
            unprotected: Item = .map([]),
            payload: Item,
            signature: Item
        ) -> [UInt8] {
            tag + Item.array([protected, unprotected, payload, signature]).encoded
        }
        let good = message(
            protected: .bytes(protected),
            payload: .bytes(payload),
            signature: .bytes(signature)
        )
        #expect(good == chain[1].bytes)
        #expect(refusal(good) == nil)
        // No tag, another tag, a tag in two bytes, two tags.
        for tag in [[], [0xd1], [0xd8, 0x12], [0xd2, 0xd2]] as [[UInt8]] {
            #expect(
                refusal(
                    message(
                        tag: tag,
                        protected: .bytes(protected),
                        payload: .bytes(payload),
                        signature: .bytes(signature)
                    )
                ) == .malformed
            )
        }
        // Something unprotected, a detached payload, a payload that is no byte string.
        #expect(
            refusal(
                message(
                    protected: .bytes(protected),
                    unprotected: .map([(4, .bytes([1]))]),
                    payload: .bytes(payload),
                    signature: .bytes(signature)
                )
            ) == .malformed
        )
        for other in [.encoded([0xf6]), .array([])] as [Item] {
            #expect(
                refusal(
                    message(
                        protected: .bytes(protected),
                        payload: other,
                        signature: .bytes(signature)
                    )
                ) == .malformed
            )
        }
        // Another type, another algorithm, further protected headers, a signature too long.
        let heads: [[UInt8]] = [
            RawMessage.protected("galley/1/member"), [0xa1, 0x01, 0x27],
            [0xa2, 0x01, 0x26] + protected[3...], [0xa3] + protected[1...] + [0x18, 0x20, 0x00],
        ]
        for head in heads {
            #expect(
                refusal(
                    message(
                        protected: .bytes(head),
                        payload: .bytes(payload),
                        signature: .bytes(signature)
                    )
                ) == .malformed
            )
        }
        #expect(
            refusal(
                message(
                    protected: .bytes(protected),
                    payload: .bytes(payload),
                    signature: .bytes(signature + [0])
                )
            ) == .malformed
        )
        #expect(refusal(good + [0]) == .malformed)
        #expect(refusal([]) == .malformed)
        // A payload's length in more bytes than it needs.
        let head = [0xd2, 0x84, 0x40 + UInt8(protected.count)] + protected + [0xa0]
        let long = head + [0x5a, 0, 0, 0, UInt8(payload.count)] + payload + [0x58, 64] + signature
        #expect(refusal(long) == .malformed)
    }

    @Test func anOversizedMessageIsRefusedByItsLength() throws {
        let payload = [UInt8](repeating: 0, count: Limits.headerSizeMax + 1)
        let bytes = RawMessage.message(
            "galley/1/change",
            payload,
            signature: [UInt8](repeating: 0, count: 64)
        )
        #expect(code { _ = try SignedChangeSet(decoding: bytes) } == .tooLarge)
        let far = [UInt8](repeating: 0, count: 1 << 20)
        #expect(code { _ = try SignedChangeSet(decoding: far) } == .tooLarge)
    }

    @Test func aHeaderAsLargeAsItMayBeIsTaken() throws {
        let header = try TestHeader.content(
            after: chain[0],
            in: library.log,
            dependencies: (1...64).map { try TestHeader.id($0) },
            touched: (0..<256).map { number in
                TouchedArticle(
                    article: try TestHeader.short(UInt8(number)),
                    permission: .edit
                )
            }
        )
        let signed = try header.signed(with: library.owner)
        #expect(try SignedChangeSet(decoding: signed.bytes).header == header)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func randomBytesAreRefused(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let whole = chain[1].bytes
        for _ in 0..<2000 {
            let junk = random.bytes(random.below(200))
            #expect(throws: MembershipError.self) { try SignedChangeSet(decoding: junk) }
            // With a true beginning, so that the payload is looked at too.
            let kept = random.below(whole.count)
            let mixed = Array(whole[..<kept]) + random.bytes(whole.count - kept)
            if mixed != whole, let read = try? SignedChangeSet(decoding: mixed) {
                #expect(throws: MembershipError.self) {
                    try read.verified(by: library.owner.publicKey)
                }
            }
        }
    }
}
