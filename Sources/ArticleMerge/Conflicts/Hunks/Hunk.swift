/// Places from `first` to `last`, both included.
struct PlaceRange: Hashable, Comparable {
    var first: Int32
    var last: Int32

    func meets(_ other: Self) -> Bool { first <= other.last && other.first <= last }

    static func < (left: Self, right: Self) -> Bool {
        left.first == right.first ? left.last < right.last : left.first < right.first
    }
}

/// One contiguous replacement inside a change, or the closing of a conflict by it.
///
/// Places, words and core are those of the merged order, so hunks of any two changes compare.
struct Hunk {
    /// Whole blocks: a block begins at the left end, and what goes and comes ends in separators;
    /// or the mirror image.
    struct Forms: OptionSet {
        let rawValue: UInt8
        static let first = Self(rawValue: 1)
        static let second = Self(rawValue: 2)
    }

    let change: Int32
    /// The place among its change's hunks: 0, 1 and so on; of closings −1, −2 and so on.
    let number: Int32
    /// From the first to the last place of its words and characters; of a closing, the hull of the
    /// cluster it closes with what its change wrote at the edge of that.
    let extent: PlaceRange
    /// The unaltered neighbours' places; −1 and the number of places where there is none.
    let left: Int32
    let right: Int32
    /// From the first to the last place of the characters it alters.
    let core: PlaceRange
    /// The places of its words and characters, among ``HunkTable/places``; none for a closing.
    let words: Range<Int32>
    /// The places of the characters it alters, likewise.
    let altered: Range<Int32>
    let forms: Forms
    /// Whether characters that were in the text go.
    let takes: Bool

    var isClosing: Bool { number < 0 }

    /// The places between which another hunk can touch it.
    var reach: PlaceRange {
        isClosing
            ? extent
            : PlaceRange(first: min(extent.first, left), last: max(extent.last, right))
    }

    /// Whether it puts whole blocks and takes nothing.
    var isBlockInsertion: Bool { !forms.isEmpty && !takes }
}

/// Hunks with the places they are made of.
struct HunkTable {
    var hunks: [Hunk] = []
    /// The places of words and altered characters, hunk by hunk.
    var places: [PlaceRange] = []

    var count: Int { hunks.count }

    @inline(__always)
    subscript(hunk: Int32) -> Hunk { hunks[Int(hunk)] }

    /// Whether two hunks of concurrent changes concern the same words, or nothing that both leave
    /// standing lies between them.
    func touch(_ one: Hunk, _ other: Hunk) -> Bool {
        if one.isClosing || other.isClosing {
            return one.extent.meets(other.extent) && isInside(one, other.extent)
                && isInside(other, one.extent)
        }
        if one.extent.meets(other.extent), wordsMeet(one, other) { return true }
        guard max(one.left, other.left) < min(one.right, other.right) else { return false }
        return one.forms.isDisjoint(with: other.forms) && !standsApart(one, from: other)
            && !standsApart(other, from: one)
    }

    /// Whether a hunk only puts whole blocks before or after all of another's characters, and
    /// leaves its place no further than to these.
    private func standsApart(_ one: Hunk, from other: Hunk) -> Bool {
        guard !one.takes else { return false }
        if one.forms.contains(.first), one.core.last < other.core.first,
            one.left < other.core.first
        {
            return true
        }
        return one.forms.contains(.second) && one.core.first > other.core.last
            && one.right > other.core.last
    }

    private func wordsMeet(_ one: Hunk, _ other: Hunk) -> Bool {
        var first = Int(one.words.lowerBound)
        var second = Int(other.words.lowerBound)
        while first < Int(one.words.upperBound), second < Int(other.words.upperBound) {
            if places[first].meets(places[second]) { return true }
            if places[first].last < places[second].last { first += 1 } else { second += 1 }
        }
        return false
    }

    /// Whether a hunk has a word in a hull; a closing has if its extent meets it.
    func isInside(_ hunk: Hunk, _ hull: PlaceRange) -> Bool {
        guard hunk.extent.meets(hull) else { return false }
        guard !hunk.isClosing else { return true }
        for index in Int(hunk.words.lowerBound)..<Int(hunk.words.upperBound)
        where places[index].meets(hull) {
            return true
        }
        return false
    }

    /// Whether nothing that stays lies between a hunk and a hull, and it is no pure insertion of
    /// whole blocks.
    func isBeside(_ hunk: Hunk, _ hull: PlaceRange) -> Bool {
        !hunk.isClosing && hunk.left <= hull.last && hunk.right >= hull.first
            && !hunk.isBlockInsertion
    }

    /// Whether a hunk alters a character in a hull.
    func alters(_ hunk: Hunk, _ hull: PlaceRange) -> Bool {
        guard hunk.core.meets(hull) else { return false }
        for index in Int(hunk.altered.lowerBound)..<Int(hunk.altered.upperBound)
        where places[index].meets(hull) {
            return true
        }
        return false
    }
}
