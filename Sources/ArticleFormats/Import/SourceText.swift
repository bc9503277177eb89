/// The text of a file: checked, without a byte order mark, cut into lines.
///
/// Each line knows the bytes it came from, so that every byte of the file can be accounted for.
struct SourceText {
    /// One line as it stands in the file.
    struct RawLine {
        /// The bytes of the file, terminator included.
        let range: Range<Int>
        /// The text in NFC, without terminator.
        let text: String
    }

    /// The largest file that is read.
    static let sizeMax = 64 * 1024 * 1024

    /// The lines in order; their ranges cover the file without gaps, byte order mark included.
    let lines: [RawLine]
    /// The number of bytes of the file.
    let size: Int

    /// Checks `bytes` and cuts them at LF, CRLF and CR; the text is put in NFC unless said otherwise.
    init(_ bytes: [UInt8], composing: Bool = true) throws(FormatError) {
        try Self.check(bytes)
        size = bytes.count
        var lines: [RawLine] = []
        var textStart = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var lineStart = 0
        var index = textStart
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            let text = String(decoding: bytes[textStart..<index - 1], as: UTF8.self)
            if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
            lines.append(
                RawLine(
                    range: lineStart..<index,
                    text: composing ? UnicodeForms.composed(text) : text
                )
            )
            lineStart = index
            textStart = index
        }
        if lineStart < bytes.count {
            let text = String(decoding: bytes[min(textStart, bytes.count)...], as: UTF8.self)
            lines.append(
                RawLine(
                    range: lineStart..<bytes.count,
                    text: composing ? UnicodeForms.composed(text) : text
                )
            )
        }
        guard lines.contains(where: { $0.text.unicodeScalars.contains { !$0.isBlank } }) else {
            throw FormatError(.empty, "The file holds no text: there is nothing to import.")
        }
        self.lines = lines
    }

    private static func check(_ bytes: [UInt8]) throws(FormatError) {
        guard !bytes.isEmpty else {
            throw FormatError(.empty, "The file is empty: there is nothing to import.")
        }
        guard bytes.count <= sizeMax else {
            throw FormatError(
                .tooLarge,
                "The file has \(bytes.count) bytes; at most \(sizeMax) (64 MiB) are read. "
                    + "Split it and import the parts."
            )
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw FormatError(
                .wrongEncoding,
                "The file is UTF-16 (it starts with its byte order mark); galley reads UTF-8. "
                    + "Convert it first, as with: iconv -f UTF-16 -t UTF-8 FILE"
            )
        }
        if let offset = bytes.firstIndex(of: 0) {
            throw FormatError(
                .binary,
                "The file has a NUL byte at offset \(offset): this is no text file.",
                offset: offset
            )
        }
        if let offset = firstIllFormed(bytes) {
            throw FormatError(
                .brokenUTF8,
                "The file is no valid UTF-8: the byte at offset \(offset) fits nowhere. "
                    + "Convert it first, as with: iconv -f ISO-8859-1 -t UTF-8 FILE",
                offset: offset
            )
        }
    }

    /// The offset of the first byte that is no part of a well-formed UTF-8 sequence.
    static func firstIllFormed(_ bytes: [UInt8]) -> Int? {
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            if first < 0x80 {
                index += 1
                continue
            }
            // The range of the second byte shuts out overlong forms, surrogates and what is
            // beyond U+10FFFF (Unicode, table 3-7).
            let count: Int
            let second: ClosedRange<UInt8>
            switch first {
            case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
            case 0xE0: (count, second) = (3, 0xA0...0xBF)
            case 0xED: (count, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
            case 0xF0: (count, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
            case 0xF4: (count, second) = (4, 0x80...0x8F)
            default: return index
            }
            guard index + count <= bytes.count, second.contains(bytes[index + 1]) else {
                return index
            }
            for next in index + 2..<index + max(count, 2) where bytes[next] & 0xC0 != 0x80 {
                return index
            }
            index += count
        }
        return nil
    }
}

extension Unicode.Scalar {
    /// White space, or a mark that shows nothing (zero width space, byte order mark).
    var isBlank: Bool {
        switch value {
        case 0x20, 0x09...0x0D: true
        case 0..<0x80: false
        case 0x200B, 0xFEFF, 0x2060: true
        default: properties.isWhitespace
        }
    }
}

extension StringProtocol where UTF8View: BidirectionalCollection {
    /// The text without blanks at both ends.
    var trimmed: String {
        // Most lines have none, which their first and last bytes tell.
        if let first = utf8.first, let last = utf8.last, first.isVisibleASCII, last.isVisibleASCII {
            return String(self)
        }
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        // Cut as a string: copying scalar by scalar costs ten times as much.
        return String(Substring(self)[start..<scalars.index(after: last)])
    }
}

extension UInt8 {
    /// An ASCII letter, digit or sign.
    var isVisibleASCII: Bool { (0x21...0x7E).contains(self) }
}
