/// In which leaf of a span tree each span is, by the number of its first character.
///
/// Sorted blocks of entries. A new entry moves what follows it in its block; a full block is halved.
/// A walk mostly adds at the end, where nothing is moved.
struct CharacterIndex: ~Copyable {
    /// Not private: the compiler needs it where documents that hold an index are taken down, and a
    /// debug build dies of a private one.
    struct Entry: BitwiseCopyable {
        var first: UInt32
        var leaf: UInt32
    }

    private static let blockSize = 256

    private var entries = Arena<Entry>(capacity: blockSize)
    /// By block, in order: its first character, where its entries begin, how many they are.
    private var firsts: [UInt32] = []
    private var places: [Int] = []
    private var counts: [Int] = []

    var byteCount: Int { entries.byteCount + firsts.capacity * 20 }

    mutating func removeAll() {
        entries.removeAll()
        firsts.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
    }

    /// The leaf of the span that holds `character`.
    func leaf(of character: UInt32) -> Int? {
        guard let block = block(of: character) else { return nil }
        let rank = rank(of: character, in: block)
        return rank < 0 ? nil : Int(entries[places[block] + rank].leaf)
    }

    /// Says that the span that begins with `first` is in `leaf`.
    mutating func set(_ first: UInt32, leaf: Int) {
        let entry = Entry(first: first, leaf: UInt32(leaf))
        guard !firsts.isEmpty else {
            addBlock(at: 0, entry)
            return
        }
        let block = block(of: first) ?? 0
        let rank = rank(of: first, in: block)
        if rank >= 0, entries[places[block] + rank].first == first {
            entries[places[block] + rank].leaf = UInt32(leaf)
            return
        }
        insert(entry, block, rank + 1)
    }

    private mutating func insert(_ entry: Entry, _ block: Int, _ rank: Int) {
        if counts[block] == Self.blockSize {
            if rank == Self.blockSize, block == firsts.count - 1 {
                addBlock(at: block + 1, entry)
                return
            }
            let half = Self.blockSize / 2
            let place = entries.append(
                repeating: Entry(first: 0, leaf: 0),
                count: Self.blockSize
            )
            entries.move(from: places[block] + half, to: place, count: half)
            firsts.insert(entries[place].first, at: block + 1)
            places.insert(place, at: block + 1)
            counts.insert(half, at: block + 1)
            counts[block] = half
            let isInFirst = rank <= half
            insert(entry, isInFirst ? block : block + 1, isInFirst ? rank : rank - half)
            return
        }
        let place = places[block] + rank
        entries.move(from: place, to: place + 1, count: counts[block] - rank)
        entries[place] = entry
        counts[block] += 1
        if rank == 0 { firsts[block] = entry.first }
    }

    private mutating func addBlock(at block: Int, _ entry: Entry) {
        let place = entries.append(repeating: entry, count: Self.blockSize)
        firsts.insert(entry.first, at: block)
        places.insert(place, at: block)
        counts.insert(1, at: block)
    }

    /// The last block that begins at or before `character`.
    private func block(of character: UInt32) -> Int? {
        var low = 0
        var high = firsts.count
        if let last = firsts.last, last <= character { return high - 1 }
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] <= character { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// The place in its block of the last entry at or before `character`; -1 where there is none.
    private func rank(of character: UInt32, in block: Int) -> Int {
        let place = places[block]
        var low = 0
        var high = counts[block]
        if entries[place + high - 1].first <= character { return high - 1 }
        while low < high {
            let middle = (low + high) / 2
            if entries[place + middle].first <= character {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low - 1
    }
}
