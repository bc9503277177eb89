/// A line of a text page, with what the rules ask about it.
struct Line {
    /// The bytes of the file, terminator included.
    let range: Range<Int>
    /// The text without blanks at its ends and without a bullet; no-break spaces are spaces.
    let text: String
    /// Whether a bullet stood before the text.
    let isBullet: Bool
    /// The number of scalars of `text`.
    let scalarCount: Int
    /// The number of words; scripts without spaces count two scalars as a word.
    let wordCount: Int
    /// How many of the scalars belong to scripts without spaces.
    let ideographCount: Int
    /// Whether there is a digit, without which nothing is a date or a counter.
    let hasDigit: Bool
    /// `text` under NFKC and case folding, blanks made one; empty for lines no rule compares.
    let key: String

    /// Lines longer than this are running text: no title, stamp or furniture.
    static let keyScalarCountMax = 400

    /// Whether there is nothing to see.
    var isBlank: Bool { scalarCount == 0 }

    /// Looks at a line of the file.
    init(_ raw: SourceText.RawLine) {
        range = raw.range
        var text = raw.text.trimmed
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            let counts = Counts(ascii: text)
            self.text = text
            isBullet = false
            scalarCount = counts.scalars
            wordCount = counts.words
            ideographCount = 0
            hasDigit = counts.hasDigit
            key = counts.scalars <= Self.keyScalarCountMax ? Self.key(ascii: text) : ""
            return
        }
        if text.unicodeScalars.contains(where: { $0.value == 0xA0 }) {
            text = String(
                String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0xA0 ? " " : $0 })
            )
        }
        if let first = text.unicodeScalars.first, Self.bullets.contains(first) {
            isBullet = true
            text = String(text.unicodeScalars.dropFirst()).trimmed
        } else {
            isBullet = false
        }
        let counts = Counts(text)
        self.text = text
        scalarCount = counts.scalars
        ideographCount = counts.ideographs
        wordCount = counts.words + (counts.ideographs + 1) / 2
        hasDigit = counts.hasDigit
        key = counts.scalars <= Self.keyScalarCountMax ? Self.key(text) : ""
    }

    /// What is counted in a text.
    private struct Counts {
        var scalars = 0
        var words = 0
        var ideographs = 0
        var hasDigit = false

        init(_ text: String) {
            var inWord = false
            for scalar in text.unicodeScalars {
                scalars += 1
                if scalar.isIdeograph {
                    ideographs += 1
                    inWord = false
                } else if scalar.isBlank {
                    inWord = false
                } else if scalar.isDigit {
                    hasDigit = true
                    if !inWord { words += 1 }
                    inWord = true
                } else if !inWord, scalar.properties.isAlphabetic {
                    inWord = true
                    words += 1
                }
            }
        }

        /// Counts the same by bytes.
        init(ascii text: String) {
            var inWord = false
            for byte in text.utf8 {
                scalars += 1
                switch byte {
                case 0x20, 0x09...0x0D: inWord = false
                case 0x30...0x39:
                    hasDigit = true
                    if !inWord { words += 1 }
                    inWord = true
                case 0x41...0x5A, 0x61...0x7A:
                    if !inWord { words += 1 }
                    inWord = true
                default: break
                }
            }
        }
    }

    /// The key of an ASCII text.
    private static func key(ascii text: String) -> String {
        var key: [UInt8] = []
        key.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x20, 0x09...0x0D: if key.last != 0x20, !key.isEmpty { key.append(0x20) }
            case 0x41...0x5A: key.append(byte | 0x20)
            default: key.append(byte)
            }
        }
        if key.last == 0x20 { key.removeLast() }
        return String(decoding: key, as: UTF8.self)
    }

    /// The key two lines are compared by.
    static func key(_ text: String) -> String {
        UnicodeForms.folded(text).unicodeScalars.split(whereSeparator: \.isBlank)
            .map { String($0) }.joined(separator: " ")
    }

    private static let bullets: Set<Unicode.Scalar> = ["•", "‣", "▪", "◦", "●", "■", "∙"]
}

extension Line {
    /// Whether the line ends as a sentence does, quotes and brackets after it aside.
    var endsSentence: Bool {
        let last = text.unicodeScalars.reversed().first { !Self.closers.contains($0) }
        return last.map(Self.terminators.contains) ?? false
    }

    /// Whether the line is long enough and ends as running text does.
    var isRunningText: Bool {
        if ideographCount > 20 { return scalarCount >= 40 && endsSentence }
        return scalarCount >= 260 || (scalarCount >= 80 && wordCount >= 12 && endsSentence)
    }

    /// Whether the line could be a headline.
    var isHeadlineLike: Bool {
        guard !isBullet, scalarCount <= 220 else { return false }
        guard ideographCount >= 8 || (scalarCount >= 15 && wordCount >= 3) else { return false }
        guard let last = text.unicodeScalars.last, !Self.noHeadlineEnds.contains(last) else {
            return false
        }
        return true
    }

    /// Whether all letters are capitals, as in slogans and section names.
    var isShouted: Bool {
        let letters = text.unicodeScalars.filter(\.properties.isCased)
        return letters.count >= 4 && letters.allSatisfy { $0.properties.isUppercase }
    }

    private static let closers: Set<Unicode.Scalar> = [
        "\"", "'", "”", "’", "»", "›", ")", "]", "」", "』", "）",
    ]
    private static let terminators: Set<Unicode.Scalar> = [
        ".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।",
    ]
    private static let noHeadlineEnds: Set<Unicode.Scalar> = [
        ".", ":", ",", "。", "：", "，", "،", "、", "۔", "।", ";", "؛",
    ]
}

extension Unicode.Scalar {
    /// A letter of a script that puts no spaces between words.
    var isIdeograph: Bool {
        switch value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x3FFFF, 0x0E00...0x0E7F:
            true
        default: false
        }
    }

    /// A decimal digit of any script.
    var isDigit: Bool { digitValue != nil }

    /// The value of a decimal digit of any script.
    var digitValue: Int? {
        if value < 0x80 {
            return (0x30...0x39).contains(value) ? Int(value) - 0x30 : nil
        }
        guard properties.numericType == .decimal, let number = properties.numericValue else {
            return nil
        }
        return Int(number)
    }
}
