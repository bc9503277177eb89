import ArticleModel
public import SyncProtocol

/// What a hub keeps account of, to hold those it serves to its limits.
struct HubUsage {
    let limits: HubLimits
    /// Monotonic milliseconds, as last told.
    var time: Int64 = 0
    /// When sessions were told last that time has passed.
    var toldTime: Int64 = 0
    var memory: MemoryBudget
    /// Connections that are not read from until there is memory for what they send.
    var stopped: Set<HubEngine.ConnectionNumber> = []
    /// Connections whose streams wait for something to be read for them.
    var heldBack: Set<HubEngine.ConnectionNumber> = []
    /// Streams whose credit is withheld, as their device is over its rate.
    var slowed: [HubStream] = []
    /// What devices have stored, as far as it was asked for.
    var stored: [Stored: StoredAmount] = [:]
    var statistics = HubStatistics()

    private var entries: RateTable<DeviceKey>?
    private var bytes: RateTable<DeviceKey>?

    /// An author in a library.
    struct Stored: Hashable {
        let library: LibraryID
        let device: DeviceKey
    }

    /// What a device has stored.
    struct StoredAmount {
        var entryCount: Int64
        var byteCount: Int64
    }

    init(_ limits: HubLimits) {
        self.limits = limits
        memory = MemoryBudget(
            byteCountMax: limits.heldByteCountMax,
            floor: limits.floorByteCount
        )
        entries = limits.entries.map { RateTable($0) }
        bytes = limits.bytes.map { RateTable($0) }
    }

    /// Whether devices are held to any rate.
    var hasRates: Bool { entries != nil || bytes != nil }

    /// Notes what a device sent.
    mutating func charge(_ device: DeviceKey, byteCount: Int = 0, entryCount: Int = 0) {
        if byteCount > 0 { bytes?.spend(Int64(byteCount), by: device, at: time) }
        if entryCount > 0 { entries?.spend(Int64(entryCount), by: device, at: time) }
    }

    /// Milliseconds until a device is within its rates; 0 where it is.
    mutating func wait(of device: DeviceKey) -> Int64 {
        max(entries?.wait(of: device, at: time) ?? 0, bytes?.wait(of: device, at: time) ?? 0)
    }
}

/// What a hub has done and holds, in numbers.
public struct HubStatistics: Hashable, Sendable {
    /// Connections that are served.
    public internal(set) var connectionCount = 0
    /// Streams of them: sessions about one library.
    public internal(set) var sessionCount = 0
    /// Change sets stored since the hub was started.
    public internal(set) var entryCount: Int64 = 0
    /// Bytes received since then, without what TLS adds.
    public internal(set) var receivedByteCount: Int64 = 0
    /// Bytes sent since then.
    public internal(set) var sentByteCount: Int64 = 0
    /// Bytes of entries that wait to be written.
    public internal(set) var waitingByteCount = 0
    /// Bytes held for connections that hold more than a little.
    public internal(set) var heldByteCount = 0
    /// Sessions that wait for credit, as their device is over its rate.
    public internal(set) var slowedCount = 0
    /// Sessions ended by the hub, by the reason.
    public internal(set) var refusedCounts: [Fault.Code: Int64] = [:]
}
