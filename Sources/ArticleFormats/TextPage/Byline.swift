/// Reads the line that names an article's authors.
enum Byline {
    /// The names on a line that opens with "By" or a like word; nil where it does not.
    static func names(in line: Line) -> [String]? {
        guard !line.isBullet, line.scalarCount <= scalarCountMax, !line.endsSentence else {
            return nil
        }
        guard let opening = Lexicon.bylineOpenings.last(where: { line.key.hasPrefix($0) }) else {
            return nil
        }
        let rest = String(line.text.unicodeScalars.dropFirst(opening.unicodeScalars.count))
        let names = split(rest.trimmed)
        guard !names.isEmpty, names.allSatisfy(isName) else { return nil }
        return names
    }

    /// The name on a line of its own right behind a stamp: a few words, each with a capital.
    static func bareNames(in line: Line) -> [String]? {
        guard !line.isBullet, line.wordCount <= 5, line.scalarCount <= 60, !line.endsSentence else {
            return nil
        }
        guard line.wordCount >= 2 || Lexicon.agencies.contains(line.key) else { return nil }
        return isName(line.text) ? [line.text] : nil
    }

    private static let scalarCountMax = 120

    /// The names of "A, B and C", without what follows a stroke or a dot.
    private static func split(_ text: String) -> [String] {
        let own = text.split { "|·•–—/".contains($0) }.first.map(String.init) ?? text
        var names: [String] = []
        for part in own.split(whereSeparator: { ",;、，".contains($0) }) {
            var words: [Substring] = []
            for word in part.split(separator: " ") {
                if Lexicon.bylineJoiners.contains(UnicodeForms.folded(String(word))) {
                    names.append(words.joined(separator: " "))
                    words = []
                } else {
                    words.append(word)
                }
            }
            names.append(words.joined(separator: " "))
        }
        return names.map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Whether a text could be the name of a person or an agency.
    private static func isName(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard (1...6).contains(words.count), !text.unicodeScalars.contains(where: \.isDigit) else {
            return false
        }
        let capitals = words.filter { word in
            word.unicodeScalars.first { $0.properties.isAlphabetic }
                .map { !$0.properties.isLowercase } ?? false
        }
        // "von der Leyen" has two small words of three.
        return !capitals.isEmpty && capitals.count * 3 >= words.count
            && !(words.first?.unicodeScalars.first?.properties.isLowercase ?? true)
    }
}
