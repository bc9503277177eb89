import Diagnostics

extension Client {
    /// A time for people, by the clock on their wall: `2026-11-23 14:05`.
    func localTime(_ milliseconds: Int64) -> String {
        let offset = Int64(clockOffsetSeconds(milliseconds)) * 1000
        let (shifted, overflow) = milliseconds.addingReportingOverflow(offset)
        let text = RFC3339.text(ofMilliseconds: overflow ? milliseconds : shifted)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    /// The day of a time for people, by the clock on their wall: `2026-11-23`.
    func localDay(_ milliseconds: Int64) -> String { String(localTime(milliseconds).prefix(10)) }

    /// The time a person means: RFC 3339, a day of theirs (`2026-11-23`, `today`, `yesterday`), or
    /// how long ago it was (`90s`, `30m`, `2h`, `3d`, `2w`).
    func time(ofWords text: String, option: String) throws -> Int64 {
        if let time = RFC3339.milliseconds(of: text) { return time }
        let now = now()
        switch text {
        case "today": return startOfDay(localDay(now)) ?? now
        case "yesterday":
            guard let today = startOfDay(localDay(now)) else { return now }
            // Days have 23 to 25 hours; twelve before its start it was the day before.
            return startOfDay(localDay(today - 43_200_000)) ?? today
        default: break
        }
        if let start = startOfDay(text) { return start }
        if let unit = text.unicodeScalars.last, let length = Self.unitMilliseconds(unit),
            let count = Int64(text.dropLast()), count >= 0
        {
            let (span, overflow) = count.multipliedReportingOverflow(by: length)
            let (time, tooLong) = now.subtractingReportingOverflow(span)
            return overflow || tooLong ? .min : time
        }
        throw ClientError(
            .usage,
            "time.unknown",
            "'--\(option)' takes a time such as 2h, 3d, yesterday, 2026-11-23 or "
                + "2026-11-23T14:05:00+01:00, not '\(text)'."
        )
    }

    private static func unitMilliseconds(_ unit: Unicode.Scalar) -> Int64? {
        switch unit {
        case "s": 1000
        case "m": 60_000
        case "h": 3_600_000
        case "d": 86_400_000
        case "w": 604_800_000
        default: nil
        }
    }

    /// When a day begins on this machine's wall.
    private func startOfDay(_ text: String) -> Int64? {
        guard let start = RFC3339.milliseconds(of: text + "T00:00:00Z") else { return nil }
        // The offset of about that time, then that of the time found with it.
        let guess = start - Int64(clockOffsetSeconds(start)) * 1000
        return start - Int64(clockOffsetSeconds(guess)) * 1000
    }
}
