import ArticleMerge

/// The lines that differ between two files in the unified format, as `patch` takes it.
struct UnifiedDiff {
    /// A line of the output, by what it is.
    enum Kind {
        case file
        case hunk
        case context
        case removed
        case added
    }

    private let old: [String]
    private let new: [String]
    private let hunks: [LineDiff.Hunk]

    /// Compares two texts that end with a line end.
    init(from old: String, to new: String) {
        self.old = Self.lines(of: old)
        self.new = Self.lines(of: new)
        hunks = LineDiff.hunks(from: self.old, to: self.new)
    }

    private static func lines(of text: String) -> [String] {
        // By bytes: "\r\n" is one character, but no text here has it, and others are no line ends.
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The lines, with `context` lines that are the same around what differs; none where nothing
    /// does.
    func lines(name: String, context: Int) -> [(kind: Kind, text: String)] {
        guard !hunks.isEmpty else { return [] }
        var result: [(kind: Kind, text: String)] = [
            (.file, "--- a/\(name)"), (.file, "+++ b/\(name)"),
        ]
        var group: [LineDiff.Hunk] = []
        for hunk in hunks {
            if let last = group.last, hunk.old.lowerBound - last.old.upperBound > 2 * context {
                result += lines(group, context)
                group = []
            }
            group.append(hunk)
        }
        return result + lines(group, context)
    }

    private func lines(
        _ group: [LineDiff.Hunk],
        _ context: Int
    ) -> [(kind: Kind, text: String)] {
        guard let first = group.first, let last = group.last else { return [] }
        let before = min(context, first.old.lowerBound)
        let after = min(context, old.count - last.old.upperBound)
        let oldRange = first.old.lowerBound - before..<last.old.upperBound + after
        let newRange = first.new.lowerBound - before..<last.new.upperBound + after
        var result: [(kind: Kind, text: String)] = [
            (.hunk, "@@ -\(Self.range(oldRange)) +\(Self.range(newRange)) @@")
        ]
        var position = oldRange.lowerBound
        for hunk in group {
            result += old[position..<hunk.old.lowerBound].map { (.context, " " + $0) }
            result += old[hunk.old].map { (.removed, "-" + $0) }
            result += new[hunk.new].map { (.added, "+" + $0) }
            position = hunk.old.upperBound
        }
        result += old[position..<oldRange.upperBound].map { (.context, " " + $0) }
        return result
    }

    /// The first line, from 1, and how many; of none the line before them.
    private static func range(_ lines: Range<Int>) -> String {
        "\(lines.isEmpty ? lines.lowerBound : lines.lowerBound + 1),\(lines.count)"
    }
}
