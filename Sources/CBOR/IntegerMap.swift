/// Writes a map with ascending integer keys, some of which may be left out.
///
/// The count of pairs stands before them, so it is filled in by ``end(_:)``; a head of one byte
/// holds up to 23 pairs, which is the most such a map may have.
public struct IntegerMapWriter: Sendable {
    private static let pairCountMax = 23
    private let headIndex: Int
    private var pairCount = 0
    private var previous: UInt64?

    fileprivate init(headIndex: Int) { self.headIndex = headIndex }

    /// Writes a key, greater than those before; its value follows.
    public mutating func key(_ key: UInt64, _ writer: inout CBORWriter) {
        if let previous, previous >= key {
            fatalError("the keys of a map must ascend: \(key) after \(previous)")
        }
        previous = key
        pairCount += 1
        writer.unsigned(key)
    }

    /// Ends the map.
    public func end(_ writer: inout CBORWriter) {
        guard pairCount <= Self.pairCountMax else {
            fatalError("a map with integer keys has at most \(Self.pairCountMax) pairs")
        }
        writer.patch(MajorType.map.rawValue << 5 | UInt8(pairCount), at: headIndex)
    }
}

extension CBORWriter {
    /// Begins a map with ascending integer keys; its pairs are counted while they are written.
    public mutating func integerMap() -> IntegerMapWriter {
        let headIndex = bytes.count
        map(0)
        return IntegerMapWriter(headIndex: headIndex)
    }
}

/// Reads a map with ascending integer keys.
///
/// Ask for the keys in ascending order: what lies between them is unknown and refused.
public struct IntegerMapReader: Sendable {
    private var pairsLeft: Int
    private var previous: UInt64?
    /// A key read from the input that was not yet asked for.
    private var pending: (key: UInt64, offset: Int)?

    fileprivate init(pairCount: Int) { pairsLeft = pairCount }

    /// Whether the next key is `key`; if so it is read and its value follows.
    public mutating func take(
        _ key: UInt64,
        _ reader: inout CBORReader
    ) throws(CBORError) -> Bool {
        guard let next = try peek(&reader) else { return false }
        if next.key > key { return false }
        guard next.key == key else { throw unknown(next) }
        pending = nil
        return true
    }

    /// Reads `key`, which must be the next; its value follows.
    public mutating func require(
        _ key: UInt64,
        _ reader: inout CBORReader
    ) throws(CBORError) {
        guard try take(key, &reader) else {
            throw CBORError(
                code: .missingKey,
                offset: reader.offset,
                message: "a map has no key \(key)"
            )
        }
    }

    /// Refuses keys that nobody asked for.
    public mutating func end(_ reader: inout CBORReader) throws(CBORError) {
        if let next = try peek(&reader) { throw unknown(next) }
    }

    /// Reads past keys from `first` on, which are optional, and refuses others that nobody asked
    /// for.
    public mutating func end(
        skippingFrom first: UInt64,
        _ reader: inout CBORReader
    ) throws(CBORError) {
        while let next = try peek(&reader) {
            guard next.key >= first else { throw unknown(next) }
            pending = nil
            try reader.skip()
        }
    }

    private mutating func peek(
        _ reader: inout CBORReader
    ) throws(CBORError) -> (key: UInt64, offset: Int)? {
        if let pending { return pending }
        guard pairsLeft > 0 else { return nil }
        let offset = reader.offset
        let key = try reader.unsigned()
        if let previous, previous >= key {
            throw CBORError(
                code: .unsortedKeys,
                offset: offset,
                message: "key \(key) comes after key \(previous)"
            )
        }
        pairsLeft -= 1
        previous = key
        pending = (key, offset)
        return pending
    }

    private func unknown(_ pair: (key: UInt64, offset: Int)) -> CBORError {
        CBORError(code: .unknownKey, offset: pair.offset, message: "key \(pair.key) is unknown")
    }
}

extension CBORReader {
    /// Reads the head of a map with ascending integer keys.
    public mutating func integerMap() throws(CBORError) -> IntegerMapReader {
        IntegerMapReader(pairCount: try map())
    }
}
