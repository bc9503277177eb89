public import ArticleModel

extension ConflictAnalysis {
    /// What concurrent edits were merged to without anybody having seen it, in the order of the
    /// text; nil where a head of `version` is not in the graph.
    ///
    /// A block with two or more latest changes in it, unless all they did there is one cluster's;
    /// and two whole blocks put at one place. Gone once one later change has a hunk there.
    public func reviewItems(at version: [ChangeID]? = nil) -> [ReviewItem]? {
        guard let stand = stand(at: version) else { return nil }
        guard isForked else { return [] }
        let finder = ReviewFinder(renderer, stand, whole)
        return finder.items().map { positions, changes in
            ReviewItem(
                range: positions,
                text: ScalarText(wellFormed: finder.words(at: positions)),
                changes: ids(of: changes)
            )
        }
    }
}

/// Finds what to look at in one version.
private struct ReviewFinder {
    /// A block of the shown text.
    private struct Block {
        let positions: Range<Int>
        /// What lies between its separators, in the merged order.
        let places: PlaceRange
        /// The changes with a hunk in it that no other such change descends from.
        var latest: [Int32] = []
    }

    private let renderer: Renderer
    private let finder: ClusterFinder
    private let stand: Stand
    private let shown: PlaceList
    private let whole: PlaceRange
    /// The hunks of the changes with which nothing is concurrent, but for those before all that is.
    private let plainHunks: HunkTable

    init(_ renderer: Renderer, _ stand: Stand, _ whole: PlaceRange) {
        self.renderer = renderer
        finder = renderer.finder
        self.stand = stand
        self.whole = whole
        shown = PlaceList(renderer.shownPlaces(at: stand, in: whole))
        let lineage = finder.lineage
        let changes = finder.graph.changes
        var table = HunkTable()
        let start = changes.indices.first { lineage.isContested(change: $0) } ?? changes.count
        for change in start..<changes.count
        where !lineage.isContested(change: change) && !changes[change].isVoid
            && stand.contains(Int32(change), lineage)
        {
            finder.finder.find(of: Int32(change), in: &table)
        }
        plainHunks = table
    }

    func words(at positions: Range<Int>) -> [UInt8] {
        renderer.utf8(of: shown.places(at: positions))
    }

    func items() -> [(positions: Range<Int>, changes: [Int32])] {
        var items = mergedBlocks() + neighbours()
        items.sort { one, other in
            if one.positions != other.positions {
                return (one.positions.lowerBound, one.positions.upperBound)
                    < (other.positions.lowerBound, other.positions.upperBound)
            }
            let ids = [one, other].map { item in
                item.changes.map { finder.graph.changes[Int($0)].id }.sorted()
            }
            return ids[0].lexicographicallyPrecedes(ids[1])
        }
        return items
    }

    /// The blocks that several latest changes have a hunk in.
    private func mergedBlocks() -> [(positions: Range<Int>, changes: [Int32])] {
        var blocks = blocks()
        let contested = finder.table.hunks.filter {
            !$0.isClosing && stand.contains($0.change, finder.lineage)
        }
        var all = contested.map { ($0, finder.table) }
        all += plainHunks.hunks.map { ($0, plainHunks) }
        all.sort { $0.0.change < $1.0.change }
        for (hunk, table) in all {
            for index in Int(hunk.altered.lowerBound)..<Int(hunk.altered.upperBound) {
                note(hunk.change, at: table.places[index], in: &blocks)
            }
        }
        let clusters = finder.clusters(at: stand)
        return blocks.filter { $0.latest.count > 1 && !isOneCluster($0, clusters) }.map {
            ($0.positions, $0.latest)
        }
    }

    /// Changes come after their ancestors, so none noted descends from `change`.
    private func note(_ change: Int32, at places: PlaceRange, in blocks: inout [Block]) {
        var index = blocks.sortedIndex { $0.places.last < places.first }
        while index < blocks.count, blocks[index].places.first <= places.last {
            blocks[index].latest.removeAll { finder.lineage.isKnown($0, to: change) }
            blocks[index].latest.append(change)
            index += 1
        }
    }

    /// Whether all that the latest changes did in a block is one cluster's.
    private func isOneCluster(_ block: Block, _ clusters: [Cluster]) -> Bool {
        let table = finder.table
        let common = clusters.first { cluster in
            block.latest.allSatisfy { change in
                cluster.members.contains { table[$0].change == change }
            }
        }
        guard let common else { return false }
        var isInside = true
        finder.forEachHunk(in: block.places) { number in
            let hunk = table[number]
            guard !hunk.isClosing, block.latest.contains(hunk.change),
                table.alters(hunk, block.places)
            else { return }
            isInside = isInside && table.isInside(hunk, common.hull)
        }
        return isInside
    }

    private func blocks() -> [Block] {
        let separator = finder.graph.separator.utf8
        let utf8 = renderer.utf8(of: shown.ranges)
        var blocks: [Block] = []
        var start = 0
        var position = 0
        var byte = 0
        func end(at position: Int) {
            let first = shown.place(at: start - 1).map { $0 + 1 } ?? whole.first
            let last = shown.place(at: position).map { $0 - 1 } ?? whole.last
            blocks.append(
                Block(
                    positions: start..<position,
                    places: PlaceRange(first: first, last: last)
                )
            )
        }
        while byte < utf8.count {
            if utf8[byte] == separator[0], utf8[byte...].starts(with: separator) {
                end(at: position)
                byte += separator.count
                position += separator.count
                start = position
            } else {
                if utf8[byte] & 0xC0 != 0x80 { position += 1 }
                byte += 1
            }
        }
        end(at: shown.count)
        return blocks
    }

    /// Whole blocks that concurrent changes put at one place.
    private func neighbours() -> [(positions: Range<Int>, changes: [Int32])] {
        let hunks = finder.table.hunks.filter {
            !$0.isClosing && $0.isBlockInsertion && stand.contains($0.change, finder.lineage)
        }.sorted { $0.left < $1.left }
        var items: [(positions: Range<Int>, changes: [Int32])] = []
        for (number, one) in hunks.enumerated() {
            for other in hunks[(number + 1)...] {
                guard other.left < one.right else { break }
                guard max(one.left, other.left) < min(one.right, other.right),
                    !one.forms.isDisjoint(with: other.forms),
                    finder.lineage.isConcurrent(one.change, other.change), isShown(one),
                    isShown(other)
                else { continue }
                let (first, last) =
                    one.extent.first < other.extent.first ? (one, other) : (other, one)
                guard !isSeen(first, last) else { continue }
                let start = shown.count(before: first.extent.first)
                let end = shown.count(before: last.extent.last) + 1
                items.append((start..<max(start, end), [one.change, other.change]))
            }
        }
        return items
    }

    private func isShown(_ hunk: Hunk) -> Bool {
        let places = finder.table.places[
            Int(hunk.altered.lowerBound)..<Int(hunk.altered.upperBound)
        ]
        return places.allSatisfy { shown.ranges.clipped(to: $0) == [$0] }
    }

    /// Whether a later change has a hunk among two insertions.
    private func isSeen(_ first: Hunk, _ last: Hunk) -> Bool {
        let lineage = finder.lineage
        let range = PlaceRange(first: first.extent.first, last: last.extent.last)
        func isLater(_ hunk: Hunk) -> Bool {
            !hunk.isClosing && hunk.extent.meets(range)
                && lineage.isKnown(first.change, to: hunk.change)
                && lineage.isKnown(last.change, to: hunk.change)
                && stand.contains(hunk.change, lineage)
        }
        if plainHunks.hunks.contains(where: isLater) { return true }
        var isSeen = false
        finder.forEachHunk(in: range) { isSeen = isSeen || isLater(finder.table[$0]) }
        return isSeen
    }
}
