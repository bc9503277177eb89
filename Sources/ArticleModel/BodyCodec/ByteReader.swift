/// Reads numbers and blocks from a part of some bytes; nothing in them can make it trap.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, range: 0..<bytes.count) }

    /// Reads `range` of `bytes`, which lies within them.
    init(_ bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }
    var remaining: Int { end - position }

    mutating func byte() throws(BodyError) -> UInt8 {
        guard position < end else { throw truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// A number in LEB128 (seven bits a byte, low ones first, the high bit means more), at most
    /// `limit`; without needless bytes, so that a number has one form.
    mutating func number(atMost limit: UInt64) throws(BodyError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw truncated }
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else {
                throw BodyError(.tooLarge, at: start, "a number has more than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else {
                guard byte != 0 || shift == 0 else {
                    throw BodyError(.notCanonical, at: start, "a number has needless bytes")
                }
                break
            }
            shift += 7
        }
        guard value <= limit else {
            throw BodyError(.tooLarge, at: start, "\(value) where at most \(limit) can be")
        }
        return value
    }

    mutating func count(atMost limit: Int) throws(BodyError) -> Int {
        Int(try number(atMost: UInt64(max(0, limit))))
    }

    mutating func number32() throws(BodyError) -> UInt32 {
        UInt32(try number(atMost: UInt64(UInt32.max)))
    }

    /// The place of the next `count` bytes, which are stepped over.
    mutating func block(_ count: Int) throws(BodyError) -> Range<Int> {
        guard count <= remaining else { throw truncated }
        defer { position += count }
        return position..<(position + count)
    }

    /// A reader of the next `count` bytes, which are stepped over.
    mutating func part(_ count: Int) throws(BodyError) -> ByteReader {
        ByteReader(bytes, range: try block(count))
    }

    mutating func identifier32<Tag>() throws(BodyError) -> Identifier32<Tag> {
        Identifier32<Tag>(bytes, from: try block(32).lowerBound)
    }

    mutating func identifier16<Tag>() throws(BodyError) -> Identifier16<Tag> {
        let range = try block(16)
        guard let identifier = Identifier16<Tag>(bytes[range]) else { throw truncated }
        return identifier
    }

    /// Refuses bytes left over.
    func finish(_ name: String) throws(BodyError) {
        guard isAtEnd else {
            throw BodyError(.notCanonical, at: position, "\(remaining) bytes left over in \(name)")
        }
    }

    private var truncated: BodyError {
        BodyError(.truncated, at: end, "the bytes end inside a value")
    }
}

extension [UInt8] {
    /// Appends a number in LEB128 without needless bytes.
    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(count: Int) { append(number: UInt64(count)) }
}

/// Signed numbers as unsigned ones, small where they are near zero.
///
/// 0, -1, 1, -2 and so on become 0, 1, 2, 3.
enum Zigzag {
    static func encode(_ value: Int) -> UInt64 {
        UInt64(bitPattern: Int64(value << 1 ^ value >> (Int.bitWidth - 1)))
    }

    static func decode(_ number: UInt64) -> Int {
        Int(truncatingIfNeeded: number >> 1) ^ -Int(truncatingIfNeeded: number & 1)
    }
}
