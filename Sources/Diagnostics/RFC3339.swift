/// Times as people and logs write them: `2026-11-23T20:04:03.120Z`, always UTC when written.
public enum RFC3339 {
    /// The text of a time in milliseconds since 1970; a time beyond the year 9999 is shown at its
    /// bound.
    public static func text(ofMilliseconds milliseconds: Int64) -> String {
        let bounded = min(max(milliseconds, earliest), latest)
        let day = Int(floorDivide(bounded, 86_400_000))
        let rest = Int(bounded - Int64(day) * 86_400_000)
        guard let date = CivilDate(daysSince1970: day) else { return "" }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):"
            + "\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))Z"
    }

    /// The time a text names, in milliseconds since 1970, or nil where it is none.
    ///
    /// Takes any offset, `T`, `t` or one space between date and time, and any number of digits of
    /// a second, cut to milliseconds. A leap second counts as the second after it.
    public static func milliseconds(of text: String) -> Int64? {
        var reader = Reader(Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else { return nil }
        guard let hour = reader.number(2), hour < 24, reader.take(":"),
            let minute = reader.number(2), minute < 60, reader.take(":"),
            let second = reader.number(2), second <= 60
        else { return nil }
        var fraction = 0
        if reader.take(".") {
            guard let read = reader.fraction() else { return nil }
            fraction = read
        }
        guard let offset = reader.offsetMinutes(), reader.isAtEnd else { return nil }
        let minutes = Int64(date.daysSince1970) * 1440 + Int64(hour * 60 + minute - offset)
        return minutes * 60_000 + Int64(second) * 1000 + Int64(fraction)
    }

    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    private static let earliest: Int64 = -62_167_219_200_000
    private static let latest: Int64 = 253_402_300_799_999
}

/// Takes a text apart from left to right.
private struct Reader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    private mutating func digit() -> Int? {
        guard index < bytes.count, (0x30...0x39).contains(bytes[index]) else { return nil }
        defer { index += 1 }
        return Int(bytes[index]) - 0x30
    }

    mutating func number(_ digitCount: Int) -> Int? {
        var result = 0
        for _ in 0..<digitCount {
            guard let digit = digit() else { return nil }
            result = result * 10 + digit
        }
        return result
    }

    mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: letter) else { return false }
        index += 1
        return true
    }

    /// Milliseconds; at least one digit, those past the third are dropped.
    mutating func fraction() -> Int? {
        guard var result = digit() else { return nil }
        var count = 1
        while let next = digit() {
            if count < 3 { result = result * 10 + next }
            count += 1
        }
        while count < 3 {
            result *= 10
            count += 1
        }
        return result
    }

    mutating func offsetMinutes() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
