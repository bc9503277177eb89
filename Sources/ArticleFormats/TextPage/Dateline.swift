extension ImportedArticle.Dateline {
    /// The dateline a paragraph opens with: a place in capitals, perhaps a state, a date, an
    /// agency in brackets, then a colon or a dash.
    init?(opening text: String) {
        let head = Array(text.unicodeScalars.prefix(Self.scalarCountMax))
        guard let end = Self.separator(in: head) else { return nil }
        var place = String(String.UnicodeScalarView(head[..<end])).trimmed
        var agency: String?
        if place.hasSuffix(")"), let bracket = place.lastIndex(of: "(") {
            let inside = place[place.index(after: bracket)...].dropLast().trimmed
            guard inside.unicodeScalars.count <= 24, !inside.isEmpty else { return nil }
            agency = inside
            place = place[..<bracket].trimmed
        }
        let parts = place.split(separator: ",").map(\.trimmed)
        guard let first = parts.first, Self.isPlace(first) else { return nil }
        // What follows a comma is a state or a date; dates have digits.
        let kept = parts.prefix { !$0.unicodeScalars.contains(where: \.isDigit) }
        let isNamed = kept.dropFirst().allSatisfy { state in
            state.unicodeScalars.count <= 24
                && state.unicodeScalars.first?.properties.isLowercase == false
        }
        guard isNamed else { return nil }
        self.init(place: kept.joined(separator: ", "), agency: agency)
    }

    private static let scalarCountMax = 90

    /// The index of the sign that ends a dateline.
    private static func separator(in head: [Unicode.Scalar]) -> Int? {
        for (index, scalar) in head.enumerated() {
            let next = index + 1 < head.count ? head[index + 1] : " "
            let previous = index > 0 ? head[index - 1] : " "
            switch scalar {
            case ":": return next.isBlank ? index : nil
            case "—", "–": return index
            case "-":
                if next == "-" || (previous.isBlank && next.isBlank) { return index }
            case ".", "!", "?", "“", "\"":
                // "ST. LOUIS" and "Nov. 3" stay within; a sentence does not.
                if scalar != "." || index > 40 { return nil }
            default: break
            }
        }
        return nil
    }

    /// Up to five words in capitals.
    private static func isPlace(_ text: String) -> Bool {
        let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
        guard letters.count >= 3, text.split(separator: " ").count <= 5 else { return false }
        guard !text.unicodeScalars.contains(where: \.isDigit) else { return false }
        return letters.allSatisfy { $0.properties.isUppercase }
    }
}
