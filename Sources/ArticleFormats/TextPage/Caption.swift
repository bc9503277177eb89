/// Tells captions of pictures by their credit.
enum Caption {
    /// How sure a credit makes us.
    enum Credit { case none, agency, picture }

    /// The credit a line carries at its end.
    static func credit(of line: Line) -> Credit {
        guard !line.key.isEmpty else { return .none }
        if let inside = lastBracket(of: line.text) {
            let words = Token.tokens(of: Line.key(inside)).compactMap(\.word)
            if !Lexicon.pictureWords.isDisjoint(with: words) { return .picture }
            if words.count <= 4, !Lexicon.agencies.isDisjoint(with: words) { return .agency }
        }
        return hasOpenCredit(line) ? .picture : .none
    }

    /// Whether a line only counts the pictures of a gallery, as in "1 / 5" or "1 of 24".
    static func isCounter(_ line: Line) -> Bool {
        guard line.hasDigit, line.scalarCount <= 12 else { return false }
        let tokens = Token.tokens(of: line.key)
        guard tokens.count == 3, case .number = tokens[0], case .number = tokens[2] else {
            return false
        }
        return tokens[1] == .sign("/")
            || tokens[1].word.map(["of", "von", "de", "sur", "di"].contains) ?? false
    }

    /// The inside of a bracket that ends the line.
    private static func lastBracket(of text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        var end = scalars.count
        if end > 0, scalars[end - 1] == "." { end -= 1 }
        guard end > 0, let opener = pairs[scalars[end - 1]] else { return nil }
        guard let start = scalars[..<(end - 1)].lastIndex(of: opener) else { return nil }
        guard end - start <= bracketScalarCountMax else { return nil }
        return String(String.UnicodeScalarView(scalars[(start + 1)..<(end - 1)]))
    }

    /// A credit without brackets, as in "… | Foto: Reuters" or "…/Getty Images".
    private static func hasOpenCredit(_ line: Line) -> Bool {
        let tail = line.key.suffix(bracketScalarCountMax)
        if tail.hasSuffix("getty images") || tail.hasSuffix("/ap") || tail.hasSuffix("/afp")
            || tail.hasSuffix("/reuters")
        {
            return true
        }
        let openings = [
            "photo:", "photos:", "foto:", "photograph:", "image:", "picture:", "фото:", "коллаж:",
            "bild:", "photo by ", "photograph by ", "credit:",
        ]
        guard let found = openings.compactMap({ tail.lastRange(of: $0) }).max(by: { $0 < $1 })
        else { return false }
        let before = tail[..<found].unicodeScalars.last
        guard before == nil || before == " " || before == "|" || before == "(" else { return false }
        // A name follows a credit, not a text.
        return tail[found...].split(separator: " ").count <= 10
    }

    private static let bracketScalarCountMax = 120
    private static let pairs: [Unicode.Scalar: Unicode.Scalar] = [")": "(", "]": "[", "）": "（"]
}

extension Substring {
    /// Where `text` begins for the last time.
    fileprivate func lastRange(of text: String) -> Substring.Index? {
        let needle = Array(text.unicodeScalars)
        let scalars = unicodeScalars
        var index = scalars.endIndex
        while index > scalars.startIndex {
            index = scalars.index(before: index)
            if scalars[index...].starts(with: needle) { return index }
        }
        return nil
    }
}
