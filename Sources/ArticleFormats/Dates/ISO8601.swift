public import ArticleModel

extension ArticleDate.Reading {
    /// The reading in ISO 8601, as far as it was given: `2025-06-03`, `2025-06`,
    /// `2025-06-03T10:30Z`.
    public var iso8601: String {
        var text = padded(year, 4)
        guard let month else { return text }
        text += "-" + padded(month, 2)
        guard let day else { return text }
        text += "-" + padded(day, 2)
        guard let hour, let minute else { return text }
        text += "T" + padded(hour, 2) + ":" + padded(minute, 2)
        if let second { text += ":" + padded(second, 2) }
        if let millisecond { text += "." + padded(millisecond, 3) }
        guard let offsetMinutes else { return text }
        if offsetMinutes == 0 { return text + "Z" }
        let distance = abs(offsetMinutes)
        return text + (offsetMinutes < 0 ? "-" : "+") + padded(distance / 60, 2) + ":"
            + padded(distance % 60, 2)
    }

    /// Reads what ``iso8601`` writes, with a blank for the `T` and an offset without colon as well.
    public init?(iso8601 text: some StringProtocol) {
        var scanner = Scanner(Array(text.utf8))
        guard let year = scanner.digits(4) else { return nil }
        var (month, day): (Int?, Int?) = (nil, nil)
        var (hour, minute, second, millisecond): (Int?, Int?, Int?, Int?) = (nil, nil, nil, nil)
        var offset: Int?
        if scanner.skip("-") {
            month = scanner.digits(2)
            guard month != nil else { return nil }
            if scanner.skip("-") {
                day = scanner.digits(2)
                guard day != nil else { return nil }
            }
        }
        if day != nil, scanner.skip("T") || scanner.skip(" ") {
            hour = scanner.digits(2)
            guard hour != nil, scanner.skip(":") else { return nil }
            minute = scanner.digits(2)
            guard minute != nil else { return nil }
            if scanner.skip(":") {
                second = scanner.digits(2)
                guard second != nil else { return nil }
                if scanner.skip(".") {
                    millisecond = scanner.digits(3)
                    guard millisecond != nil else { return nil }
                }
            }
            offset = scanner.offset()
        }
        guard scanner.isAtEnd else { return nil }
        self.init(
            year: year,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second,
            millisecond: millisecond,
            offsetMinutes: offset
        )
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension ArticleDate {
    /// A date of words: read as ISO 8601, else as a single date in one of the languages known.
    public init?(words: String) {
        let trimmed = words.trimmed
        guard !trimmed.isEmpty, let raw = ScalarText(trimmed) else { return nil }
        if let reading = Reading(iso8601: trimmed) {
            self.init(raw: raw, reading: reading)
            return
        }
        let findings = DateReader(Token.tokens(of: Line.key(trimmed))).findings()
        self.init(raw: raw, reading: findings.first?.reading)
    }

    /// A moment in UTC, given in milliseconds since 1970, in ISO 8601 to the second.
    public static func utcText(milliseconds: Int64) -> String {
        let time = CivilTime(
            secondsSince1970: milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
        )
        let reading = Reading(
            year: time.year,
            month: time.month,
            day: time.day,
            hour: time.hour,
            minute: time.minute,
            second: time.second,
            offsetMinutes: 0
        )
        return reading?.iso8601 ?? "\(milliseconds) ms"
    }
}

extension ArticleDate.Reading {
    /// The moment in milliseconds since 1970, if a day and an offset are given or a date alone,
    /// which then means its first moment in UTC.
    public var millisecondsSince1970: Int64? {
        guard let month, let day, hour == nil || offsetMinutes != nil else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let minutes =
            (era * 146_097 + dayOfEra - 719_468) * 1_440 + (hour ?? 0) * 60 + (minute ?? 0)
            - (offsetMinutes ?? 0)
        return (Int64(minutes) * 60 + Int64(second ?? 0)) * 1_000 + Int64(millisecond ?? 0)
    }
}

/// Reads digits and signs off a short text.
private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard index + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[index..<index + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte) - 0x30
        }
        index += count
        return value
    }

    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = digits(2) else { return nil }
        _ = skip(":")
        guard let minutes = digits(2) else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
