internal import ArticleModel

extension ConflictAnalysis {
    /// A text as it is shown at a version, with the names of its characters; `merged` has all
    /// characters of that version.
    func shownState(of merged: TextState, _ shown: ShownText, at version: [ChangeID]?) -> TextState?
    {
        guard let stand = stand(at: version) else { return nil }
        if isPlain || shown.isMerged { return merged }
        let characters = characters(at: renderer.shownPlaces(at: stand, in: whole))
        return merged.showing(characters, shown.text)
    }
}

extension TextState {
    /// The same characters in the same order, of which exactly `characters` are in the text.
    func showing(_ characters: [CharacterRange], _ text: ScalarText) -> TextState? {
        var wanted: [ChangeID: [Range<UInt32>]] = [:]
        for range in characters {
            wanted[range.change, default: []].append(range.offset..<range.offset + range.count)
        }
        for change in wanted.keys { wanted[change]?.sort { $0.lowerBound < $1.lowerBound } }
        var result: [ItemRun] = []
        func add(_ run: ItemRun, _ start: UInt32, _ end: UInt32, isVisible: Bool) {
            guard start < end else { return }
            let part = ItemRun(
                change: run.change,
                offset: start,
                count: end - start,
                isVisible: isVisible,
                isAlive: run.isAlive
            )
            if let last = result.last, last.isContinued(by: part) {
                result[result.count - 1].count += part.count
            } else {
                result.append(part)
            }
        }
        for run in runs {
            var next = run.offset
            let ranges = wanted[run.change] ?? []
            var index = ranges.sortedIndex { $0.upperBound <= run.offset }
            while index < ranges.count, ranges[index].lowerBound < run.end {
                let start = max(ranges[index].lowerBound, next)
                let end = min(ranges[index].upperBound, run.end)
                add(run, next, start, isVisible: false)
                add(run, start, end, isVisible: true)
                next = end
                index += 1
            }
            add(run, next, run.end, isVisible: false)
        }
        return TextState(text: text, runs: result)
    }
}
