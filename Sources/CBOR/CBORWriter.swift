/// Writes deterministic CBOR (RFC 8949 section 4.2.1), item after item.
///
/// Every head is the shortest one and every length definite. The order of a map's keys is the
/// caller's; ``IntegerMapWriter`` checks it for maps with integer keys.
public struct CBORWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Writes a whole number from 0 on.
    public mutating func unsigned(_ value: UInt64) { head(.unsigned, value) }

    /// Writes a whole number of either sign.
    public mutating func integer(_ value: Int64) {
        if value >= 0 {
            head(.unsigned, UInt64(value))
        } else {
            // -1 - value, which is the complement and so cannot overflow.
            head(.negative, UInt64(bitPattern: ~value))
        }
    }

    /// Writes a byte string.
    public mutating func bytes(_ value: some Collection<UInt8>) {
        head(.bytes, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes a text string.
    public mutating func text(_ value: String) { text(utf8: value.utf8) }

    /// Writes a text string given as UTF-8; that it is UTF-8 is the caller's to know.
    public mutating func text(utf8 value: some Collection<UInt8>) {
        head(.text, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Begins an array; its `count` items follow.
    public mutating func array(_ count: Int) { head(.array, UInt64(count)) }

    /// Begins a map; `count` pairs of key and value follow, keys in the order of their bytes.
    public mutating func map(_ count: Int) { head(.map, UInt64(count)) }

    /// Writes a tag; what it marks follows.
    public mutating func tag(_ number: UInt64) { head(.tag, number) }

    /// Writes true or false.
    public mutating func bool(_ value: Bool) { bytes.append(value ? 0xf5 : 0xf4) }

    /// Writes null.
    public mutating func null() { bytes.append(0xf6) }

    /// Appends an item that is encoded already; that it is one item is the caller's to know.
    public mutating func encoded(_ item: some Collection<UInt8>) {
        bytes.append(contentsOf: item)
    }

    /// Changes a byte written before, for ``IntegerMapWriter``.
    mutating func patch(_ byte: UInt8, at index: Int) { bytes[index] = byte }

    private mutating func head(_ type: MajorType, _ argument: UInt64) {
        let major = type.rawValue << 5
        switch argument {
        case 0..<24:
            bytes.append(major | UInt8(argument))
        case 24...0xff:
            bytes.append(major | 24)
            bytes.append(UInt8(argument))
        case 0x100...0xffff:
            bytes.append(major | 25)
            bigEndian(argument, byteCount: 2)
        case 0x1_0000...0xffff_ffff:
            bytes.append(major | 26)
            bigEndian(argument, byteCount: 4)
        default:
            bytes.append(major | 27)
            bigEndian(argument, byteCount: 8)
        }
    }

    private mutating func bigEndian(_ value: UInt64, byteCount: Int) {
        var shift = (byteCount - 1) * 8
        while shift >= 0 {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
            shift -= 8
        }
    }
}

/// The upper three bits of an item's first byte.
enum MajorType: UInt8 {
    case unsigned = 0
    case negative = 1
    case bytes = 2
    case text = 3
    case array = 4
    case map = 5
    case tag = 6
    case simple = 7
}
