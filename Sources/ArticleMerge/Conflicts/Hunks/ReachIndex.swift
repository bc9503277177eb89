/// Hunks found by the places they reach to.
struct ReachIndex {
    private static let blockSize = 16

    /// The hunks in order of the first place they reach to, with their reaches.
    private let hunks: [Int32]
    private let reaches: [PlaceRange]
    /// The last place that any of 16 hunks, and of 256, reaches to.
    private let blocks: [Int32]
    private let superblocks: [Int32]

    init(_ table: HunkTable) {
        let all = table.hunks.map(\.reach)
        hunks = all.indices.map { Int32($0) }.sorted {
            all[Int($0)].first == all[Int($1)].first
                ? $0 < $1 : all[Int($0)].first < all[Int($1)].first
        }
        reaches = hunks.map { all[Int($0)] }
        let blocks = Self.greatest(reaches.map(\.last))
        superblocks = Self.greatest(blocks)
        self.blocks = blocks
    }

    private static func greatest(_ values: [Int32]) -> [Int32] {
        stride(from: 0, to: values.count, by: blockSize).map { start in
            var result = values[start]
            for index in start..<min(start + blockSize, values.count) {
                result = max(result, values[index])
            }
            return result
        }
    }

    /// All hunks in order of the first place they reach to.
    var sorted: [Int32] { hunks }

    /// Calls `body` with each hunk that reaches into a range.
    @inline(__always)
    func forEach(in range: PlaceRange, _ body: (Int32) -> Void) {
        let end = reaches.sortedIndex { $0.first <= range.last }
        let size = Self.blockSize
        var superblock = 0
        while superblock * size * size < end {
            defer { superblock += 1 }
            guard superblocks[superblock] >= range.first else { continue }
            for block in superblock * size..<min((superblock + 1) * size, blocks.count)
            where block * size < end && blocks[block] >= range.first {
                for index in block * size..<min((block + 1) * size, end)
                where reaches[index].last >= range.first {
                    body(hunks[index])
                }
            }
        }
    }
}
