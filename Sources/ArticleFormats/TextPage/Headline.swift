/// Finds the headline among the first lines of an article.
struct Headline {
    /// The line of the headline.
    let index: Int
    /// The lines that say it again.
    let copies: [Int]

    /// How far below the headline its copy is looked for, in lines that are not blank.
    static let copyDistanceMax = 13

    /// Finds the headline in `content`, the indexes of the lines that are not blank.
    static func find(in content: [Int], lines: [Line], kinds: [LineKind]) -> Self? {
        let head = content.prefix(headCountMax)
        let candidates = head.prefix { !isOpeningText($0, lines: lines, kinds: kinds) }
            .filter { isCandidate($0, lines: lines, kinds: kinds) }
        // 1. The first that comes again.
        for index in candidates {
            let copies = copies(of: index, in: content, lines: lines)
            if !copies.isEmpty { return Self(index: index, copies: copies) }
        }
        // 2. The first of some length; what stands before a headline is shorter, and what
        // stands behind it may be longer.
        if let index = candidates.first(where: {
            lines[$0].scalarCount >= lengthMin(lines[$0]) && !lines[$0].isShouted
        }) {
            return Self(index: index, copies: [])
        }
        // 3. The longest.
        let longest = candidates.max { lines[$0].scalarCount < lines[$1].scalarCount }
        return longest.map { Self(index: $0, copies: []) }
    }

    /// The lines within reach that say what line `index` says.
    static func copies(of index: Int, in content: [Int], lines: [Line]) -> [Int] {
        let key = titleKey(lines[index])
        guard let place = content.firstIndex(of: index), !key.isEmpty else { return [] }
        return content[(place + 1)...].prefix(copyDistanceMax)
            .filter { lines[$0].key.count <= key.count + 8 && titleKey(lines[$0]) == key }
    }

    /// The key of a title, without an "Update" before it.
    static func titleKey(_ line: Line) -> String {
        for opening in ["update ", "update: "] where line.key.hasPrefix(opening) {
            return String(line.key.dropFirst(opening.count))
        }
        return line.key
    }

    private static let headCountMax = 40

    private static func lengthMin(_ line: Line) -> Int { line.ideographCount >= 8 ? 12 : 32 }

    private static func isCandidate(_ index: Int, lines: [Line], kinds: [LineKind]) -> Bool {
        switch kinds[index] {
        case .short, .text: lines[index].isHeadlineLike
        case .blank, .furniture, .stamp, .byline, .topics, .bullet, .caption: false
        }
    }

    /// Whether the article's text has begun: a headline stands before that.
    private static func isOpeningText(_ index: Int, lines: [Line], kinds: [LineKind]) -> Bool {
        switch kinds[index] {
        case .text: !lines[index].isHeadlineLike || lines[index].scalarCount > 160
        case .short, .blank, .furniture, .stamp, .byline, .topics, .bullet, .caption: false
        }
    }
}
