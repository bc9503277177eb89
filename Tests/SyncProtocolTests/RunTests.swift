import ArticleModel
import Membership
import SyncProtocol
import TestSupport
import Testing

@Suite("Runs")
struct RunTests {
    private let sample: Sample

    init() throws { sample = try Sample() }

    /// Entries of several chains in causal order, with dependencies across them.
    private func entries(seed: UInt64, count: Int) throws -> [Entry] {
        var random = SeededRandom(seed: seed)
        var chains = try (0..<3).map { try Sample.Chain(sample, seed: seed * 10 + UInt64($0)) }
        var all = chains.map { $0.entries[0] }
        for _ in 0..<count {
            let index = random.below(3)
            var after: [Entry] = []
            for _ in 0..<random.below(3) { after += random.pick(all).map { [$0] } ?? [] }
            let entry = try chains[index].append(size: random.below(300), after: after)
            all.append(entry)
        }
        return all
    }

    @Test("come out as they went in, bytes and ids", arguments: 1...20)
    func roundTrip(seed: UInt64) throws {
        let all = try entries(seed: seed, count: 60)
        // From the middle too: then what came before is named in full.
        for slice in [all[...], all[20...], all[40..<50]] {
            let run = Run(firstPosition: nil, end: nil, items: slice.map(RunItem.entry))
            let read = try RunDecoder.decode(run.encoded(), library: sample.library)
            #expect(read == run)
        }
    }

    @Test("with positions name what the receiver holds")
    func positionsAndNames() throws {
        let all = try entries(seed: 3, count: 20)
        let items = all.enumerated().map {
            $0.offset % 3 == 0 ? RunItem.held($0.element.id) : .entry($0.element)
        }
        let end = Mark(
            position: 100 + UInt64(items.count) - 1,
            prefix: [UInt8](repeating: 8, count: 16)
        )
        let run = Run(firstPosition: 100, end: end, items: items)
        #expect(try RunDecoder.decode(run.encoded(), library: sample.library) == run)
    }

    @Test("carry entries whose bodies are not there")
    func absentBodies() throws {
        let all = try entries(seed: 4, count: 10)
        let items = all.map { RunItem.entry(Entry(changeSet: $0.changeSet, body: nil)) }
        let run = Run(firstPosition: nil, end: nil, items: items)
        #expect(try RunDecoder.decode(run.encoded(), library: sample.library) == run)
    }

    @Test("cost little beside signature, article and body")
    func areSmall() throws {
        var chain = try Sample.Chain(sample, seed: 5)
        for _ in 0..<100 { try chain.append() }
        let items = chain.entries.dropFirst().map(RunItem.entry)
        let bodies = chain.entries.reduce(0) { $0 + ($1.body?.count ?? 0) }
        let size = Run(firstPosition: nil, end: nil, items: items).encoded().count
        #expect(size - bodies < 100 * (64 + 16 + 22) + 200)
    }

    @Test("of another library do not verify")
    func otherLibrary() throws {
        let all = try entries(seed: 6, count: 3)
        let run = Run(firstPosition: nil, end: nil, items: all.map(RunItem.entry))
        let other = try #require(LibraryID([UInt8](repeating: 1, count: 32)))
        let read = try RunDecoder.decode(run.encoded(), library: other)
        guard case .entry(let entry) = try #require(read.items.first),
            let device = entry.header.opening?.device
        else {
            Issue.record("the first entry opens a chain")
            return
        }
        #expect(entry.id != all[0].id)
        #expect(throws: MembershipError.self) { try entry.changeSet.verified(by: device) }
    }

    @Test("that are cut off or go on are refused")
    func truncations() throws {
        let all = try entries(seed: 7, count: 12)
        let bytes = Run(firstPosition: nil, end: nil, items: all.map(RunItem.entry)).encoded()
        for count in bytes.indices {
            #expect(throws: ProtocolError.self) {
                try RunDecoder.decode(Array(bytes[..<count]), library: sample.library)
            }
        }
        #expect(throws: ProtocolError.self) {
            try RunDecoder.decode(bytes + [0], library: sample.library)
        }
    }

    @Test("with a bit changed are refused, or an id or signature in them is another")
    func bitFlips() throws {
        let all = try entries(seed: 8, count: 6)
        let run = Run(firstPosition: nil, end: nil, items: all.map(RunItem.entry))
        let bytes = run.encoded()
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                guard let read = try? RunDecoder.decode(damaged, library: sample.library) else {
                    continue
                }
                // What is signed is another then, or the signature itself is.
                let isNoticed = zip(read.items, all).contains { item, entry in
                    guard case .entry(let found) = item else { return true }
                    return found.changeSet.bytes != entry.changeSet.bytes
                }
                #expect(isNoticed || read.items.count != all.count)
            }
        }
    }
}
