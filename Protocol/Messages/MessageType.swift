/// What a frame holds.
public enum MessageType: UInt8, CaseIterable, Hashable, Sendable {
    /// The client opens a stream: who it is and what it has.
    case hello = 1
    /// The hub's answer: what it has, and what follows.
    case welcome = 2
    /// Records of the membership log.
    case members = 3
    /// Consecutive entries.
    case run = 4
    /// What was taken and is durable.
    case acknowledgement = 5
    /// How much more may be sent.
    case credit = 6
    /// Places in the hub's log, to find where two logs part.
    case probe = 7
    /// What one side has, in ranges.
    case ranges = 8
    /// What one side lacks.
    case want = 9
    /// A piece of a large body.
    case blob = 10
    /// Is the peer there?
    case ping = 11
    /// It is.
    case pong = 12
    /// The end, with nothing left to say.
    case bye = 13
    /// Something is wrong.
    case error = 14
}
