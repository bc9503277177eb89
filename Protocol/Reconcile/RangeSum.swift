import Signing

/// What stands for a set of items: how many they are, and the sum of their hashes.
///
/// The hash of an item is SHA-256 of the salt and its key. The salt is new in each session, so that
/// nobody can prepare items whose sums are equal.
public struct RangeSum: Hashable, Sendable {
    /// The number of items.
    public private(set) var count: UInt64 = 0
    /// The sum modulo 2^256, least significant word first.
    private var words: [4 of UInt64] = [0, 0, 0, 0]

    /// The sum of nothing.
    public init() {}

    /// Adds an item.
    public mutating func add(_ item: RangeItem, salt: [UInt8]) {
        var hash = SHA256()
        hash.update(salt)
        hash.update(item.key)
        add(Self.words(of: hash.finalize()))
        count += 1
    }

    /// What is left of this sum without one that is part of it.
    public func without(_ part: RangeSum) -> RangeSum {
        var result = self
        result.count = count &- part.count
        var complement: [4 of UInt64] = [0, 0, 0, 0]
        for index in 0..<4 { complement[index] = ~part.words[index] }
        result.add(complement)
        result.add([1, 0, 0, 0])
        return result
    }

    /// The first 16 bytes of SHA-256 of the salt, the sum (32 bytes) and the count (8 bytes), numbers
    /// being big-endian.
    func fingerprint(salt: [UInt8]) -> [UInt8] {
        var bytes = salt
        for index in [3, 2, 1, 0] { Self.append(words[index], to: &bytes) }
        Self.append(count, to: &bytes)
        return Array(SHA256.hash(bytes).prefix(16))
    }

    private mutating func add(_ other: [4 of UInt64]) {
        var carry: UInt64 = 0
        for index in 0..<4 {
            let (partial, first) = words[index].addingReportingOverflow(other[index])
            let (sum, second) = partial.addingReportingOverflow(carry)
            words[index] = sum
            carry = first || second ? 1 : 0
        }
    }

    private static func words(of hash: [UInt8]) -> [4 of UInt64] {
        var words: [4 of UInt64] = [0, 0, 0, 0]
        for (index, byte) in hash.enumerated() {
            words[3 - index / 8] = words[3 - index / 8] << 8 | UInt64(byte)
        }
        return words
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    /// Sums are equal where their counts and words are.
    public static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && (0..<4).allSatisfy { left.words[$0] == right.words[$0] }
    }

    /// Hashes the count; sums of one count mostly differ in what nobody hashes them for.
    public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
