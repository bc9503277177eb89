/// What one side says of a range.
public struct RangePart: Hashable, Sendable {
    /// What is said of it.
    public enum Content: Hashable, Sendable {
        /// What stands for all items in it; the other side answers if its own differs.
        case fingerprint([UInt8])
        /// All items in it; the other side answers with those that are not among them.
        case items([RangeItem])
        /// The items in it that the other side did not name; there is nothing to answer.
        case rest([RangeItem])
    }

    /// The range.
    public let range: KeyRange
    /// What is said of it.
    public let content: Content

    /// Says something of a range.
    public init(_ range: KeyRange, _ content: Content) {
        self.range = range
        self.content = content
    }
}

/// What a set has to say to what the other side said of its own.
public struct RangeAnswer: Sendable {
    /// The parts to send, in the order of their ranges; ranges that are equal are left out.
    public private(set) var parts: [RangePart] = []
    /// What the other side has and this set has not.
    public private(set) var lacking: [RangeItem] = []
    private var itemCount = 0

    /// The first thing said, by whoever begins: all items where they are few.
    public init(beginningWith set: some ReconciledSet) throws {
        try describe(.whole, in: set, inFull: Self.wholeInFullMax)
    }

    /// Answers `parts` of the other side.
    public init(to parts: [RangePart], from set: some ReconciledSet) throws {
        for part in parts {
            switch part.content {
            case .fingerprint(let fingerprint):
                let sum = try set.sum(of: part.range)
                guard sum.fingerprint(salt: set.salt) != fingerprint else { continue }
                try divide(part.range, in: set)
            case .items(let items):
                try compare(part.range, items, with: set)
            case .rest(let items):
                lacking.append(contentsOf: items)
            }
        }
    }

    private mutating func divide(_ range: KeyRange, in set: some ReconciledSet) throws {
        let isWhole = range == .whole
        let limit = isWhole ? Self.wholeInFullMax : Self.partInFullMax
        let count = try set.count(in: range)
        guard count > limit, parts.count < ProtocolLimits.openRangeCountMax else {
            try appendItems(of: range, in: set)
            return
        }
        for (part, sum) in try set.split(range, into: Self.partCount) {
            parts.append(RangePart(part, .fingerprint(sum.fingerprint(salt: set.salt))))
        }
    }

    private mutating func describe(
        _ range: KeyRange,
        in set: some ReconciledSet,
        inFull limit: Int
    ) throws {
        if try set.count(in: range) <= limit {
            try appendItems(of: range, in: set)
        } else {
            let sum = try set.sum(of: range)
            parts.append(RangePart(range, .fingerprint(sum.fingerprint(salt: set.salt))))
        }
    }

    private mutating func appendItems(of range: KeyRange, in set: some ReconciledSet) throws {
        var items: [RangeItem] = []
        let room = ProtocolLimits.comparedItemCountMax - itemCount
        let count = try set.count(in: range)
        // What is too much for one session counts as equal, and is found by the next one.
        guard count <= room else { return }
        items.reserveCapacity(count)
        try set.forEach(in: range) { items.append($0) }
        itemCount += items.count
        parts.append(RangePart(range, .items(items)))
    }

    /// Two sorted lists, one after the other in one pass.
    private mutating func compare(
        _ range: KeyRange,
        _ theirs: [RangeItem],
        with set: some ReconciledSet
    ) throws {
        var rest: [RangeItem] = []
        var index = 0
        var lacking: [RangeItem] = []
        let room = ProtocolLimits.comparedItemCountMax - itemCount
        try set.forEach(in: range) { item in
            while index < theirs.count, theirs[index] < item {
                lacking.append(theirs[index])
                index += 1
            }
            if index < theirs.count, theirs[index] == item {
                index += 1
            } else if rest.count < room {
                rest.append(item)
            }
        }
        lacking.append(contentsOf: theirs[index...])
        self.lacking.append(contentsOf: lacking)
        itemCount += rest.count
        if !rest.isEmpty { parts.append(RangePart(range, .rest(rest))) }
    }

    /// The parts a range is cut into.
    static let partCount = 16
    /// A whole set of so many items is sent in full.
    static let wholeInFullMax = 255
    /// A part of so many items is sent in full.
    static let partInFullMax = 16
}
