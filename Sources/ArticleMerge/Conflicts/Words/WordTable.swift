/// Says which scalars words are made of.
package enum WordTable {
    /// Where words' scalars begin and stop, in turns, ascending.
    static let bounds: [UInt32] = parse()
    /// The scalars below 128 that are in words.
    private static let ascii: (UInt64, UInt64) = (bits(from: 0), bits(from: 64))

    @inline(__always)
    package static func isWord(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return ascii.1 >> UInt64(scalar - 64) & 1 == 1 }
        return isListed(scalar)
    }

    /// Whether a scalar is white space; what a text of nothing else is called is blank.
    package static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029,
            0x202F, 0x205F, 0x3000:
            true
        default: false
        }
    }

    /// Whether a text holds nothing but white space.
    static func isBlank(_ utf8: [UInt8]) -> Bool {
        if let first = utf8.first, first > 0x20, first < 0x80 { return false }
        return String(decoding: utf8, as: UTF8.self).unicodeScalars.allSatisfy {
            isSpace($0.value)
        }
    }

    private static func isListed(_ scalar: UInt32) -> Bool {
        // An odd number of bounds at or below a scalar: it lies in a range.
        bounds.sortedIndex { $0 <= scalar } & 1 == 1
    }

    private static func bits(from first: UInt32) -> UInt64 {
        (0..<64).reduce(0) { isListed(first + UInt32($1)) ? $0 | 1 << UInt64($1) : $0 }
    }

    private static func parse() -> [UInt32] {
        var result: [UInt32] = []
        var number: UInt32 = 0
        var isRange = false
        func finish() {
            if isRange {
                result[result.count - 1] = number + 1
            } else {
                result += [number, number + 1]
            }
        }
        for byte in WordRanges.text.description.utf8 {
            switch byte {
            case UInt8(ascii: " "):
                finish()
                (number, isRange) = (0, false)
            case UInt8(ascii: "-"):
                finish()
                (number, isRange) = (0, true)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                number = number << 4 | UInt32(byte - UInt8(ascii: "0"))
            default: number = number << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            }
        }
        finish()
        return result
    }
}
