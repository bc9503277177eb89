extension ArticleReader {
    /// Reads what stands before the text; gives the place in `content` where the text begins.
    mutating func readHead(_ headline: Headline?) -> Int {
        let titlePlace = headline.flatMap { content.firstIndex(of: $0.index) }
        if let titlePlace { readBefore(titlePlace) }
        let start = titlePlace.map { $0 + 1 } ?? 0
        let end = headEnd(from: start, headline)
        // Text between a headline and its copy below the stamp is what pictures say; where the
        // headline is not said again it is the standfirst.
        let lastCopy = headline?.copies.last.flatMap { content.firstIndex(of: $0) }
        var stamped = false
        for place in start..<end {
            let index = content[place]
            guard roles[index - range.lowerBound] != .title else { continue }
            switch kinds[index] {
            case .stamp(let stamp):
                take(stamp, at: index)
                stamped = true
                continue
            case .byline(let names): take(names, at: index)
            case .caption: takeCaption(index)
            case .bullet: takeSummary(index)
            case .topics(let topics): take(topics: topics, at: index)
            case .blank, .furniture: drop(index)
            case .short, .text:
                if stamped, article.byline.isEmpty, let names = Byline.bareNames(in: lines[index]) {
                    take(names, at: index)
                } else if let lastCopy, place < lastCopy {
                    readAside(index) { $0.takeCaption(index) }
                } else {
                    readAside(index) { $0.takeSummary(index) }
                }
            }
            stamped = false
        }
        return readBullets(from: end, afterStamp: stamped)
    }

    /// Takes a line of the head that has some length, and drops a label.
    private mutating func readAside(_ index: Int, _ take: (inout Self) -> Void) {
        if lines[index].wordCount >= 6 { take(&self) } else { drop(index) }
    }

    /// What stands before the headline is furniture, but for stamps and bylines.
    private mutating func readBefore(_ titlePlace: Int) {
        for place in 0..<titlePlace {
            let index = content[place]
            switch kinds[index] {
            case .stamp(let stamp): take(stamp, at: index)
            case .byline(let names): take(names, at: index)
            case .caption(.picture): takeCaption(index)
            case .blank, .furniture, .topics, .bullet, .caption, .short, .text: drop(index)
            }
        }
    }

    /// The place behind the last line that belongs to the head for sure: a stamp, a byline, or the
    /// headline's copy, with at most two lines of text before it.
    private func headEnd(from start: Int, _ headline: Headline?) -> Int {
        var end = start
        var textCount = 0
        for place in start..<min(content.count, start + Headline.copyDistanceMax) {
            let index = content[place]
            if headline?.copies.contains(index) == true {
                end = place + 1
                continue
            }
            switch kinds[index] {
            case .stamp, .byline: end = place + 1
            case .text:
                // A dateline opens the body, whatever follows.
                if ImportedArticle.Dateline(opening: lines[index].text) != nil { return end }
                textCount += 1
                if textCount > 2 { return end }
            case .short, .blank, .furniture, .topics, .bullet, .caption: break
            }
        }
        return end
    }

    /// Reads the summary, captions and furniture between head and text.
    private mutating func readBullets(from start: Int, afterStamp: Bool) -> Int {
        var afterStamp = afterStamp
        for place in start..<content.count {
            let index = content[place]
            switch kinds[index] {
            case .bullet: takeSummary(index)
            case .furniture, .blank: drop(index)
            case .caption: takeCaption(index)
            case .stamp(let stamp): take(stamp, at: index)
            case .byline(let names): take(names, at: index)
            case .topics, .text: return place
            case .short:
                guard afterStamp, article.byline.isEmpty,
                    let names = Byline.bareNames(in: lines[index])
                else { return place }
                take(names, at: index)
            }
            afterStamp = false
        }
        return content.count
    }

    mutating func take(_ names: [String], at index: Int) {
        mark(index, .byline)
        for name in names where namesTaken.insert(name).inserted { article.byline.append(name) }
    }

    mutating func take(topics: [String], at index: Int) {
        mark(index, .topics)
        for topic in topics where topicsTaken.insert(topic).inserted {
            article.topics.append(topic)
        }
    }
}
