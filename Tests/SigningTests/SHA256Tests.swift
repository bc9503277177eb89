import Signing
import TestSupport
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func theStandardsExamplesHold(text: String, digest: String) {
        #expect(SHA256.hash(Array(text.utf8)) == bytes(digest))
    }

    @Test func aMillionLettersInPiecesGiveTheStandardsDigest() {
        var whole = SHA256()
        for _ in 0..<1000 { whole.update([UInt8](repeating: 0x61, count: 1000)) }
        #expect(
            whole.finalize()
                == bytes("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        )
    }

    @Test func piecesGiveWhatTheWholeGives() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let message = random.bytes(random.below(300))
            let cut = random.below(message.count + 1)
            var digest = SHA256()
            digest.update(message[..<cut])
            digest.update(Array(message[cut...]))
            digest.update([])
            #expect(digest.finalize() == SHA256.hash(message))
            #expect(SHA256.hash(message[cut...]) == SHA256.hash(Array(message[cut...])))
        }
    }

    @Test func randomBytesAreAsManyAsAskedForAndNeverTheSame() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(1).count == 1)
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}
