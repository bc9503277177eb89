/// How much of something is allowed: so much at once, and so much a second in the long run.
public struct Rate: Hashable, Sendable {
    /// What may be used at once by somebody who has used nothing for long.
    public let burst: Int64
    /// What comes back each second, at least one.
    public let perSecond: Int64

    /// Numbers beyond this are cut to it; so nothing overflows.
    private static let numberMax: Int64 = 1 << 48

    /// A rate; both numbers are made at least one.
    public init(burst: Int64, perSecond: Int64) {
        self.burst = min(max(1, burst), Self.numberMax)
        self.perSecond = min(max(1, perSecond), Self.numberMax)
    }
}

/// What somebody has left of a rate.
///
/// Whoever uses more than there is gets into debt, and has to wait until it is paid. Nothing here
/// reads a clock: times are milliseconds that do not go back, handed in.
public struct TokenBucket: Hashable, Sendable {
    /// What is there, in thousandths; below zero it is debt.
    private var level: Int64
    /// When `level` was right.
    private var time: Int64

    /// A bucket of somebody who has used nothing yet.
    public init(full rate: Rate, at now: Int64) {
        level = rate.burst * 1000
        time = now
    }

    /// Debt beyond this is forgiven; so nothing overflows.
    private static let debtMax: Int64 = -(1 << 60)

    /// Uses up `amount`, whether or not it is there.
    public mutating func spend(_ amount: Int64, of rate: Rate, at now: Int64) {
        refill(rate, at: now)
        let (cost, overflow) = max(0, amount).multipliedReportingOverflow(by: 1000)
        let (rest, isBelow) = level.subtractingReportingOverflow(overflow ? .max : cost)
        level = isBelow ? Self.debtMax : max(Self.debtMax, rest)
    }

    /// Milliseconds until there is no debt; 0 where there is none.
    public mutating func wait(of rate: Rate, at now: Int64) -> Int64 {
        refill(rate, at: now)
        return Self.time(for: -level, of: rate)
    }

    /// Milliseconds until nothing tells it from a new one.
    mutating func timeToFull(of rate: Rate, at now: Int64) -> Int64 {
        refill(rate, at: now)
        return Self.time(for: rate.burst * 1000 - level, of: rate)
    }

    private static func time(for missing: Int64, of rate: Rate) -> Int64 {
        guard missing > 0 else { return 0 }
        return (missing - 1) / rate.perSecond + 1
    }

    private mutating func refill(_ rate: Rate, at now: Int64) {
        // A clock that went back gives nothing and takes nothing.
        guard now > time else { return }
        let (elapsed, isLong) = now.subtractingReportingOverflow(time)
        time = now
        // What comes in so many milliseconds, in thousandths.
        let (gain, overflow) = elapsed.multipliedReportingOverflow(by: rate.perSecond)
        let full = rate.burst * 1000
        let (sum, isAbove) = level.addingReportingOverflow(gain)
        level = isLong || overflow || isAbove ? full : min(full, sum)
    }
}
