/// Finds where one article of a page ends and the next begins.
///
/// A headline begins an article if 200 characters of running text lie behind it and either (a) its
/// own copy and a stamp follow within 13 lines, or (b) a stamp with a word such as "Updated" on it,
/// or on the line before it, follows within 4. Lines here are lines that are not blank.
enum Split {
    /// The line ranges of the articles, at least one, which cover all lines.
    static func articles(lines: [Line], kinds: [LineKind]) -> [Range<Int>] {
        let content = lines.indices.filter { !lines[$0].isBlank }
        var starts = [0]
        var textLength = 0
        var blockedUntil = 0
        for (place, index) in content.enumerated() {
            if textLength >= textScalarCountMin, place >= blockedUntil,
                let length = headLength(at: place, content: content, lines: lines, kinds: kinds)
            {
                let start = withLabels(before: place, content: content, lines: lines, kinds: kinds)
                starts.append(content[start])
                textLength = 0
                blockedUntil = place + length
                continue
            }
            if place >= blockedUntil, lines[index].isRunningText {
                textLength += lines[index].scalarCount
            }
        }
        let ends = starts.dropFirst() + [lines.count]
        return zip(starts, ends).map { $0..<$1 }
    }

    private static let textScalarCountMin = 200
    private static let stampDistanceMax = 4

    /// The number of lines of the head that begins at `place`, or nil if none does.
    private static func headLength(
        at place: Int,
        content: [Int],
        lines: [Line],
        kinds: [LineKind]
    ) -> Int? {
        let index = content[place]
        switch kinds[index] {
        case .short, .text: break
        case .blank, .furniture, .stamp, .byline, .topics, .bullet, .caption: return nil
        }
        guard lines[index].isHeadlineLike else { return nil }
        let following = content[(place + 1)...].prefix(Headline.copyDistanceMax)
        let key = Headline.titleKey(lines[index])
        let copy = following.lastIndex {
            lines[$0].key.utf8.count <= key.utf8.count + 8 && Headline.titleKey(lines[$0]) == key
        }
        if let copy, following.contains(where: { kinds[$0].stamp != nil }) {
            return copy - place + 1
        }
        for (distance, next) in following.prefix(stampDistanceMax).enumerated() {
            if kinds[next].isRunning(lines[next]) { break }
            guard let stamp = kinds[next].stamp else { continue }
            let before = lines[content[place + distance]].key
            if stamp.isWorded || stampLabels.contains(before) { return distance + 2 }
        }
        return nil
    }

    private static let stampLabels: Set<String> = [
        "published", "updated", "posted", "last updated",
    ]

    /// Goes back over the labels right before a headline, such as the name of a section.
    private static func withLabels(
        before place: Int,
        content: [Int],
        lines: [Line],
        kinds: [LineKind]
    ) -> Int {
        var start = place
        while start > 0, place - start < 2 {
            let line = lines[content[start - 1]]
            guard case .short = kinds[content[start - 1]], line.wordCount <= 3,
                line.scalarCount <= 24, !line.endsSentence
            else { break }
            start -= 1
        }
        return start
    }
}

extension LineKind {
    /// Whether the line is running text that no head has between title and stamp.
    fileprivate func isRunning(_ line: Line) -> Bool {
        if case .text = self { line.scalarCount > 300 } else { false }
    }
}
