/// What a hub grants those it serves.
public struct HubLimits: Hashable, Sendable {
    /// What one device may have stored in one library, as the author.
    public struct Quota: Hashable, Sendable {
        /// Change sets; nil for any number.
        public var entryCount: Int64?
        /// Bytes of headers and bodies, before compression; nil for any number.
        public var byteCount: Int64?

        /// A quota.
        public init(entryCount: Int64? = nil, byteCount: Int64? = nil) {
            self.entryCount = entryCount
            self.byteCount = byteCount
        }
    }

    /// Change sets one device may send; nil for as many as it likes.
    public var entries: Rate?
    /// Bytes one device may send, of whatever kind; nil for as many as it likes.
    public var bytes: Rate?
    /// Who is so far over a rate that waiting would take longer is refused; others are slowed down.
    public var slowedMilliseconds: Int64 = 20_000
    /// What one device may have stored in a library.
    public var quota = Quota()
    /// Bytes that connections may hold in memory together, those below ``floorByteCount`` not
    /// counted.
    public var heldByteCountMax = Int.max
    /// Bytes that one connection may hold.
    public var connectionByteCountMax = Int.max
    /// Bytes that every connection may hold without being counted.
    public var floorByteCount = 16 * 1024
    /// Unsent bytes of a connection from which on nothing more is read for it.
    public var outgoingByteCountHigh = Int.max
    /// Who holds memory for so long while there is too little is let go.
    public var holdingMilliseconds: Int64 = 10_000
    /// Time for a connection to say whose library it is about.
    public var greetingMilliseconds = Int64.max

    /// No limit on anything.
    public init() {}

    /// What never hinders an honest first upload of a hundred thousand articles, and bounds the
    /// rest.
    public static var usual: HubLimits {
        var limits = HubLimits()
        limits.entries = Rate(burst: 300_000, perSecond: 1000)
        limits.bytes = Rate(burst: 1 << 30, perSecond: 4 << 20)
        limits.heldByteCountMax = 256 << 20
        limits.greetingMilliseconds = 30_000
        // A large body on each of its streams.
        limits.connectionByteCountMax = 96 << 20
        limits.outgoingByteCountHigh = 1 << 20
        return limits
    }
}
