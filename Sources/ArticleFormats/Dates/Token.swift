/// A word, number or sign of a line, for reading dates and times.
enum Token: Hashable {
    /// Letters, folded.
    case word(String)
    /// Decimal digits, at most nine: their value and how many.
    case number(Int, digits: Int)
    /// Anything else but blanks.
    case sign(Unicode.Scalar)

    /// The tokens of a folded text; ideographs stand alone, blanks part and are left out.
    static func tokens(of key: String) -> [Token] {
        var tokens: [Token] = []
        var word = String.UnicodeScalarView()
        var number: (value: Int, digits: Int)?
        func endNumber() {
            if let ended = number { tokens.append(.number(ended.value, digits: ended.digits)) }
            number = nil
        }
        func endWord() {
            if !word.isEmpty { tokens.append(.word(String(word))) }
            word = .init()
        }
        for scalar in key.unicodeScalars {
            if let digit = scalar.digitValue {
                endWord()
                if let current = number, current.digits >= 9 { endNumber() }
                number = (
                    value: (number?.value ?? 0) * 10 + digit, digits: (number?.digits ?? 0) + 1
                )
            } else if scalar.isIdeograph {
                endNumber()
                endWord()
                tokens.append(.word(String(scalar)))
            } else if scalar.properties.isAlphabetic
                || scalar.properties.generalCategory == .nonspacingMark
            {
                endNumber()
                word.append(scalar)
            } else {
                endNumber()
                endWord()
                if !scalar.isBlank { tokens.append(.sign(scalar)) }
            }
        }
        endNumber()
        endWord()
        return tokens
    }

    /// The word, if it is one.
    var word: String? {
        if case .word(let word) = self { word } else { nil }
    }
}
