/// How long to wait before the next try to connect: at random, up to a bound that doubles with
/// each failure (exponential backoff with full jitter).
///
/// Many clients that lost one hub at one moment come back spread over the whole span.
public struct Backoff: Hashable, Sendable {
    /// The bound after the first failure.
    public let firstMilliseconds: Int64
    /// The bound is never greater.
    public let boundMillisecondsMax: Int64
    /// Failures in a row.
    public private(set) var failureCount = 0

    /// Begins with the bound `first`, and never waits longer than `max` unless the hub asks for it.
    public init(firstMilliseconds: Int64 = 500, boundMillisecondsMax: Int64 = 60_000) {
        self.firstMilliseconds = firstMilliseconds
        self.boundMillisecondsMax = boundMillisecondsMax
    }

    /// The bound of the wait after the failures so far and one more.
    public var boundMilliseconds: Int64 {
        let doublings = min(failureCount, 40)
        let (bound, overflow) = firstMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? boundMillisecondsMax : min(bound, boundMillisecondsMax)
    }

    /// Notes a failure and says how long to wait.
    ///
    /// `retryAfterMilliseconds` is what the hub asked for at least.
    public mutating func failed(
        retryAfterMilliseconds: UInt64? = nil,
        using random: inout some RandomNumberGenerator
    ) -> Int64 {
        let wait = Int64.random(in: 0...max(0, boundMilliseconds), using: &random)
        failureCount += 1
        // What a hub asks for is believed within reason: it may be wrong, or hostile.
        let asked = min(retryAfterMilliseconds ?? 0, UInt64(Self.askedMillisecondsMax))
        return Int64(asked) + wait
    }

    /// Notes that a connection has proven good: the next failure is a first one.
    public mutating func succeeded() { failureCount = 0 }

    /// The longest wait a hub may ask for.
    public static let askedMillisecondsMax: Int64 = 3_600_000
}
