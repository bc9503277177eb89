internal import ArticleMerge
internal import ArticleModel

/// One text and what its changes did to it, character by character: slow, and plain to read.
///
/// A version is a set of at most 64 changes, bit by bit in the order given.
struct NaiveText {
    typealias Version = UInt64

    /// A step of a change.
    struct Deed {
        let change: Int
        let step: Int
    }

    struct Item {
        let id: CharacterID
        let scalar: Unicode.Scalar
        let change: Int
        let left: Int?
        let right: Int?
        var deletions: [Deed] = []
        var revivals: [Deed] = []
    }

    let changes: [TextGraph.Change]
    /// By change: itself and its ancestors.
    private(set) var known: [Version] = []
    private(set) var valid: Version = 0
    private(set) var items: [Item] = []
    /// The items in merged order.
    private(set) var order: [Int] = []
    /// By item: its place in `order`.
    private(set) var places: [Int] = []

    init(_ given: [TextGraph.Change]) {
        var needed: Set<ChangeID> = []
        var kept: [TextGraph.Change] = []
        for change in given.reversed() where !change.isVoid || needed.contains(change.id) {
            needed.formUnion(change.parents)
            kept.append(change)
        }
        changes = kept.reversed()
        precondition(changes.count <= 64)
        var numbers: [ChangeID: Int] = [:]
        for (number, change) in changes.enumerated() {
            numbers[change.id] = number
            known.append(
                change.parents.reduce(1 << UInt64(number)) { $0 | known[numbers[$1] ?? 0] }
            )
            if !change.isVoid { valid |= 1 << UInt64(number) }
        }
        for number in changes.indices { apply(number) }
        places = order.indices.map { _ in 0 }
        for (place, item) in order.enumerated() { places[item] = place }
    }

    var all: Version { known.reduce(0, |) }

    func holds(_ version: Version, _ change: Int) -> Bool { version >> UInt64(change) & 1 == 1 }

    func isConcurrent(_ one: Int, _ other: Int) -> Bool {
        one != other && !holds(known[one], other) && !holds(known[other], one)
    }

    /// Whether a character is in the text of a version.
    func isAlive(_ item: Item, _ version: Version) -> Bool {
        holds(version, item.change)
            && item.deletions.allSatisfy { deletion in
                !holds(version, deletion.change)
                    || item.revivals.contains { revival in
                        holds(version, revival.change)
                            && (revival.change == deletion.change
                                ? revival.step > deletion.step
                                : holds(known[revival.change], deletion.change))
                    }
            }
    }

    private mutating func apply(_ change: Int) {
        let mine = known[change]
        let before = mine & ~(1 << UInt64(change))
        var text = order.filter { isAlive(items[$0], before) }
        for (number, step) in changes[change].steps.enumerated() {
            let deed = Deed(change: change, step: number)
            switch step {
            case .delete(let position, let count):
                for item in text[position..<position + count] {
                    items[item].deletions.append(deed)
                }
                text.removeSubrange(position..<position + count)
            case .revive(let ranges):
                var revived = Set(text)
                for (number, item) in items.enumerated() where holds(mine, item.change) {
                    let isNamed = ranges.contains {
                        $0.change == item.id.change && item.id.offset >= $0.offset
                            && item.id.offset - $0.offset < $0.count
                    }
                    guard isNamed else { continue }
                    items[number].revivals.append(deed)
                    revived.insert(number)
                }
                text = order.filter { revived.contains($0) }
            case .insert(let position, let words, var offset):
                var left = position > 0 ? text[position - 1] : nil
                var right = parent(rightOf: left, mine)
                var place = placeToInsert(change, offset, left, right, mine)
                for (index, scalar) in words.string.unicodeScalars.enumerated() {
                    let id = CharacterID(change: changes[change].id, offset: offset)
                    items.append(
                        Item(id: id, scalar: scalar, change: change, left: left, right: right)
                    )
                    order.insert(items.count - 1, at: place)
                    text.insert(items.count - 1, at: position + index)
                    (left, right) = (items.count - 1, nil)
                    place += 1
                    offset += 1
                }
            }
        }
    }

    private func parent(rightOf left: Int?, _ mine: Version) -> Int? {
        let start = left.flatMap { order.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        let next = order[start...].first { holds(mine, items[$0].change) }
        return next.flatMap { items[$0].left == left ? $0 : nil }
    }

    /// FugueMax: among characters that the change does not know, ties by chain.
    private func placeToInsert(
        _ change: Int,
        _ offset: UInt32,
        _ left: Int?,
        _ right: Int?,
        _ mine: Version
    ) -> Int {
        func index(_ item: Int?, none: Int) -> Int {
            item.flatMap { order.firstIndex(of: $0) } ?? none
        }
        let leftIndex = index(left, none: -1)
        let rightIndex = index(right, none: order.count)
        var place = leftIndex + 1
        var isScanning = false
        for next in place..<order.count {
            let other = items[order[next]]
            if holds(mine, other.change) { break }
            let otherLeft = index(other.left, none: -1)
            if otherLeft < leftIndex { break }
            if otherLeft == leftIndex {
                let otherRight = index(other.right, none: order.count)
                if otherRight == rightIndex, precedes(change, other.change) { break }
                isScanning = otherRight < rightIndex
            }
            if !isScanning { place = next + 1 }
        }
        return place
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (changes[one], changes[other])
        if first.chain != second.chain { return first.chain < second.chain }
        if first.sequence != second.sequence { return first.sequence < second.sequence }
        return first.id < second.id
    }

    /// The places of the text of a version, void changes left out.
    func raw(_ version: Version) -> [Int] {
        order.indices.filter { isAlive(items[order[$0]], version & valid) }
    }

    func scalar(_ place: Int) -> Unicode.Scalar { items[order[place]].scalar }

    func words(_ places: [Int]) -> String {
        var text = String.UnicodeScalarView()
        for place in places { text.append(scalar(place)) }
        return String(text)
    }
}
