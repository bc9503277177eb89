import ArticleModel

/// Finds dates in the tokens of a line and reads what they say, no more than that.
struct DateReader {
    /// A date found: the tokens it takes and what it says.
    struct Finding {
        /// The tokens, a time and a zone beside it included.
        var tokens: Range<Int>
        /// What it says; nil where the year is missing or day and month can't be told apart.
        var reading: ArticleDate.Reading?
        /// Whether day and month could each be the other.
        var isAmbiguous = false
    }

    private let tokens: [Token]

    /// Looks through `tokens`.
    init(_ tokens: [Token]) { self.tokens = tokens }

    /// Every date, in order.
    ///
    /// O(tokens).
    func findings() -> [Finding] {
        var findings: [Finding] = []
        var index = 0
        while index < tokens.count {
            if let finding = date(at: index) {
                findings.append(finding)
                index = max(finding.tokens.upperBound, index + 1)
            } else {
                index += 1
            }
        }
        return findings
    }

    private func date(at start: Int) -> Finding? {
        yearFirst(at: start) ?? numeric(at: start) ?? dayMonth(at: start) ?? monthDay(at: start)
            ?? monthYear(at: start)
    }

    // MARK: The forms of a date

    /// `2025-06-03`, `2025/6/3`, `2025年6月3日`, perhaps with a time behind.
    private func yearFirst(at start: Int) -> Finding? {
        guard let year = year(at: start), let month = number(at: start + 2, 1...12) else {
            return nil
        }
        guard isOne(of: ["-", "/", ".", "年", "년"], at: start + 1) else { return nil }
        guard isOne(of: ["-", "/", ".", "月", "월"], at: start + 3) else { return nil }
        guard let day = number(at: start + 4, 1...31) else { return nil }
        let end = isOne(of: ["日", "일"], at: start + 5) ? start + 6 : start + 5
        return finish(from: start, to: end, year: year, month: month, day: day)
    }

    /// `03.06.2025`; `03/06/2025` only where the one that is the day can be told.
    private func numeric(at start: Int) -> Finding? {
        guard let first = number(at: start, 1...31), let second = number(at: start + 2, 1...31),
            let year = year(at: start + 4), isOne(of: ["/", ".", "-"], at: start + 1),
            token(start + 1) == token(start + 3)
        else { return nil }
        let end = start + 5
        if first > 12 || first == second || token(start + 1) == .sign(".") {
            return finish(from: start, to: end, year: year, month: second, day: first)
        }
        if second > 12 {
            return finish(from: start, to: end, year: year, month: first, day: second)
        }
        var finding = finish(from: start, to: end, year: year, month: second, day: first)
        finding?.reading = nil
        finding?.isAmbiguous = true
        return finding
    }

    /// `3 June 2025`, `3rd of June, 2025`, `3. Juni 2025`, `3 de junio de 2025`, `28 آب/أغسطس 2013`.
    private func dayMonth(at start: Int) -> Finding? {
        guard let day = number(at: start, 1...31) else { return nil }
        var next = skip(
            ["st", "nd", "rd", "th", "er", "º", ".", "-", "de", "of", "d", "'"],
            start + 1
        )
        guard let month = month(at: next) else { return nil }
        next += 1
        // A second name of the same month, as Arabic pages give.
        if token(next) == .sign("/"), self.month(at: next + 1) == month { next += 2 }
        next = skip([".", ",", "،", "-", "de", "of", "del", "del año"], next)
        return withYearBehind(from: start, at: next, month: month, day: day)
    }

    /// `June 3, 2025`, `Nov. 20 2019`, `November 20 15:23 2019`.
    private func monthDay(at start: Int) -> Finding? {
        guard let month = month(at: start) else { return nil }
        let dayAt = skip(["."], start + 1)
        guard let day = number(at: dayAt, 1...31) else { return nil }
        // "June 10:30" is no tenth of June.
        guard token(dayAt + 1) != .sign(":") else { return nil }
        let next = skip(["st", "nd", "rd", "th", ",", "."], dayAt + 1)
        return withYearBehind(from: start, at: next, month: month, day: day)
    }

    /// `June 2025`.
    private func monthYear(at start: Int) -> Finding? {
        guard let month = month(at: start) else { return nil }
        let yearAt = skip([".", ",", "de"], start + 1)
        guard let year = year(at: yearAt) else { return nil }
        let reading = ArticleDate.Reading(year: year, month: month)
        return Finding(tokens: start..<yearAt + 1, reading: reading)
    }

    /// A year at `next`, or a time and then a year, or no year.
    private func withYearBehind(from start: Int, at next: Int, month: Int, day: Int) -> Finding? {
        if let year = year(at: next) {
            return finish(from: start, to: next + 1, year: year, month: month, day: day)
        }
        if let time = TimeReader(tokens).time(at: next), let year = year(at: time.end) {
            let reading = time.reading(year: year, month: month, day: day)
            return Finding(tokens: start..<time.end + 1, reading: reading)
        }
        return Finding(tokens: start..<max(next, start + 2), reading: nil)
    }

    /// Adds a time that stands behind the date.
    private func finish(from start: Int, to end: Int, year: Int, month: Int, day: Int) -> Finding? {
        // A day that is none (31 June) leaves nothing to read: the month is in doubt as well.
        guard ArticleDate.Reading(year: year, month: month, day: day) != nil else {
            return Finding(tokens: start..<end, reading: nil)
        }
        if let time = TimeReader(tokens).time(at: end),
            let reading = time.reading(year: year, month: month, day: day)
        {
            return Finding(tokens: start..<time.end, reading: reading)
        }
        let reading = ArticleDate.Reading(year: year, month: month, day: day)
        return Finding(tokens: start..<end, reading: reading)
    }

    // MARK: Looking at tokens

    private func token(_ index: Int) -> Token? { index < tokens.count ? tokens[index] : nil }

    private func number(at index: Int, _ range: ClosedRange<Int>) -> Int? {
        guard case .number(let value, let digits) = token(index), digits <= 2 else { return nil }
        return range.contains(value) ? value : nil
    }

    private func year(at index: Int) -> Int? {
        guard case .number(let value, digits: 4) = token(index) else { return nil }
        return (1500...2999).contains(value) ? value : nil
    }

    private func month(at index: Int) -> Int? {
        token(index)?.word.flatMap { MonthNames.numbers[$0] }
    }

    private func isOne(of texts: [String], at index: Int) -> Bool {
        switch token(index) {
        case .word(let word): texts.contains(word)
        case .sign(let sign): texts.contains(String(sign))
        case .number, nil: false
        }
    }

    private func skip(_ texts: [String], _ start: Int) -> Int {
        var index = start
        while index < start + 3, isOne(of: texts, at: index) { index += 1 }
        return index
    }
}
