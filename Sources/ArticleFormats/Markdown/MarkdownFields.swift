/// The names front matter gives to an article's fields.
enum MarkdownFields {
    /// Stands before a free field whose own name means something else in front matter.
    static let customPrefix = "custom."

    /// Names that mean a known field, or belong to the format.
    static let reserved: Set<String> = [
        "title", "byline", "author", "authors", "dateline", "date", "published", "updated",
        "modified", "lastmod", "published_text", "updated_text", "source", "url", "link",
        "language", "lang", "captions", "topics", "keywords", "categories", "tags", "summary",
        "description",
    ]

    /// The key of a free field.
    static func key(ofCustom name: String) -> String {
        reserved.contains(name.lowercased()) || name.hasPrefix(customPrefix)
            ? customPrefix + name : name
    }

    /// A key, in quotes where it is more than letters, digits, dots, dashes and underscores.
    static func quotedKey(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        return isPlain && key.utf8.first != 0x2D && !key.isEmpty ? key : quoted(key)
    }

    /// `text` as a scalar: plain where that can mean nothing else, else in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
            return false
        }
        guard first.properties.isAlphabetic, !last.isBlank, last != ":" else { return false }
        guard !["null", "true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
        else { return false }
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) { return false }
            if previous == ":", scalar.isBlank { return false }
            if scalar == "#", previous.isBlank { return false }
            if scalar != " ", scalar.isBlank { return false }
            if "[]{},\"'`".unicodeScalars.contains(scalar) { return false }
            previous = scalar
        }
        return true
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x0A: result += "\\n"
            case 0x09: result += "\\t"
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
