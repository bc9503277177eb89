/// A date as a page gave it: the words found and, where they could be read, what they say.
public struct ArticleDate: Hashable, Sendable {
    /// The words as found.
    public let raw: ScalarText
    /// What they say; nil where they could not be read ("5 sec ago").
    public let reading: Reading?

    /// A date of `raw`, read as `reading`.
    public init(raw: ScalarText, reading: Reading?) {
        self.raw = raw
        self.reading = reading
    }

    /// A date to the precision that was given: nothing is made up.
    ///
    /// A finer part is present only if all coarser ones are.
    public struct Reading: Hashable, Sendable {
        /// The year, 0 to 9999.
        public let year: Int
        /// The month, 1 to 12.
        public let month: Int?
        /// The day, 1 to 31, that exists in its month.
        public let day: Int?
        /// The hour, 0 to 23; given together with the minute.
        public let hour: Int?
        /// The minute, 0 to 59.
        public let minute: Int?
        /// The second, 0 to 59.
        public let second: Int?
        /// The millisecond, 0 to 999.
        public let millisecond: Int?
        /// Minutes east of UTC, -1439 to 1439; only beside a time.
        public let offsetMinutes: Int?

        /// Makes a reading; nil where a part is out of range or a coarser part is missing.
        public init?(
            year: Int,
            month: Int? = nil,
            day: Int? = nil,
            hour: Int? = nil,
            minute: Int? = nil,
            second: Int? = nil,
            millisecond: Int? = nil,
            offsetMinutes: Int? = nil
        ) {
            guard (0...9999).contains(year), (1...12).contains(month ?? 1) else { return nil }
            guard month != nil || day == nil, day != nil || hour == nil else { return nil }
            guard (hour == nil) == (minute == nil), minute != nil || second == nil else {
                return nil
            }
            guard second != nil || millisecond == nil, hour != nil || offsetMinutes == nil else {
                return nil
            }
            if let month, let day {
                guard (1...Self.dayCount(year: year, month: month)).contains(day) else {
                    return nil
                }
            }
            guard (0...23).contains(hour ?? 0), (0...59).contains(minute ?? 0) else { return nil }
            guard (0...59).contains(second ?? 0), (0...999).contains(millisecond ?? 0) else {
                return nil
            }
            guard (-1439...1439).contains(offsetMinutes ?? 0) else { return nil }
            self.year = year
            self.month = month
            self.day = day
            self.hour = hour
            self.minute = minute
            self.second = second
            self.millisecond = millisecond
            self.offsetMinutes = offsetMinutes
        }

        /// How many days a month of the Gregorian calendar has.
        public static func dayCount(year: Int, month: Int) -> Int {
            switch month {
            case 4, 6, 9, 11: 30
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            default: 31
            }
        }
    }
}
