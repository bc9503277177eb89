import Signing
import TestSupport
import Testing

/// The encodings of the eight points whose order divides 8.
enum SmallOrderPoint {
    /// One encoding each, as RFC 8032 writes the point.
    static let canonical = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ]
    /// The ways to write them otherwise: y + p, or a sign where x is 0.
    static let nonCanonical = [
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]
    static let encodings = canonical + nonCanonical
}

@Suite struct PublicKeyTests {
    private func code(_ encoding: [UInt8]) -> SigningError.Code? {
        do throws(SigningError) {
            _ = try PublicKey(encoding)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: SmallOrderPoint.canonical)
    func pointsOfSmallOrderAreRefused(encoding: String) {
        #expect(code(bytes(encoding)) == .smallOrderKey)
    }

    @Test(arguments: SmallOrderPoint.nonCanonical)
    func otherEncodingsOfSmallOrderPointsAreRefused(encoding: String) {
        #expect(code(bytes(encoding)) == .nonCanonicalKey)
    }

    @Test(arguments: 0xed...0xff as ClosedRange<UInt8>, [0x7f, 0xff] as [UInt8])
    func everyYFromTheFieldPrimeOnIsRefused(lowest: UInt8, highest: UInt8) {
        let encoding = [lowest] + [UInt8](repeating: 0xff, count: 30) + [highest]
        #expect(code(encoding) == .nonCanonicalKey)
    }

    @Test func theGreatestYsBelowTheFieldPrimeAreTakenForWhatTheyAre() {
        for lowest in 0xe0...0xeb as ClosedRange<UInt8> {
            #expect(code([lowest] + [UInt8](repeating: 0xff, count: 30) + [0x7f]) == nil)
        }
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func otherLengthsAreRefused(count: Int) {
        #expect(code([UInt8](repeating: 9, count: count)) == .wrongKeyLength)
        #expect(throws: SigningError.self) {
            _ = try PrivateKey(seed: [UInt8](repeating: 9, count: count))
        }
    }

    @Test func honestKeysAreTaken() throws {
        var random = SeededRandom(seed: 13)
        for _ in 0..<300 {
            let key = try PrivateKey(seed: random.bytes(32)).publicKey
            #expect(code(key.bytes) == nil)
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededRandom(seed: 17)
        for _ in 0..<300 {
            let key = try? PublicKey(random.bytes(32))
            #expect(key?.isValidSignature(random.bytes(64), for: [1]) != true)
        }
    }
}
