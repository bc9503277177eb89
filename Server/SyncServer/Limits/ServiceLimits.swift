public import SyncEngine

/// What a hub's operator grants those who use it; `hub.conf` can change each.
public struct ServiceLimits: Hashable, Sendable {
    /// Connections at once.
    public var connectionCount = 10_000
    /// Connections at once from one address.
    public var addressConnectionCount = 2_000
    /// Connections at once of one device.
    public var deviceConnectionCount = 64
    /// Handshakes of one address.
    public var addressHandshakes: Rate? = Rate(burst: 2_000, perSecond: 50)
    /// Change sets of one device.
    public var deviceEntries = HubLimits.usual.entries
    /// Bytes one device may send.
    public var deviceBytes = HubLimits.usual.bytes
    /// Change sets a device may have stored in a library.
    public var storedEntries: Int64?
    /// Bytes a device may have stored in a library.
    public var storedBytes: Int64?
    /// Bytes held in memory for all connections together.
    public var memory = HubLimits.usual.heldByteCountMax

    /// The usual limits.
    public init() {}

    /// The part that the engine keeps to.
    var ofEngine: HubLimits {
        var limits = HubLimits.usual
        limits.entries = deviceEntries
        limits.bytes = deviceBytes
        limits.quota = HubLimits.Quota(entryCount: storedEntries, byteCount: storedBytes)
        limits.heldByteCountMax = memory
        return limits
    }
}
