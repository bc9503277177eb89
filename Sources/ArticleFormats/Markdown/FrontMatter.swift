/// The head of a Markdown file: a small, honest part of YAML.
///
/// Between two lines `---` stand entries `key: value`, comments and blank lines. A value is a
/// scalar, plain or in quotes; a list in brackets on one line; or a list of scalars, each on a
/// line of its own behind `- `. Anything else (nested maps, block scalars, anchors) is no part of
/// it: such an entry is reported and given back as it stands.
struct FrontMatter {
    /// What an entry holds.
    enum Value: Hashable {
        case scalar(String)
        case list([String])
    }

    /// An entry that was understood.
    struct Entry: Hashable {
        let key: String
        let value: Value
    }

    /// The entries understood, in order.
    private(set) var entries: [Entry] = []
    /// The lines of each entry that was not.
    private(set) var refused: [String] = []
    /// The number of lines, those with `---` included.
    private(set) var lineCount = 0

    /// Whether a file opens with front matter.
    static func opens(_ lines: [SourceText.RawLine]) -> Bool {
        lines.first?.text.trimmedEnd == "---" && end(of: lines) != nil
    }

    /// Reads the front matter a file opens with; nil if it does not.
    init?(_ lines: [SourceText.RawLine]) {
        guard lines.first?.text.trimmedEnd == "---", let end = Self.end(of: lines) else {
            return nil
        }
        lineCount = end + 1
        var index = 1
        while index < end {
            let text = lines[index].text.trimmedEnd
            index += 1
            if text.isEmpty || text.trimmed.hasPrefix("#") { continue }
            // What belongs to an entry: the lines indented below it, and list items.
            var block = [text]
            while index < end, Self.continues(lines[index].text) {
                block.append(lines[index].text.trimmedEnd)
                index += 1
            }
            if let entry = Self.entry(block) {
                entries.append(entry)
            } else {
                refused.append(block.joined(separator: "\n"))
            }
        }
    }

    private static func end(of lines: [SourceText.RawLine]) -> Int? {
        lines.dropFirst().firstIndex { $0.text.trimmedEnd == "---" || $0.text.trimmedEnd == "..." }
    }

    private static func continues(_ line: String) -> Bool {
        guard let first = line.unicodeScalars.first else { return false }
        return first == " " || first == "\t" || line == "-" || line.hasPrefix("- ")
    }

    private static func entry(_ block: [String]) -> Entry? {
        guard let first = block.first, first.unicodeScalars.first?.isBlank == false else {
            return nil
        }
        var scanner = YAMLScanner(first)
        guard let key = scanner.key() else { return nil }
        guard block.count > 1 else {
            return scanner.value().map { Entry(key: key, value: $0) }
        }
        guard scanner.isAtEndOrComment else { return nil }
        var items: [String] = []
        for line in block.dropFirst() {
            let text = line.trimmed
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard text == "-" || text.hasPrefix("- ") else { return nil }
            var item = YAMLScanner(String(text.dropFirst()))
            guard case .scalar(let scalar) = item.value(allowsMapping: false) else { return nil }
            items.append(scalar)
        }
        return Entry(key: key, value: .list(items))
    }
}
