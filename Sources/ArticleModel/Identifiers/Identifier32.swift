/// A 32-byte identifier, usually a SHA-256, told apart from others by `Tag`.
///
/// Ordered by its bytes. Kept as four big-endian words so that comparing and hashing touch no heap.
@frozen
public struct Identifier32<Tag>: Hashable, Comparable, Sendable {
    /// The number of bytes.
    @inlinable public static var byteCount: Int { 32 }

    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64
    @usableFromInline let word2: UInt64
    @usableFromInline let word3: UInt64

    /// Makes an identifier of exactly 32 bytes, or nil for any other count.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var index = 0
        for byte in bytes {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
            index += 1
        }
        (word0, word1, word2, word3) = words
    }

    /// Makes an identifier of the 32 bytes from `start` on, which are there.
    init(_ bytes: [UInt8], from start: Int) {
        var words = InlineArray<4, UInt64>(repeating: 0)
        for index in 0..<32 {
            words[index >> 3] = words[index >> 3] << 8 | UInt64(bytes[start + index])
        }
        word0 = words[0]
        word1 = words[1]
        word2 = words[2]
        word3 = words[3]
    }

    /// The 32 bytes.
    @inlinable
    public var bytes: [UInt8] {
        [UInt8](capacity: 32) { span in
            for index in 0..<32 { span.append(self[index]) }
        }
    }

    /// The byte at `index`, below 32.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        let word: UInt64
        switch index >> 3 {
        case 0: word = word0
        case 1: word = word1
        case 2: word = word2
        default: word = word3
        }
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }

    /// Compares by bytes, first byte first.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

extension Identifier32: CustomStringConvertible {
    /// Lower-case hexadecimal, 64 digits.
    public var description: String { bytes.hexadecimal }
}
