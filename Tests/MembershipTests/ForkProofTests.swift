import ArticleModel
import Membership
import Signing
import TestSupport
import Testing

@Suite("Proofs of forks")
struct ForkProofTests {
    private let log: MembershipLog
    private let open: VerifiedChangeSet
    private let opening: ChainOpening
    private let key: PrivateKey

    init() throws {
        log = try TestLibrary.withHub().log
        key = try TestLibrary.key(1)
        opening = try TestHeader.opening()
        open = try TestHeader.chainOpen(in: log).signed(with: key)
    }

    private func entry(_ body: String, sequence: UInt64? = nil) throws -> VerifiedChangeSet {
        try TestHeader.content(
            after: open,
            in: log,
            sequence: sequence,
            body: BodyReference(codecVersion: 0, bytes: Array(body.utf8))
        ).signed(with: key)
    }

    @Test func twoEntriesOfOnePlaceAreProofInEitherOrder() throws {
        let (one, other) = (try entry("one").signed, try entry("other").signed)
        let proof = try ForkProof(opening, one, other)
        #expect(try ForkProof(opening, other, one) == proof)
        #expect(proof.device == opening.device)
        #expect(proof.chain == one.header.chain)
        #expect(proof.sequence == 1)
        #expect(try ForkProof(decoding: proof.encoded()) == proof)
        let list = ForkProof.encode([proof, proof])
        #expect(try ForkProof.decode(list) == [proof, proof])
    }

    @Test func whatProvesNothingIsRefused() throws {
        let (one, other) = (try entry("one").signed, try entry("other").signed)
        #expect(code { _ = try ForkProof(opening, one, one) } == .malformed)
        #expect(code { _ = try ForkProof(opening, open.signed, one) } == .malformed)
        let stranger = try TestHeader.opening(2)
        #expect(code { _ = try ForkProof(stranger, one, other) } == .chainMismatch)
        let again = try TestHeader.opening(1, incarnation: 8)
        #expect(code { _ = try ForkProof(again, one, other) } == .chainMismatch)
        let forged = try SignedChangeSet(header: other.header, signature: one.signature)
        #expect(code { _ = try ForkProof(opening, one, forged) } == .badSignature)
    }

    @Test func everyAlteredByteIsRefused() throws {
        let proof = try ForkProof(opening, entry("one").signed, entry("other").signed)
        let whole = proof.encoded()
        for index in whole.indices {
            for bit in 0..<8 {
                var altered = whole
                altered[index] ^= 1 << UInt8(bit)
                #expect(code { _ = try ForkProof(decoding: altered) } != nil, "byte \(index)")
            }
        }
        for count in whole.indices {
            #expect(code { _ = try ForkProof(decoding: Array(whole[..<count])) } != nil)
        }
        #expect(code { _ = try ForkProof(decoding: whole + [0]) } != nil)
    }

    @Test func theProofPinnedIsWhatIsMade() throws {
        let proof = try ForkProof(opening, entry("one").signed, entry("other").signed)
        let made = TestSupport.GoldenVectors.Vector(
            "ada/laptop signed two entries 1",
            proof.encoded()
        )
        let pinned = try TestSupport.GoldenVectors.load("fork-proof.txt", made: [made])
        #expect(pinned == [made])
        #expect(try ForkProof(decoding: try #require(pinned.first).bytes) == proof)
    }
}
