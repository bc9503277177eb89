public import ArticleModel

// Between the text that people see and the raw text, by which changes count positions. They differ
// only where void changes had a part in the text.
extension TextState {
    /// Whether the text that people see is the raw one.
    public var isRaw: Bool {
        rawCount == scalarCount && tree.runs.allSatisfy { $0.isVisible == $0.isAlive }
    }

    /// The position in the raw text right after so many scalars of the text that people see; nil
    /// past the end.
    ///
    /// What is inserted there stands where people see it.
    public func rawPosition(ofShown position: Int) -> Int? {
        guard position >= 0, position <= scalarCount else { return nil }
        guard position > 0, let found = tree.run(at: position - 1, .shown) else { return 0 }
        return found.raw + (found.run.isAlive ? position - found.shown : 0)
    }

    /// How many scalars people see left of a position of the raw text; nil past the end.
    public func shownPosition(ofRaw position: Int) -> Int? {
        guard position >= 0, position <= rawCount else { return nil }
        return place(afterRaw: position).shown
    }

    /// What of the raw text has to go so that people no longer see `range`, from left to right,
    /// each position counted before any goes; nil past the end.
    ///
    /// Characters that people see though a void change deleted them are no part of the raw text:
    /// they have to be revived first (``revivals(inShown:)``).
    public func rawRanges(ofShown range: Range<Int>) -> [Range<Int>]? {
        guard range.lowerBound >= 0, range.upperBound <= scalarCount else { return nil }
        var result: [Range<Int>] = []
        forEachRun(in: range) { found, part in
            guard found.run.isAlive else { return }
            let first = found.raw + part.lowerBound
            let last = found.raw + part.upperBound
            if let previous = result.last, previous.upperBound == first {
                result[result.count - 1] = previous.lowerBound..<last
            } else {
                result.append(first..<last)
            }
        }
        return result
    }

    /// The characters of `range` that are no part of the raw text, in order; nil past the end.
    ///
    /// Whoever deletes what people see has to revive these first: what a void change deleted counts
    /// as deleted for the changes after it.
    public func revivals(inShown range: Range<Int>) -> [CharacterRange]? {
        guard range.lowerBound >= 0, range.upperBound <= scalarCount else { return nil }
        var result: [CharacterRange] = []
        forEachRun(in: range) { found, part in
            guard !found.run.isAlive else { return }
            result.append(
                CharacterRange(
                    change: found.run.change,
                    offset: found.run.offset + UInt32(part.lowerBound),
                    count: UInt32(part.count)
                )
            )
        }
        return result
    }

    /// Goes through the visible runs that reach into a range, with the part of each that does.
    func forEachRun(in range: Range<Int>, _ body: (FoundRun, Range<Int>) -> Void) {
        guard !range.isEmpty, var found = tree.run(at: range.lowerBound, .shown) else { return }
        while found.shown < range.upperBound {
            if found.run.isVisible {
                let first = max(0, range.lowerBound - found.shown)
                let last = min(Int(found.run.count), range.upperBound - found.shown)
                if first < last { body(found, first..<last) }
            }
            guard let next = tree.run(numbered: found.ordinal + 1) else { return }
            found = next
        }
    }
}
