import ArticleModel
import TestSupport
import Testing

@Suite("The body codec")
struct BodyCodecTests {
    @Test("gives back every body it wrote", arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    func roundTrips(seed: UInt64) throws {
        var bodies = RandomBodies(seed: seed)
        for number in 0..<10_000 {
            let body = bodies.body()
            let bytes = BodyCodec.encode(body)
            let decoded = try BodyCodec.decode(bytes)
            guard decoded == body else {
                Issue.record("body \(number) of seed \(seed) came back another")
                return
            }
        }
    }

    @Test("gives back every seed it wrote")
    func seedsRoundTrip() throws {
        var bodies = RandomBodies(seed: 77)
        for _ in 0..<5000 {
            let seed = bodies.seed()
            #expect(try Seed(decoding: seed.encoded()) == seed)
        }
    }

    @Test("writes different bodies differently")
    func isInjective() {
        var bodies = RandomBodies(seed: 5)
        var seen: [[UInt8]: ChangeSetBody] = [:]
        for _ in 0..<20_000 {
            let body = bodies.body()
            let bytes = BodyCodec.encode(body)
            if let other = seen[bytes] { #expect(other == body) }
            seen[bytes] = body
        }
    }

    @Test("accepts a damaged body only as the one form of another body", arguments: [11, 12, 13])
    func damageIsNoticedOrHarmless(seed: UInt64) {
        var bodies = RandomBodies(seed: seed)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = BodyCodec.encode(bodies.body())
            for _ in 0...bodies.random.below(3) where !bytes.isEmpty {
                let place = bodies.random.below(bytes.count)
                switch bodies.random.below(4) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(UInt8(bodies.random.below(256)), at: place)
                case 2: bytes[place] &+= 1
                default: bytes[place] = UInt8(bodies.random.below(256))
                }
            }
            if !isCanonicalOrRefused(bytes) { refused += 1 }
        }
        #expect(refused > 1000)
    }

    @Test("meets no random bytes that trap it")
    func randomBytesAreHarmless() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<100_000 {
            var bytes = random.bytes(random.below(60))
            // Half of them begin like a body, so that they get further.
            if random.oneIn(2), bytes.count > 2 {
                bytes[0] = UInt8(random.below(8)) | 0x80
                bytes[1] = UInt8(random.below(2))
            }
            isCanonicalOrRefused(bytes)
            if let seed = try? Seed(decoding: bytes) { #expect(seed.encoded() == bytes) }
        }
    }

    @Test("costs little beside the words")
    func isSmall() throws {
        let parent = try #require(ChangeID([UInt8](repeating: 7, count: 32)))
        let body = ChangeSetBody(changes: [
            .edit(
                parents: [parent],
                operations: [
                    .delete(.body, position: 1200, count: 5),
                    .insert(.body, position: 1200, text: "words"),
                ]
            )
        ])
        #expect(BodyCodec.encode(body).count <= 32 + 5 + 24)
    }

    /// Whether the bytes were accepted; if so they are the form of what they were read as.
    @discardableResult
    private func isCanonicalOrRefused(_ bytes: [UInt8]) -> Bool {
        guard let body = try? BodyCodec.decode(bytes) else { return false }
        #expect(BodyCodec.encode(body) == bytes)
        return true
    }
}
