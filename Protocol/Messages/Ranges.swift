import ArticleModel
import CBOR

/// RANGES: what one side has in ranges of the things that are compared.
public struct Ranges: Hashable, Sendable {
    /// What is compared.
    public var level: ComparisonLevel
    /// Which turn it belongs to, from 1; the sides take turns.
    public var round: UInt64
    /// What all hashes begin with; in the first message alone.
    public var salt: [UInt8]?
    /// What is said, in the order of the ranges, which are disjoint.
    public var parts: [RangePart]
    /// Whether more of the turn follows at once in another message.
    public var isContinued: Bool

    /// A message of a turn.
    public init(
        level: ComparisonLevel,
        round: UInt64,
        salt: [UInt8]?,
        parts: [RangePart],
        isContinued: Bool
    ) {
        self.level = level
        self.round = round
        self.salt = salt
        self.parts = parts
        self.isContinued = isContinued
    }

    /// The bytes of a salt.
    public static let saltSize = 16
}

extension Ranges {
    func encode(to writer: inout CBORWriter) {
        writer.array(6)
        writer.unsigned(level.rawValue)
        writer.unsigned(round)
        if let salt { writer.bytes(salt) } else { writer.null() }
        writer.bool(isContinued)
        writer.bytes(parts.first?.range.lower ?? [])
        var count = 0
        var reached = parts.first?.range.lower ?? []
        var body = CBORWriter()
        for part in parts {
            if part.range.lower != reached {
                body.bytes(part.range.lower)
                body.null()
                count += 1
            }
            body.bytes(part.range.upper)
            body.content(part.content)
            reached = part.range.upper
            count += 1
        }
        writer.array(2 * count)
        writer.encoded(body.bytes)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 6)
        let start = reader.offset
        guard let level = ComparisonLevel(rawValue: try reader.unsigned()) else {
            throw CBORError(code: .outOfRange, offset: start, message: "no such level")
        }
        self.level = level
        round = try reader.unsigned(atMost: RangeRounds.roundMax)
        if reader.isNull {
            try reader.null()
            salt = nil
        } else {
            salt = Array(try reader.bytes(exactly: Self.saltSize))
        }
        isContinued = try reader.bool()
        var lower = try reader.bound(level)
        let count = try reader.array(atMost: 2 * ProtocolLimits.rangeCountMax)
        parts = []
        var afterGap = true
        var isAtEnd = false
        for index in 0..<(count / 2) {
            let start = reader.offset
            let upper = try reader.bound(level)
            guard !isAtEnd, upper.isEmpty || lower.lexicographicallyPrecedes(upper) else {
                throw CBORError(code: .outOfRange, offset: start, message: "ranges out of order")
            }
            let range = KeyRange(lower: lower, upper: upper)
            isAtEnd = upper.isEmpty
            lower = upper
            if reader.isNull {
                // A gap stands between two parts, never at an end or beside another one.
                guard !afterGap, index + 1 < count / 2 else {
                    throw CBORError(code: .outOfRange, offset: start, message: "a needless gap")
                }
                try reader.null()
                afterGap = true
                continue
            }
            afterGap = false
            parts.append(RangePart(range, try reader.content(range, level)))
        }
        guard count.isMultiple(of: 2), !parts.isEmpty else {
            throw CBORError(code: .wrongCount, offset: start, message: "no ranges")
        }
    }
}

extension CBORWriter {
    fileprivate mutating func content(_ content: RangePart.Content) {
        switch content {
        case .fingerprint(let fingerprint):
            bytes(fingerprint)
        case .items(let items):
            array(2)
            unsigned(0)
            bytes(RangeItem.packed(items))
        case .rest(let items):
            array(2)
            unsigned(1)
            bytes(RangeItem.packed(items))
        }
    }
}

extension CBORReader {
    fileprivate mutating func bound(_ level: ComparisonLevel) throws(CBORError) -> [UInt8] {
        try limitedBytes(RangeItem.placeSize + level.idSize)
    }

    fileprivate mutating func content(
        _ range: KeyRange,
        _ level: ComparisonLevel
    ) throws(CBORError) -> RangePart.Content {
        if try peekKind() == .bytes { return .fingerprint(Array(try bytes(exactly: 16))) }
        try array(exactly: 2)
        let isRest = try unsigned(atMost: 1) == 1
        let start = offset
        guard let items = RangeItem.unpacked(try byteSlice(), level),
            items.allSatisfy({ range.contains($0.key) }), !(isRest && items.isEmpty)
        else {
            throw CBORError(code: .outOfRange, offset: start, message: "items out of place")
        }
        return isRest ? .rest(items) : .items(items)
    }
}

extension RangeItem {
    /// Items as they travel: chain, sequence in LEB128, id, one item after the other.
    fileprivate static func packed(_ items: [RangeItem]) -> [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            bytes.append(contentsOf: item.chain.bytes)
            VariableLength.append(item.sequence, to: &bytes)
            bytes.append(contentsOf: item.id)
        }
        return bytes
    }

    /// The items that `bytes` hold, ascending; nil where they are not in their one form.
    fileprivate static func unpacked(
        _ bytes: ArraySlice<UInt8>,
        _ level: ComparisonLevel
    ) -> [RangeItem]? {
        var rest = bytes
        var items: [RangeItem] = []
        while !rest.isEmpty {
            guard let chain = ChainID(rest.prefix(16)) else { return nil }
            rest = rest.dropFirst(16)
            guard let sequence = VariableLength.takeLong(from: &rest),
                rest.count >= level.idSize
            else { return nil }
            let item = RangeItem(chain: chain, sequence: sequence, id: rest.prefix(level.idSize))
            rest = rest.dropFirst(level.idSize)
            if let last = items.last, !(last < item) { return nil }
            items.append(item)
        }
        return items
    }
}

extension VariableLength {
    /// Takes a number up to 2^63 − 1 from the front of `bytes`; nil where there is none in its one
    /// form.
    static func takeLong(from bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return byte == 0 && shift > 0 ? nil : value }
        }
        return nil
    }
}
