import Signing
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    @Test func oneKeySignsAndVerifiesInManyTasksAtOnce() async throws {
        let key = try PrivateKey(seed: [UInt8](repeating: 8, count: 32))
        let expected = (0..<50 as Range<UInt8>).map { key.signature(for: [$0]) }
        let failures = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var failures = 0
                    for (index, signature) in expected.enumerated() {
                        let message = [UInt8(index)]
                        if key.signature(for: message) != signature { failures += 1 }
                        if !key.publicKey.isValidSignature(signature, for: message) {
                            failures += 1
                        }
                        if key.publicKey.isValidSignature(signature, for: message + [1]) {
                            failures += 1
                        }
                        if SHA256.hash(message).count != 32 { failures += 1 }
                    }
                    return failures
                }
            }
            return await group.reduce(0, +)
        }
        #expect(failures == 0)
    }
}
