extension ArticleReader {
    /// Reads the text from place `start` in `content` on, up to what ends an article.
    mutating func readBody(from start: Int) {
        var block: [Int] = []
        var textLength = 0
        let end = ending(from: start)
        for place in start..<content.count {
            let index = content[place]
            if place >= end {
                if case .topics(let topics) = kinds[index] {
                    take(topics: topics, at: index)
                } else if roles[index - range.lowerBound] == .blank {
                    drop(index)
                }
                continue
            }
            if let last = block.last, startsBlock(index, after: last) { endBlock(&block) }
            guard isBodyLine(index, textLength: textLength) else {
                endBlock(&block)
                continue
            }
            mark(index, .paragraph)
            block.append(index)
            textLength += lines[index].scalarCount
        }
        endBlock(&block)
        if let first = article.paragraphs.first {
            article.dateline = ImportedArticle.Dateline(opening: first)
        }
    }

    /// Where what follows the article begins: at a line such as "Related articles", if the text
    /// behind it is short or none.
    private func ending(from start: Int) -> Int {
        guard start < content.count else { return content.count }
        let lengths = content[start...].map {
            lines[$0].isRunningText ? lines[$0].scalarCount : 0
        }
        var before = 0
        var behind = lengths.reduce(0, +)
        for (length, place) in zip(lengths, start...) {
            behind -= length
            if Lexicon.isEnding(lines[content[place]].key), before >= 200,
                behind * 3 <= before
            {
                return place
            }
            before += length
        }
        return content.count
    }

    /// Whether a line is part of the text; one that is not is given its role here.
    private mutating func isBodyLine(_ index: Int, textLength: Int) -> Bool {
        switch kinds[index] {
        case .furniture, .blank: drop(index)
        case .topics(let topics): take(topics: topics, at: index)
        case .caption(.picture): takeCaption(index)
        case .stamp(let stamp):
            // A date in the middle of the text may be a subheading of it.
            guard stamp.isWorded || textLength == 0 else { return true }
            take(stamp, at: index)
        case .byline(let names):
            guard textLength == 0 || article.byline.isEmpty else { return true }
            take(names, at: index)
        case .caption, .bullet, .short, .text: return true
        }
        return false
    }

    /// Whether line `index` opens a paragraph of its own.
    ///
    /// Blank lines part paragraphs; so do sentences' ends at a line's end, since pages are not
    /// wrapped. Lists and lines of verse stay together.
    private func startsBlock(_ index: Int, after last: Int) -> Bool {
        if index != last + 1 { return !(lines[index].isBullet && lines[last].isBullet) }
        if lines[index].isBullet != lines[last].isBullet { return true }
        if lines[index].isBullet { return false }
        return lines[last].isRunningText || lines[index].isRunningText
    }

    private mutating func endBlock(_ block: inout [Int]) {
        guard !block.isEmpty else { return }
        article.paragraphs.append(
            block.map { lines[$0].isBullet ? "- \(lines[$0].text)" : lines[$0].text }
                .joined(separator: "\n")
        )
        block = []
    }
}
