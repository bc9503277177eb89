/// In which leaf of a span tree each span is, by the number of its first character.
///
/// Sorted blocks of entries: finding one is O(log n). A new entry moves what follows it in its
/// block; a full block is halved. A walk mostly adds at the end, where nothing is moved.
struct CharacterIndex: ~Copyable {
    /// Not private: the compiler needs it where documents that hold an index are taken down, and a
    /// debug build dies of a private one.
    struct Entry: BitwiseCopyable {
        var first: UInt32
        var leaf: UInt32
    }

    struct Block: BitwiseCopyable {
        /// The first character of its first entry.
        var first: UInt32
        var count: UInt32
        /// Where its entries begin.
        var place: Int
    }

    private static let blockSize = 256

    private var entries = Arena<Entry>(capacity: blockSize)
    private var blocks = Arena<Block>(capacity: 1)

    var byteCount: Int { entries.byteCount + blocks.byteCount }

    mutating func removeAll() {
        // The place of the first block stays: what is in it is not looked at.
        entries.keep(min(entries.count, Self.blockSize))
        blocks.removeAll()
    }

    /// The leaf of the span that holds `character`.
    func leaf(of character: UInt32) -> Int? {
        guard let block = block(of: character) else { return nil }
        let rank = rank(of: character, in: blocks[block])
        return rank < 0 ? nil : Int(entries[blocks[block].place + rank].leaf)
    }

    /// Says that the span that begins with `first` is in `leaf`.
    mutating func set(_ first: UInt32, leaf: Int) {
        let entry = Entry(first: first, leaf: UInt32(leaf))
        guard blocks.count > 0 else {
            addBlock(at: 0, entry)
            return
        }
        let block = block(of: first) ?? 0
        let rank = rank(of: first, in: blocks[block])
        if rank >= 0, entries[blocks[block].place + rank].first == first {
            entries[blocks[block].place + rank].leaf = UInt32(leaf)
            return
        }
        insert(entry, block, rank + 1)
    }

    private mutating func insert(_ entry: Entry, _ block: Int, _ rank: Int) {
        let count = Int(blocks[block].count)
        if count == Self.blockSize {
            if rank == Self.blockSize, block == blocks.count - 1 {
                addBlock(at: block + 1, entry)
                return
            }
            let half = Self.blockSize / 2
            let place = entries.append(
                repeating: Entry(first: 0, leaf: 0),
                count: Self.blockSize
            )
            entries.move(from: blocks[block].place + half, to: place, count: half)
            blocks.insert(
                Block(first: entries[place].first, count: UInt32(half), place: place),
                at: block + 1
            )
            blocks[block].count = UInt32(half)
            let isInFirst = rank <= half
            insert(entry, isInFirst ? block : block + 1, isInFirst ? rank : rank - half)
            return
        }
        let place = blocks[block].place + rank
        entries.move(from: place, to: place + 1, count: count - rank)
        entries[place] = entry
        blocks[block].count += 1
        if rank == 0 { blocks[block].first = entry.first }
    }

    private mutating func addBlock(at block: Int, _ entry: Entry) {
        let place =
            blocks.count == 0 && entries.count > 0
            ? 0 : entries.append(repeating: entry, count: Self.blockSize)
        entries[place] = entry
        blocks.insert(Block(first: entry.first, count: 1, place: place), at: block)
    }

    /// The last block that begins at or before `character`.
    private func block(of character: UInt32) -> Int? {
        var low = 0
        var high = blocks.count
        if high > 0, blocks[high - 1].first <= character { return high - 1 }
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].first <= character { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// The place in its block of the last entry at or before `character`; -1 where there is none.
    private func rank(of character: UInt32, in block: Block) -> Int {
        let place = block.place
        var low = 0
        var high = Int(block.count)
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
