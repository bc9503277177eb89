import Signing
import TestSupport
import Testing

@Suite struct SignatureTests {
    /// RFC 8032 section 7.1: seed, public key, message, signature.
    static let vectors: [(String, String, String, String)] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ]

    @Test(arguments: vectors)
    func theStandardsExamplesHold(
        seed: String,
        publicKey: String,
        message: String,
        signature: String
    ) throws {
        let key = try PrivateKey(seed: bytes(seed))
        #expect(key.seed == bytes(seed))
        #expect(key.publicKey.bytes == bytes(publicKey))
        #expect(key.signature(for: bytes(message)) == bytes(signature))
        let verifier = try PublicKey(bytes(publicKey))
        #expect(verifier == key.publicKey)
        #expect(verifier.isValidSignature(bytes(signature), for: bytes(message)))
    }

    @Test func everyFlippedBitOfASignatureIsNoticed() throws {
        let key = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
        let message = Array("a galley".utf8)
        let signature = key.signature(for: message)
        for bit in 0..<(signature.count * 8) {
            var altered = signature
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValidSignature(altered, for: message))
        }
        #expect(key.publicKey.isValidSignature(signature, for: message))
    }

    @Test func anotherMessageOrKeyOrLengthIsNoticed() throws {
        let key = try PrivateKey(seed: [UInt8](repeating: 4, count: 32))
        let other = try PrivateKey(seed: [UInt8](repeating: 5, count: 32))
        let message: [UInt8] = [1, 2, 3]
        let signature = key.signature(for: message)
        #expect(!key.publicKey.isValidSignature(signature, for: [1, 2, 4]))
        #expect(!key.publicKey.isValidSignature(signature, for: [1, 2, 3, 0]))
        #expect(!key.publicKey.isValidSignature(signature, for: []))
        #expect(!other.publicKey.isValidSignature(signature, for: message))
        #expect(!key.publicKey.isValidSignature(Array(signature.dropLast()), for: message))
        #expect(!key.publicKey.isValidSignature(signature + [0], for: message))
        #expect(!key.publicKey.isValidSignature([], for: message))
    }

    @Test func aScalarWithTheGroupOrderAddedIsRefused() throws {
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        for seed in 0..<20 as Range<UInt8> {
            let key = try PrivateKey(seed: [UInt8](repeating: seed, count: 32))
            let signature = key.signature(for: [seed])
            var altered = signature
            var carry = 0
            for index in 0..<32 {
                let sum = Int(signature[32 + index]) + Int(order[index]) + carry
                altered[32 + index] = UInt8(sum & 255)
                carry = sum >> 8
            }
            #expect(carry == 0)
            #expect(!key.publicKey.isValidSignature(altered, for: [seed]))
        }
    }

    @Test(arguments: SmallOrderPoint.encodings)
    func anRThatIsOfSmallOrderOrNotItsOwnEncodingIsRefused(encoding: String) throws {
        // With S = 0 and R = -hA the equation of a small-order key holds; with an honest key none
        // does, but R is to be refused before anything is computed with it.
        let key = try PrivateKey(seed: [UInt8](repeating: 6, count: 32))
        let signature = bytes(encoding) + [UInt8](repeating: 0, count: 32)
        for message in 0..<8 as Range<UInt8> {
            #expect(!key.publicKey.isValidSignature(signature, for: [message]))
        }
    }

    @Test func anROfSmallOrderIsRefusedThoughTheEquationHolds() throws {
        // Who holds a key can choose R as the neutral point; then S = hA, and libraries agree.
        let key = try PrivateKey(seed: [UInt8](repeating: 7, count: 32))
        let publicKey = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"
        #expect(key.publicKey.bytes == bytes(publicKey))
        let signature = bytes(
            "0100000000000000000000000000000000000000000000000000000000000000"
                + "579ee987d2f48837e1a55a538905c7b15b9a6f30d7e7964034756e140fbe6603"
        )
        #expect(!key.publicKey.isValidSignature(signature, for: Array("galley".utf8)))
    }

    @Test func randomSignaturesAreRefused() throws {
        var random = SeededRandom(seed: 11)
        let key = try PrivateKey(seed: random.bytes(32))
        for _ in 0..<500 {
            #expect(!key.publicKey.isValidSignature(random.bytes(64), for: random.bytes(8)))
        }
    }

    @Test func generatedKeysDifferAndSign() {
        let first = PrivateKey.generate()
        let second = PrivateKey.generate()
        #expect(first.publicKey != second.publicKey)
        #expect(first.publicKey.isValidSignature(first.signature(for: [1]), for: [1]))
    }
}
