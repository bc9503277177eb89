extension [UInt8] {
    /// Where the next byte of 0x80 or more stands, from `start` on; the end where there is none.
    func firstWideByte(from start: Int) -> Int {
        var index = start
        while index + 32 <= count {
            var all: UInt8 = 0
            for place in index..<index + 32 { all |= self[place] }
            if all >= 0x80 { break }
            index += 32
        }
        while index < count, self[index] < 0x80 { index += 1 }
        return index
    }

    /// The number of scalars; nil where the bytes are not UTF-8, or hold U+0000 or CR.
    func validScalarCount() -> Int? {
        var refused: UInt8 = 0
        for byte in self { refused |= (byte == 0 ? 1 : 0) | (byte == 0x0D ? 1 : 0) }
        guard refused == 0 else { return nil }
        var scalars = 0
        var index = 0
        while true {
            let wide = firstWideByte(from: index)
            scalars += wide - index
            guard wide < count else { return scalars }
            guard let length = wideScalarLength(at: wide) else { return nil }
            scalars += 1
            index = wide + length
        }
    }

    /// The bytes of the scalar at `index`, which is not ASCII; nil where it is ill formed.
    private func wideScalarLength(at index: Int) -> Int? {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch self[index] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE, 0xEF: length = 3
        // The surrogates are no scalars.
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= count, second.contains(self[index + 1]) else { return nil }
        for place in index + 2..<Swift.max(index + 2, index + length)
        where self[place] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}

/// Steps through well-formed UTF-8 by scalars; quick where most of them are ASCII.
struct ScalarCursor {
    private let bytes: [UInt8]
    private var nextWide: Int
    /// Where it stands, in bytes.
    private(set) var byte = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        nextWide = bytes.firstWideByte(from: 0)
    }

    /// Steps over `scalars` scalars, or to the end.
    mutating func advance(by scalars: Int) {
        var rest = scalars
        while rest > 0, byte < bytes.count {
            let plain = Swift.min(rest, nextWide - byte)
            byte += plain
            rest -= plain
            guard rest > 0, byte < bytes.count else { return }
            byte += 1
            while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
            rest -= 1
            nextWide = bytes.firstWideByte(from: byte)
        }
    }
}
