/// A sequence of Unicode scalars: a text, a tag, the value of a field.
///
/// Compared and hashed by its UTF-8 bytes, never by canonical equivalence: two replicas must agree
/// on what is equal whatever Unicode version they were built with. Never normalised here. U+0000
/// and CR are refused, other control characters are kept.
public struct ScalarText: Hashable, Sendable {
    /// The scalars in UTF-8, always well formed.
    public let utf8: [UInt8]

    /// The empty text.
    public init() { utf8 = [] }

    /// Makes a text of `string`; nil if that holds U+0000 or CR.
    public init?(_ string: some StringProtocol) {
        let bytes = Array(string.utf8)
        guard !bytes.contains(where: { $0 == 0 || $0 == 0x0D }) else { return nil }
        utf8 = bytes
    }

    /// Makes a text of UTF-8 bytes; nil if they are ill formed or hold U+0000 or CR.
    public init?(utf8 bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.contains(where: { $0 == 0 || $0 == 0x0D }) else { return nil }
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
        else { return nil }
        utf8 = bytes
    }

    /// Makes a text of scalars; nil if they hold U+0000 or CR.
    public init?(scalars: some Sequence<Unicode.Scalar>) {
        var bytes: [UInt8] = []
        for scalar in scalars {
            guard scalar.value != 0, scalar.value != 0x0D else { return nil }
            bytes.append(contentsOf: Unicode.UTF8.encode(scalar) ?? .init())
        }
        utf8 = bytes
    }

    /// The text as a Swift string.
    public var string: String { String(decoding: utf8, as: UTF8.self) }

    /// The text's scalars, decoded in O(bytes).
    public var scalars: [Unicode.Scalar] { Array(string.unicodeScalars) }

    /// The number of scalars, counted in O(bytes).
    public var scalarCount: Int {
        let span = utf8.span
        var continuationCount = 0
        var start = 0
        // As many at a time as a byte can count: so the compiler makes this a loop over vectors.
        while start < span.count {
            let end = min(start + 255, span.count)
            var count: UInt8 = 0
            for index in start..<end { count &+= span[index] & 0xC0 == 0x80 ? 1 : 0 }
            continuationCount += Int(count)
            start = end
        }
        return span.count - continuationCount
    }

    /// Whether there is no scalar.
    public var isEmpty: Bool { utf8.isEmpty }
}

extension ScalarText: Comparable {
    /// Compares by UTF-8 bytes, which is the order of scalar values.
    public static func < (left: Self, right: Self) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension ScalarText: ExpressibleByStringLiteral {
    /// Makes a text of a literal, which must hold neither U+0000 nor CR.
    public init(stringLiteral value: String) {
        guard let text = ScalarText(value) else {
            preconditionFailure("a literal text holds U+0000 or CR")
        }
        self = text
    }
}

extension ScalarText: CustomStringConvertible {
    /// The text itself.
    public var description: String { string }
}
