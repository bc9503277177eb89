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
        let tail = Array(line.key.utf8.suffix(tailByteCount))
        if endings.contains(where: {
            tail.count >= $0.count && tail.suffix($0.count).elementsEqual($0)
        }) {
            return true
        }
        guard let found = openings.compactMap({ lastPlace(of: $0, in: tail) }).max() else {
            return false
        }
        if found > 0, !" |(".utf8.contains(tail[found - 1]) { return false }
        // A name follows a credit, not a text.
        return tail[found...].split(separator: UInt8(ascii: " ")).count <= 10
    }

    private static let tailByteCount = 240
    private static let endings = ["getty images", "/ap", "/afp", "/reuters"].map { Array($0.utf8) }
    private static let openings = [
        "photo:", "photos:", "foto:", "photograph:", "image:", "picture:", "фото:", "коллаж:",
        "bild:",
        "photo by ", "photograph by ", "credit:",
    ].map { Array($0.utf8) }

    /// Where `needle` begins for the last time.
    private static func lastPlace(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard needle.count <= bytes.count else { return nil }
        return (0...(bytes.count - needle.count)).last { place in
            bytes[place] == needle[0] && bytes[place..<place + needle.count].elementsEqual(needle)
        }
    }

    private static let bracketScalarCountMax = 120
    private static let pairs: [Unicode.Scalar: Unicode.Scalar] = [")": "(", "]": "[", "）": "（"]
}
