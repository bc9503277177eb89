/// A 16-byte identifier, usually the start of a SHA-256, told apart from others by `Tag`.
///
/// Ordered by its bytes. Kept as two big-endian words so that comparing and hashing touch no heap.
@frozen
public struct Identifier16<Tag>: Hashable, Comparable, Sendable {
    /// The number of bytes.
    @inlinable public static var byteCount: Int { 16 }

    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64

    /// Makes an identifier of exactly 16 bytes, or nil for any other count.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var index = 0
        for byte in bytes {
            if index < 8 {
                words.0 = words.0 << 8 | UInt64(byte)
            } else {
                words.1 = words.1 << 8 | UInt64(byte)
            }
            index += 1
        }
        (word0, word1) = words
    }

    /// The 16 bytes.
    @inlinable
    public var bytes: [UInt8] {
        [UInt8](capacity: 16) { span in
            for index in 0..<16 { span.append(self[index]) }
        }
    }

    /// The byte at `index`, below 16.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        let word = index < 8 ? word0 : word1
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }

    /// Compares by bytes, first byte first.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        return left.word1 < right.word1
    }
}

extension Identifier16: CustomStringConvertible {
    /// Lower-case hexadecimal, 32 digits.
    public var description: String { bytes.hexadecimal }
}
