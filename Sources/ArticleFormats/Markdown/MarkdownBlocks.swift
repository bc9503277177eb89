/// The blocks a Markdown text consists of.
public enum MarkdownBlocks {
    /// The blocks of `text`, parted by blank lines; a fence keeps its blank lines.
    public static func blocks(of text: String) -> [String] {
        blocks(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    /// The blocks of a text's lines.
    static func blocks(_ lines: [String]) -> [String] {
        var blocks: [String] = []
        var block: [String] = []
        var fence: String?
        for line in lines {
            let text = line.trimmed
            if let open = fence {
                block.append(line)
                if text.hasPrefix(open), text.allSatisfy({ $0 == open.first }) { fence = nil }
            } else if text.isEmpty {
                if !block.isEmpty { blocks.append(block.joined(separator: "\n").trimmedEnd) }
                block = []
            } else {
                block.append(line)
                if text.hasPrefix("```") || text.hasPrefix("~~~") { fence = String(text.prefix(3)) }
            }
        }
        if !block.isEmpty { blocks.append(block.joined(separator: "\n").trimmedEnd) }
        return blocks
    }
}
