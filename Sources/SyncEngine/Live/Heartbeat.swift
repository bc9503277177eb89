import SyncProtocol

/// Watches whether the other end of a connection is still there, by the ticks of a clock.
///
/// The same on both sides. After an interval of silence it asks for a sign of life; each side that
/// hears the other's question has heard of it, so one question an interval is enough for both.
struct Heartbeat {
    /// What a tick leads to.
    enum Verdict: Equatable {
        case fine
        /// Ask for a sign of life by this number.
        case ask(UInt64)
        /// The peer was silent for too long: it is given up.
        case silent
    }

    /// Milliseconds of silence before a question; nil while nobody watches.
    var intervalMilliseconds: UInt64?
    private var hasHeard = false
    private var lastHeard: Int64?
    private var lastAsked: Int64?
    private var number: UInt64 = 0

    init(intervalMilliseconds: UInt64? = nil) {
        self.intervalMilliseconds = intervalMilliseconds
    }

    /// Notes that something came.
    mutating func heard() { hasHeard = true }

    /// Says what is to be done at `now`, in milliseconds of a clock that never goes back.
    mutating func tick(now: Int64) -> Verdict {
        guard let interval = intervalMilliseconds.map({ Int64(clamping: $0) }) else { return .fine }
        guard let last = lastHeard, !hasHeard else {
            hasHeard = false
            lastHeard = now
            lastAsked = nil
            return .fine
        }
        let silence = now &- last
        if silence >= interval &* ProtocolLimits.silentIntervalCountMax { return .silent }
        guard silence >= interval, now &- (lastAsked ?? last) >= interval else { return .fine }
        lastAsked = now
        number &+= 1
        return .ask(number)
    }
}
