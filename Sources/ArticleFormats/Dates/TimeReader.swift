import ArticleModel

/// Reads a time of day, with a zone if one is given.
struct TimeReader {
    /// A time, and the token behind it.
    struct Time {
        var hour: Int
        var minute: Int
        var second: Int?
        var millisecond: Int?
        var offsetMinutes: Int?
        var end: Int

        /// The time on a day.
        func reading(year: Int, month: Int, day: Int) -> ArticleDate.Reading? {
            ArticleDate.Reading(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                millisecond: millisecond,
                offsetMinutes: offsetMinutes
            )
        }
    }

    private let tokens: [Token]

    /// Looks at `tokens`.
    init(_ tokens: [Token]) { self.tokens = tokens }

    /// The time that begins at `start` or behind a few words such as "at" before it.
    func time(at start: Int) -> Time? {
        var index = start
        while index < start + 3, isOne(of: Self.openers, at: index) { index += 1 }
        guard let hour = number(at: index, 0...24) else { return nil }
        var time = Time(hour: hour, minute: 0, end: index + 1)
        let separated = isOne(of: [":", "h", "時", "时", "點", "点", "."], at: index + 1)
        guard separated, let minute = number(at: index + 2, 0...59) else { return nil }
        if token(index + 1) == .sign("."), !isMeridiem(at: index + 3) { return nil }
        time.minute = minute
        time.end = index + 3
        if isOne(of: [":"], at: time.end), let second = number(at: time.end + 1, 0...59) {
            time.second = second
            time.end += 2
            if isOne(of: ["."], at: time.end),
                case .number(let value, digits: 3) = token(time.end + 1)
            {
                time.millisecond = value
                time.end += 2
            }
        }
        if isOne(of: ["分"], at: time.end) { time.end += 1 }
        guard readMeridiem(&time), time.hour < 24 else { return nil }
        readZone(&time)
        return time
    }

    private static let openers = [
        "t", "at", ",", "-", "–", "—", "|", "à", "um", "a", "las", "alle", "،", "·",
    ]

    private func isMeridiem(at index: Int) -> Bool {
        var time = Time(hour: 1, minute: 0, end: index)
        return readMeridiem(&time) && time.end > index
    }

    /// Reads "am", "p.m." and the like; false where the hour does not fit.
    private func readMeridiem(_ time: inout Time) -> Bool {
        var letters = ""
        var index = time.end
        if let word = token(index)?.word, ["am", "pm"].contains(word) {
            letters = word
            index += 1
        } else if let first = token(index)?.word, ["a", "p"].contains(first),
            token(index + 1) == .sign("."), token(index + 2) == .word("m")
        {
            letters = first + "m"
            index += 3
            if token(index) == .sign(".") { index += 1 }
        }
        guard !letters.isEmpty else { return true }
        time.end = index
        // Some pages give "13:42pm".
        guard time.hour <= 12 else { return letters == "pm" }
        time.hour = time.hour % 12 + (letters == "pm" ? 12 : 0)
        return true
    }

    /// Zones whose letters mean one offset alone; others are left unread.
    private static let zones: [String: Int] = [
        "z": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "pst": -480, "pdt": -420,
        "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "msk": 180, "jst": 540, "pkt": 300,
    ]

    private func readZone(_ time: inout Time) {
        var index = time.end
        let isBracketed = token(index) == .sign("(")
        if isBracketed { index += 1 }
        var offset: Int?
        if let word = token(index)?.word, let named = Self.zones[word] {
            offset = named
            index += 1
        }
        if offset ?? 0 == 0, let (minutes, end) = signedOffset(at: index) {
            offset = minutes
            index = end
        }
        guard let offset else { return }
        if isBracketed {
            guard token(index) == .sign(")") else { return }
            index += 1
        }
        time.offsetMinutes = offset
        time.end = index
    }

    /// `+0400`, `+04:00`, `+4`.
    private func signedOffset(at index: Int) -> (minutes: Int, end: Int)? {
        let sign: Int
        switch token(index) {
        case .sign("+"): sign = 1
        case .sign("-"), .sign("−"): sign = -1
        default: return nil
        }
        guard case .number(let value, let digits) = token(index + 1) else { return nil }
        if digits == 4, value / 100 <= 14, value % 100 < 60 {
            return (sign * (value / 100 * 60 + value % 100), index + 2)
        }
        guard digits <= 2, value <= 14 else { return nil }
        if token(index + 2) == .sign(":"), let minutes = number(at: index + 3, 0...59) {
            return (sign * (value * 60 + minutes), index + 4)
        }
        return (sign * value * 60, index + 2)
    }

    private func token(_ index: Int) -> Token? { index < tokens.count ? tokens[index] : nil }

    private func number(at index: Int, _ range: ClosedRange<Int>) -> Int? {
        guard case .number(let value, let digits) = token(index), digits <= 2 else { return nil }
        return range.contains(value) ? value : nil
    }

    private func isOne(of texts: [String], at index: Int) -> Bool {
        switch token(index) {
        case .word(let word): texts.contains(word)
        case .sign(let sign): texts.contains(String(sign))
        case .number, nil: false
        }
    }
}
