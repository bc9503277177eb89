import Fuzzing
import TestSupport
import Testing

/// What `./run fuzz` begins with holds by itself, and so does much that lies near it.
@Suite("The corpus of fuzzing")
struct CorpusTests {
    @Test("breaks no law", arguments: FuzzTarget.all)
    func corpus(target: FuzzTarget) throws {
        let inputs = try FuzzCorpus(of: target).inputs
        #expect(!inputs.isEmpty)
        for input in inputs { try target.check(input.bytes) }
    }

    @Test("holds what real messages are today", arguments: FuzzTarget.all)
    func seeds(target: FuzzTarget) throws {
        let inputs = try FuzzCorpus(of: target).inputs
        for seed in try target.seeds() {
            let input = inputs.first { $0.description == seed.description }
            #expect(input?.bytes == seed.bytes, "GALLEY_WRITE_VECTORS=1 writes \(target.name) anew")
        }
    }

    @Test("breaks no law where it is damaged", arguments: FuzzTarget.all)
    func damage(target: FuzzTarget) throws {
        let inputs = try FuzzCorpus(of: target).inputs
        var random = SeededRandom(seed: 0x6675_7a7a)
        for _ in 0..<2000 {
            guard var bytes = random.pick(inputs)?.bytes else { return }
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(UInt8(random.below(256)), at: place)
                case 2: bytes.removeLast(bytes.count - place)
                case 3:
                    let source = random.pick(inputs)?.bytes ?? []
                    bytes.replaceSubrange(place..., with: source.dropFirst(place))
                default: bytes[place] ^= 1 << UInt8(random.below(8))
                }
            }
            do {
                try target.check(bytes)
            } catch {
                Issue.record("\(error): \(bytes)")
            }
        }
    }
}
