internal import ArticleModel

/// Hunks of concurrent changes that touch and that nobody settled, with all that stands in between.
///
/// What is shown in its place follows from its members alone, so one cluster serves all versions
/// that hold it.
final class Cluster {
    let hull: PlaceRange
    /// The hunks and closings, ascending by number.
    let members: [Int32]
    /// The pairs among them that are not settled.
    let pairs: [Int32]
    let key: ConflictKey
    /// How its sides are put together, once asked for.
    var frame: Frame?
    /// What is shown in its place, once asked for.
    var outcome: Outcome?

    init(hull: PlaceRange, members: [Int32], pairs: [Int32], key: ConflictKey) {
        self.hull = hull
        self.members = members
        self.pairs = pairs
        self.key = key
    }

    /// The versions that its alternatives are the texts of.
    struct Frame {
        /// The changes of the cluster that no other of it descends from, in order.
        let sides: [Int32]
        let groups: [Group]
        let base: Stand

        /// Every version whose text is asked for.
        var stands: [Stand] { groups.flatMap { [$0.stand] + $0.passed } + [base] }
    }

    /// Sides that do not clash.
    struct Group {
        let sides: [Int32]
        let stand: Stand
        /// The changes of members that the base lacks.
        let own: [Int32]
        /// The versions by which it came to its text.
        let passed: [Stand]
        /// Whether it holds a closing that the base lacks.
        let hasClosing: Bool
    }

    /// What is shown in a cluster's place, and what could be.
    struct Outcome {
        let base: Passage
        let alternatives: [Alternative]

        /// Whether there is a choice.
        var isOpen: Bool { alternatives.count > 1 }
        var shown: Passage { alternatives.first?.passage ?? base }
    }

    struct Alternative {
        let passage: Passage
        /// The changes whose text it is, sorted by id.
        var sides: [Int32]
        let isNested: Bool
        let isBlank: Bool
        /// The first change that belongs to it and not to the base; nil where there is none.
        let first: Int32?
    }
}

/// Characters in merged order, with their words.
struct Passage {
    let places: [PlaceRange]
    let utf8: [UInt8]
}

/// A version: a change with its ancestors, or a set of changes.
enum Stand {
    case head(Int32)
    case set(Version)

    @inline(__always)
    func contains(_ change: Int32, _ lineage: Lineage) -> Bool {
        switch self {
        case .head(let head): lineage.isKnown(change, to: head)
        case .set(let version): version.contains(change, lineage)
        }
    }

    func version(_ lineage: Lineage) -> Version {
        switch self {
        case .head(let head): lineage.version(of: head)
        case .set(let version): version
        }
    }
}
