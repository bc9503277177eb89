import ArticleModel
import Membership
import SyncProtocol

/// What stores in memory answer when two sides compare what they hold; chains without forks.
enum FakeComparison {
    /// The ends of all chains.
    static func ends(of entries: some Sequence<Entry>, salt: [UInt8]) -> SortedItems {
        var last: [ChainID: Entry] = [:]
        for entry in entries {
            let known = last[entry.header.chain]?.header.sequence
            if known.map({ $0 < entry.header.sequence }) ?? true {
                last[entry.header.chain] = entry
            }
        }
        return SortedItems(
            last.values.map {
                RangeItem(
                    chain: $0.header.chain,
                    sequence: $0.header.sequence,
                    id: $0.id,
                    level: .frontier
                )
            },
            salt: salt
        )
    }

    /// What to ask for of what the other side has.
    static func wants(_ lacking: [RangeItem], _ entries: some Sequence<Entry>) -> [WantedChain] {
        lacking.filter { item in
            !entries.contains { $0.id.bytes.starts(with: item.id) }
        }.map { item in
            let own = entries.filter { $0.header.chain == item.chain }.map(\.mark)
            return WantedChain(
                chain: item.chain,
                heads: [item.mark],
                locators: own.sorted { $0.position < $1.position }
            )
        }
    }

    /// What the other side asks for, as parts of chains.
    static func spans(_ wants: Wants, _ entries: some Sequence<Entry>) -> [WantedSpan] {
        wants.chains.compactMap { wanted in
            guard let head = wanted.heads.last else { return nil }
            let own = Set(entries.filter { $0.header.chain == wanted.chain }.map(\.mark))
            let after = wanted.locators.last { own.contains($0) }?.position
            return WantedSpan(chain: wanted.chain, after: after, through: head.position)
        }
    }
}

extension Entry {
    /// Its place and the first bytes of its id.
    var mark: Mark { Mark(position: header.sequence, prefix: Array(id.bytes.prefix(16))) }
}
