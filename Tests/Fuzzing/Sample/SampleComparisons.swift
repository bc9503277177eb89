import ArticleModel
import Membership
import SyncProtocol

/// The messages of a comparison of the sample's frontier with another.
enum SampleComparisons {
    static func all() throws -> [Message] {
        let entries = try SampleLibrary.shared.get().entries
        let salt = [UInt8](repeating: 8, count: Ranges.saltSize)
        let items = entries.map { entry in
            RangeItem(
                chain: entry.header.chain,
                sequence: entry.header.sequence,
                id: entry.id.bytes.prefix(16)
            )
        }
        let sorted = items.sorted()
        let answer = try RangeAnswer(beginningWith: SortedItems(sorted, salt: salt))
        let parts = [
            RangePart(KeyRange(lower: [], upper: [1]), .fingerprint(salt)),
            RangePart(KeyRange(lower: [5], upper: []), .items(sorted.filter { $0.key[0] >= 5 })),
        ]
        let rest = sorted.prefix(1).map { item in
            RangePart(KeyRange(lower: [], upper: []), .rest([item]))
        }
        let last = items[items.count - 1]
        let wanted = WantedChain(
            chain: last.chain,
            heads: [last.mark],
            locators: [Mark(position: 0, prefix: salt), Mark(position: 2, prefix: salt)]
        )
        func ranges(
            _ round: UInt64,
            _ parts: [RangePart],
            salt: [UInt8]? = nil,
            isContinued: Bool = false
        ) -> Message {
            .ranges(
                Ranges(
                    level: .frontier,
                    round: round,
                    salt: salt,
                    parts: parts,
                    isContinued: isContinued
                )
            )
        }
        return [
            .probe(Probe(marks: [last.mark])), ranges(1, answer.parts, salt: salt),
            ranges(2, parts, isContinued: true), ranges(3, rest),
            .want(Wants(turn: 3, chains: [wanted])),
            .want(Wants(turn: 3, chains: [], ids: [entries[0].id])),
        ]
    }
}
