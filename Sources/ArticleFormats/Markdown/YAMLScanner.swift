/// Reads keys and values off one line of front matter.
struct YAMLScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ line: String) { scalars = Array(line.unicodeScalars) }

    /// A key and the colon behind it.
    mutating func key() -> String? {
        skipBlanks()
        let key: String?
        if peek == "\"" || peek == "'" {
            key = quoted()
        } else {
            let start = index
            while let scalar = peek, scalar != ":" {
                guard scalar != "{", scalar != "[", scalar != "#", scalar != "&" else { return nil }
                index += 1
            }
            key = text(start..<index).trimmed
        }
        skipBlanks()
        guard let key, !key.isEmpty, peek == ":" else { return nil }
        index += 1
        // "http://…" is no key.
        guard peek == nil || peek?.isBlank == true else { return nil }
        return key
    }

    /// The value up to the end of the line; nil where it is no scalar and no list of scalars.
    mutating func value(allowsMapping: Bool = true) -> FrontMatter.Value? {
        skipBlanks()
        switch peek {
        case "[":
            guard let items = list(), isAtEndOrComment else { return nil }
            return .list(items)
        case "\"", "'":
            guard let scalar = quoted(), isAtEndOrComment else { return nil }
            return .scalar(scalar)
        case "{", "|", ">", "&", "*", "!", "%", "@", "`": return nil
        case nil: return .scalar("")
        default:
            let plain = plain(endingAt: [])
            // "- a: b" is a map in a list.
            if !allowsMapping, plain.contains(": ") || plain.hasSuffix(":") { return nil }
            return .scalar(Self.isNull(plain) ? "" : plain)
        }
    }

    /// Whether nothing follows but a comment.
    var isAtEndOrComment: Bool {
        let rest = scalars[index...].drop(while: \.isBlank)
        return rest.isEmpty || (rest.first == "#" && rest.startIndex > index)
            || (rest.first == "#" && index == 0)
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func skipBlanks() {
        while peek?.isBlank == true { index += 1 }
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range]))
    }

    private static func isNull(_ text: String) -> Bool {
        text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// A plain scalar up to a comment or one of `ends`.
    private mutating func plain(endingAt ends: Set<Unicode.Scalar>) -> String {
        let start = index
        while let scalar = peek {
            if ends.contains(scalar) { break }
            if scalar == "#", index > start, scalars[index - 1].isBlank { break }
            index += 1
        }
        return text(start..<index).trimmed
    }

    private mutating func list() -> [String]? {
        index += 1
        var items: [String] = []
        while true {
            skipBlanks()
            switch peek {
            case "]":
                index += 1
                return items
            case "[", "{", nil: return nil
            case "\"", "'":
                guard let item = quoted() else { return nil }
                items.append(item)
            default: items.append(plain(endingAt: [",", "]"]))
            }
            skipBlanks()
            if peek == "," {
                index += 1
            } else if peek != "]" {
                return nil
            }
        }
    }

    /// A scalar in single quotes, doubled to stand for one, or in double ones, with escapes.
    private mutating func quoted() -> String? {
        let quote = peek
        index += 1
        var result = String.UnicodeScalarView()
        while let scalar = peek {
            index += 1
            if scalar == quote {
                guard quote == "'", peek == "'" else { return String(result) }
                index += 1
                result.append("'")
            } else if scalar == "\\", quote == "\"" {
                guard let escaped = escape() else { return nil }
                result.append(escaped)
            } else {
                result.append(scalar)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let letter = peek else { return nil }
        index += 1
        switch letter {
        case "n": return "\n"
        case "t": return "\t"
        case "\"", "\\", "/", " ": return letter
        case "e": return "\u{1B}"
        case "x": return hexadecimal(2)
        case "u": return hexadecimal(4)
        case "U": return hexadecimal(8)
        default: return nil
        }
    }

    private mutating func hexadecimal(_ count: Int) -> Unicode.Scalar? {
        guard index + count <= scalars.count else { return nil }
        guard let value = UInt32(text(index..<index + count), radix: 16) else { return nil }
        index += count
        // NUL and CR have no place in our texts.
        guard value != 0, value != 0x0D else { return nil }
        return Unicode.Scalar(value)
    }
}
