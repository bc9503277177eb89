/// Reads deterministic CBOR (RFC 8949 section 4.2.1), item after item, and refuses all else.
///
/// Nothing in the input can trap or make it take memory beyond the input's own size: a length is
/// compared with what is left before anything is allocated, a count of items likewise, as each
/// item has at least a byte.
public struct CBORReader: Sendable {
    /// The type of an item.
    public enum Kind: Hashable, Sendable {
        /// A whole number from 0 on.
        case unsigned
        /// A whole number below 0.
        case negative
        /// A byte string.
        case bytes
        /// A text string.
        case text
        /// An array.
        case array
        /// A map.
        case map
        /// A tag before another item.
        case tag
        /// True or false.
        case bool
        /// Null.
        case null
    }

    /// How many arrays, maps and tags may stand one in another where ``skip()`` passes them.
    public static let depthMax = 16

    private let input: ArraySlice<UInt8>
    private var index: Int

    /// Reads `bytes` from their start.
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// Reads a part of other bytes; offsets count from the part's start.
    public init(_ bytes: ArraySlice<UInt8>) {
        input = bytes
        index = bytes.startIndex
    }

    /// The bytes read so far.
    public var offset: Int { index - input.startIndex }

    /// The bytes not read yet.
    public var remainingCount: Int { input.endIndex - index }

    /// Whether everything was read.
    public var isAtEnd: Bool { index == input.endIndex }

    /// Refuses bytes after the last item.
    public func finish() throws(CBORError) {
        guard isAtEnd else {
            throw error(.trailingBytes, "\(remainingCount) bytes follow the last item")
        }
    }

    /// The type of the next item, which is not read.
    public func peekKind() throws(CBORError) -> Kind {
        guard index < input.endIndex else { throw error(.truncated, "the input ends here") }
        let first = input[index]
        switch first >> 5 {
        case 0: return .unsigned
        case 1: return .negative
        case 2: return .bytes
        case 3: return .text
        case 4: return .array
        case 5: return .map
        case 6: return .tag
        default:
            switch first {
            case 0xf4, 0xf5: return .bool
            case 0xf6: return .null
            default: throw error(.unsupported, "initial byte \(first) is not supported")
            }
        }
    }

    /// Whether the next item is null; false at the end of the input.
    public var isNull: Bool { index < input.endIndex && input[index] == 0xf6 }

    /// Reads a whole number from 0 on.
    public mutating func unsigned() throws(CBORError) -> UInt64 { try argument(of: .unsigned) }

    /// Reads a whole number from 0 to `limit`.
    public mutating func unsigned(atMost limit: UInt64) throws(CBORError) -> UInt64 {
        let start = offset
        let value = try unsigned()
        guard value <= limit else {
            throw CBORError(
                code: .outOfRange,
                offset: start,
                message: "\(value) is above the limit \(limit)"
            )
        }
        return value
    }

    /// Reads a whole number of either sign.
    public mutating func integer() throws(CBORError) -> Int64 {
        let start = offset
        let isNegative = try peekKind() == .negative
        let magnitude = try argument(of: isNegative ? .negative : .unsigned)
        guard let value = Int64(exactly: magnitude) else {
            throw CBORError(
                code: .outOfRange,
                offset: start,
                message: "the integer does not fit 64 bits with a sign"
            )
        }
        return isNegative ? ~value : value
    }

    /// Reads a byte string.
    public mutating func bytes() throws(CBORError) -> [UInt8] { Array(try byteSlice()) }

    /// Reads a byte string of exactly `count` bytes.
    public mutating func bytes(exactly count: Int) throws(CBORError) -> ArraySlice<UInt8> {
        let start = offset
        let slice = try byteSlice()
        guard slice.count == count else {
            throw CBORError(
                code: .wrongCount,
                offset: start,
                message: "a byte string has \(slice.count) bytes where \(count) must be"
            )
        }
        return slice
    }

    /// Reads a byte string as a part of the input, without a copy.
    public mutating func byteSlice() throws(CBORError) -> ArraySlice<UInt8> {
        try content(of: .bytes)
    }

    /// Reads a text string and returns its UTF-8, which is valid.
    public mutating func text() throws(CBORError) -> [UInt8] {
        let start = offset
        let utf8 = Array(try content(of: .text))
        do {
            _ = try UTF8Span(validating: utf8.span)
        } catch {
            throw CBORError(code: .invalidUTF8, offset: start, message: "a text is not UTF-8")
        }
        return utf8
    }

    /// Reads a text string.
    public mutating func string() throws(CBORError) -> String {
        String(decoding: try text(), as: UTF8.self)
    }

    /// Reads the head of an array and returns the count of items that follow.
    public mutating func array() throws(CBORError) -> Int { try count(of: .array, itemsEach: 1) }

    /// Reads the head of an array of exactly `count` items.
    public mutating func array(exactly count: Int) throws(CBORError) {
        let start = offset
        let found = try array()
        guard found == count else {
            throw CBORError(
                code: .wrongCount,
                offset: start,
                message: "an array has \(found) items where \(count) must be"
            )
        }
    }

    /// Reads the head of an array of at most `limit` items and returns their count.
    public mutating func array(atMost limit: Int) throws(CBORError) -> Int {
        let start = offset
        let found = try array()
        guard found <= limit else {
            throw CBORError(
                code: .wrongCount,
                offset: start,
                message: "an array has \(found) items where at most \(limit) may be"
            )
        }
        return found
    }

    /// Reads the head of a map and returns the count of pairs that follow.
    ///
    /// That the keys ascend is the caller's to check; ``integerMap()`` does it for integer keys.
    public mutating func map() throws(CBORError) -> Int { try count(of: .map, itemsEach: 2) }

    /// Reads a tag.
    public mutating func tag() throws(CBORError) -> UInt64 { try argument(of: .tag) }

    /// Reads true or false.
    public mutating func bool() throws(CBORError) -> Bool {
        guard try peekKind() == .bool else { throw error(.typeMismatch, "true or false must be") }
        let value = input[index] == 0xf5
        index += 1
        return value
    }

    /// Reads null.
    public mutating func null() throws(CBORError) {
        guard try peekKind() == .null else { throw error(.typeMismatch, "null must be here") }
        index += 1
    }

    /// Reads past one item with all that it holds, which must be deterministic too.
    public mutating func skip() throws(CBORError) { try skip(depth: 0) }

    /// Reads past one item and returns its bytes.
    public mutating func encodedItem() throws(CBORError) -> ArraySlice<UInt8> {
        let start = index
        try skip()
        return input[start..<index]
    }

    private mutating func skip(depth: Int) throws(CBORError) {
        guard depth <= Self.depthMax else {
            throw error(.tooDeep, "items stand more than \(Self.depthMax) deep in one another")
        }
        switch try peekKind() {
        case .unsigned: _ = try argument(of: .unsigned)
        case .negative: _ = try argument(of: .negative)
        case .bytes: _ = try byteSlice()
        case .text: _ = try text()
        case .bool, .null: index += 1
        case .tag:
            _ = try tag()
            try skip(depth: depth + 1)
        case .array:
            for _ in 0..<(try array()) { try skip(depth: depth + 1) }
        case .map:
            var previous: ArraySlice<UInt8>?
            for _ in 0..<(try map()) {
                let start = index
                try skip(depth: depth + 1)
                let key = input[start..<index]
                if let previous, !previous.lexicographicallyPrecedes(key) {
                    throw error(.unsortedKeys, "a map's keys are not in ascending order")
                }
                previous = key
                try skip(depth: depth + 1)
            }
        }
    }

    private mutating func content(of type: MajorType) throws(CBORError) -> ArraySlice<UInt8> {
        let before = index
        let length = try argument(of: type)
        guard length <= UInt64(remainingCount) else {
            index = before
            throw error(.truncated, "a string of \(length) bytes goes beyond the input")
        }
        let start = index
        index += Int(length)
        return input[start..<index]
    }

    private mutating func count(of type: MajorType, itemsEach: Int) throws(CBORError) -> Int {
        let before = index
        let count = try argument(of: type)
        guard count <= UInt64(remainingCount / itemsEach) else {
            index = before
            throw error(.truncated, "\(count) items cannot be in the rest of the input")
        }
        return Int(count)
    }

    /// Reads a head of type `type` and returns its argument.
    private mutating func argument(of type: MajorType) throws(CBORError) -> UInt64 {
        guard index < input.endIndex else { throw error(.truncated, "the input ends here") }
        let first = input[index]
        guard first >> 5 == type.rawValue else {
            throw error(.typeMismatch, "an item of type \(first >> 5), not \(type.rawValue)")
        }
        let byteCount: Int
        let least: UInt64
        switch first & 31 {
        case 0..<24:
            index += 1
            return UInt64(first & 31)
        case 24: (byteCount, least) = (1, 24)
        case 25: (byteCount, least) = (2, 0x100)
        case 26: (byteCount, least) = (4, 0x1_0000)
        case 27: (byteCount, least) = (8, 0x1_0000_0000)
        case 31: throw error(.indefiniteLength, "indefinite lengths are not deterministic")
        default: throw error(.unsupported, "initial byte \(first) is reserved")
        }
        guard remainingCount > byteCount else {
            throw error(.truncated, "the input ends in a head")
        }
        var value: UInt64 = 0
        for byte in input[(index + 1)...(index + byteCount)] { value = value << 8 | UInt64(byte) }
        guard value >= least else {
            throw error(.notShortest, "\(value) could have been written in fewer bytes")
        }
        index += 1 + byteCount
        return value
    }

    private func error(_ code: CBORError.Code, _ message: String) -> CBORError {
        CBORError(code: code, offset: offset, message: message)
    }
}
