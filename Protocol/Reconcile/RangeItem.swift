public import ArticleModel

/// How deep two replicas are compared.
public enum ComparisonLevel: UInt64, CaseIterable, Hashable, Sendable {
    /// The ends of all branches of all chains: what two replicas have.
    case frontier = 1
    /// Every entry: whether what they have is sound and whole.
    case entries = 2

    /// The bytes of an entry's id that stand in an item.
    public var idSize: Int {
        switch self {
        case .frontier: 16
        case .entries: 32
        }
    }
}

/// One of the things that two sets are compared by: an entry, named by its place and its id.
///
/// Items are in the order of their keys: chain, sequence (8 bytes, big-endian), then the first bytes
/// of the id, as many as the level has.
public struct RangeItem: Sendable {
    /// The entry's chain.
    public let chain: ChainID
    /// Its place in the chain.
    public let sequence: UInt64
    /// Chain, sequence and id, one after the other.
    public let key: [UInt8]

    /// The item of an entry whose id begins with `id`.
    public init(chain: ChainID, sequence: UInt64, id: some Collection<UInt8>) {
        self.chain = chain
        self.sequence = sequence
        var key = chain.bytes
        key.reserveCapacity(Self.placeSize + id.count)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            key.append(UInt8(truncatingIfNeeded: sequence >> shift))
        }
        key.append(contentsOf: id)
        self.key = key
    }

    /// The item of an entry at a level.
    public init(chain: ChainID, sequence: UInt64, id: ChangeSetID, level: ComparisonLevel) {
        self.init(chain: chain, sequence: sequence, id: id.bytes.prefix(level.idSize))
    }

    /// The first bytes of the entry's id.
    public var id: ArraySlice<UInt8> { key.dropFirst(Self.placeSize) }

    /// The entry's place and the first 16 bytes of its id.
    public var mark: Mark { Mark(position: sequence, prefix: Array(id.prefix(16))) }

    /// The bytes of chain and sequence in a key.
    static let placeSize = 24
}

extension RangeItem: Hashable, Comparable {
    /// Items are equal by their keys.
    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    /// Hashes the key.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// Compares keys, first byte first.
    public static func < (left: Self, right: Self) -> Bool {
        left.key.lexicographicallyPrecedes(right.key)
    }
}

/// The keys from one bound up to another.
///
/// A bound is any beginning of a key, and stands before all keys that begin so. No bytes at all are
/// the start as a lower bound, and the end as an upper one.
public struct KeyRange: Hashable, Sendable {
    /// Where it begins.
    public let lower: [UInt8]
    /// Where it ends; what stands there is outside.
    public let upper: [UInt8]

    /// The keys from `lower` up to `upper`.
    public init(lower: [UInt8], upper: [UInt8]) {
        self.lower = lower
        self.upper = upper
    }

    /// All keys.
    public static let whole = KeyRange(lower: [], upper: [])

    /// Whether a key lies in it.
    public func contains(_ key: [UInt8]) -> Bool {
        guard !key.lexicographicallyPrecedes(lower) else { return false }
        return upper.isEmpty || key.lexicographicallyPrecedes(upper)
    }

    /// Whether all of `other` lies in it.
    func contains(_ other: KeyRange) -> Bool {
        guard !other.lower.lexicographicallyPrecedes(lower) else { return false }
        if upper.isEmpty { return true }
        return !other.upper.isEmpty && !upper.lexicographicallyPrecedes(other.upper)
    }

    /// Whether it ends at a bound or before it.
    func ends(beforeOrAt bound: [UInt8]) -> Bool {
        if upper.isEmpty { return false }
        return !bound.lexicographicallyPrecedes(upper)
    }

    /// The shortest bound that parts two keys that follow each other.
    public static func bound(between left: [UInt8], and right: [UInt8]) -> [UInt8] {
        var count = 0
        while count < left.count, count < right.count, left[count] == right[count] { count += 1 }
        return Array(right.prefix(count + 1))
    }
}
