import ArticleModel
import SyncProtocol
import TestSupport
import Testing

/// Two sets that are compared by messages, and what that costs.
private struct ComparedPair {
    var byteCount = 0
    var messageCount = 0
    var lackingHere: Set<RangeItem> = []
    var lackingThere: Set<RangeItem> = []

    /// Compares by all the bytes that would travel.
    init(_ here: [RangeItem], _ there: [RangeItem], salt: [UInt8], level: ComparisonLevel) throws {
        let sets = [SortedItems(here, salt: salt), SortedItems(there, salt: salt)]
        var lacking: [Set<RangeItem>] = [[], []]
        var parts = try RangeAnswer(beginningWith: sets[0]).parts
        var turn = 1
        while !parts.isEmpty {
            try #require(turn <= 12, "The comparison does not come to its end.")
            let message = Ranges(
                level: level,
                round: UInt64(turn),
                salt: turn == 1 ? salt : nil,
                parts: parts,
                isContinued: false
            )
            var encoder = FrameEncoder(stream: 0)
            let payload = Message.ranges(message).encoded()
            byteCount += encoder.encode(type: MessageType.ranges.rawValue, payload: payload).count
            messageCount += 1
            guard
                case .ranges(let read) = try Message(
                    type: .ranges,
                    payload: Message.ranges(message).encoded()
                )
            else { return }
            let side = turn % 2
            let answer = try RangeAnswer(to: read.parts, from: sets[side])
            lacking[side].formUnion(answer.lacking)
            parts = answer.parts
            turn += 1
        }
        lackingHere = lacking[0]
        lackingThere = lacking[1]
    }
}

@Suite("Comparing two sets by ranges")
struct ComparisonTests {
    private func item(_ random: inout SeededRandom, _ level: ComparisonLevel) throws -> RangeItem {
        RangeItem(
            chain: try #require(ChainID(random.bytes(16))),
            sequence: UInt64(random.below(1_000_000)),
            id: random.bytes(level.idSize)
        )
    }

    @Test("finds every difference, whatever the sets", arguments: 1...120)
    func anySets(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let level = random.oneIn(2) ? ComparisonLevel.frontier : .entries
        var here: Set<RangeItem> = []
        var there: Set<RangeItem> = []
        let common = random.below([3, 40, 300, 3_000][random.below(4)])
        for _ in 0..<common {
            let each = try item(&random, level)
            here.insert(each)
            there.insert(each)
        }
        for _ in 0..<random.below([2, 30, 600][random.below(3)]) {
            here.insert(try item(&random, level))
        }
        for _ in 0..<random.below([2, 30, 600][random.below(3)]) {
            there.insert(try item(&random, level))
        }
        // Many things in one place, as where a device signs twice.
        if random.oneIn(3) {
            let chain = try #require(ChainID(random.bytes(16)))
            for _ in 0..<random.below(600) {
                let twin = RangeItem(chain: chain, sequence: 7, id: random.bytes(level.idSize))
                if random.oneIn(2) { here.insert(twin) }
                if random.oneIn(2) { there.insert(twin) }
            }
        }
        let pair = try ComparedPair(
            Array(here),
            Array(there),
            salt: random.bytes(16),
            level: level
        )
        #expect(pair.lackingHere == there.subtracting(here))
        #expect(pair.lackingThere == here.subtracting(there))
    }

    @Test("costs what the difference is, not what the sets are")
    func cost() throws {
        var random = SeededRandom(seed: 1)
        var table: [String] = []
        for count in [100, 10_000] {
            let items = try (0..<count).map { _ in try item(&random, .frontier) }
            for changed in [0, 1, 100] {
                var other = items
                for index in 0..<changed {
                    let old = other[index * (count / 100)]
                    other[index * (count / 100)] = RangeItem(
                        chain: old.chain,
                        sequence: old.sequence + 3,
                        id: random.bytes(16)
                    )
                }
                let pair = try ComparedPair(items, other, salt: random.bytes(16), level: .frontier)
                #expect(pair.lackingHere.count == changed && pair.lackingThere.count == changed)
                table.append(
                    "\(count) chains, \(changed) changed: \(pair.byteCount) bytes in"
                        + " \(pair.messageCount) messages"
                )
                // The figures of a model of this comparison, with the heads of frames.
                guard count == 10_000 else { continue }
                let limits = [0: 60, 1: 1_500, 100: 50_000]
                #expect(pair.byteCount <= limits[changed] ?? 0, "\(table)")
                #expect(pair.messageCount <= 7, "\(table)")
            }
        }
        print(table.joined(separator: "\n"))
    }

    @Test("does not take sets for equal whose sums were made to be, by a salt of its own")
    func salts() throws {
        var random = SeededRandom(seed: 2)
        let items = try (0..<300).map { _ in try item(&random, .frontier) }
        let one = SortedItems(items, salt: random.bytes(16))
        let other = SortedItems(items, salt: random.bytes(16))
        #expect(one.sum(of: .whole) != other.sum(of: .whole))
        let parts = try RangeAnswer(beginningWith: one).parts
        #expect(try !RangeAnswer(to: parts, from: other).parts.isEmpty)
    }

    @Test("cuts any range into parts that together are the range")
    func splits() throws {
        var random = SeededRandom(seed: 3)
        let items = try (0..<500).map { _ in try item(&random, .frontier) }
        let set = SortedItems(items, salt: random.bytes(16))
        let streamed = StreamedItems(items: set.items, salt: set.salt)
        for _ in 0..<50 {
            let bounds = [random.bytes(1 + random.below(4)), random.bytes(1 + random.below(4))]
                .sorted { $0.lexicographicallyPrecedes($1) }
            let range = KeyRange(lower: bounds[0], upper: bounds[1])
            guard set.count(in: range) >= 16 else { continue }
            let parts = set.split(range, into: 16)
            #expect(parts.count == 16)
            #expect(parts.first?.range.lower == range.lower)
            #expect(parts.last?.range.upper == range.upper)
            for (part, next) in zip(parts, parts.dropFirst()) {
                #expect(part.range.upper == next.range.lower)
            }
            #expect(parts.reduce(0) { $0 + $1.sum.count } == UInt64(set.count(in: range)))
            // A store that goes through its index says the same.
            let other = try streamed.split(range, into: 16)
            #expect(other.map(\.range) == parts.map(\.range))
            #expect(other.map(\.sum) == parts.map(\.sum))
        }
    }
}

/// A set that only knows how to go through its items.
private struct StreamedItems: ReconciledSet {
    let items: [RangeItem]
    let salt: [UInt8]

    func count(in range: KeyRange) throws -> Int { items.count { range.contains($0.key) } }

    func forEach(in range: KeyRange, _ body: (RangeItem) throws -> Void) throws {
        for item in items where range.contains(item.key) { try body(item) }
    }
}
