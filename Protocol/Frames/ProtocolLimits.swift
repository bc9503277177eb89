import ArticleModel

/// What a peer may send at most, and how much one sends at a time.
public enum ProtocolLimits {
    /// The version of the protocol spoken here.
    public static let version: UInt64 = 0
    /// The versions of the protocol that can be spoken here.
    public static let versions = version...version
    /// The bits of features that are known here; none is defined yet.
    public static let features: UInt64 = 0
    /// The bits of features that both sides have to know: those from 32 on.
    public static let requiredFeatures: UInt64 = ~0xFFFF_FFFF
    /// Keys of HELLO and WELCOME from this on may be skipped by those who do not know them.
    public static let optionalKeyMin: UInt64 = 128
    /// Bytes of a frame on the wire without its length, and of its payload before compression.
    public static let frameSizeMax = 1024 * 1024
    /// The greatest stream number.
    public static let streamMax: UInt64 = UInt64(UInt32.max)
    /// Payloads from this size on are compressed, where that makes them smaller.
    public static let compressionSizeMin = 200
    /// The first runs are closed when their entries come to this many bytes before compression;
    /// later ones by how well these were compressed.
    public static let runSizeTarget = 512 * 1024
    /// The bytes of entries that a run is closed at, however well they are compressed.
    public static let runSizeTargetMax = 896 * 1024
    /// A run of several entries whose frame is larger than this is halved.
    public static let runWireSizeMax = 256 * 1024
    /// Credit from which on a run or a piece is prepared: every one of them fits it.
    public static let sendCreditMin: UInt64 = 288 * 1024
    /// Entries in a run.
    public static let runEntryCountMax = 1024
    /// A body above this size does not travel in its run but after it, in pieces of this size.
    public static let inlineBodySizeMax = 256 * 1024
    /// Membership records in a message.
    public static let recordCountMax = 1024
    /// Bytes of a membership record, signature included, or of a receipt.
    public static let recordSizeMax = 17 * 1024
    /// Bytes of the text of an error, and of a claim code.
    public static let textSizeMax = 400
    /// The bytes a peer may have under way to this side: never less than a frame with its head.
    public static let window: UInt64 = 4 * 1024 * 1024
    /// The most credit a peer is believed to grant.
    ///
    /// What is sent to a peer that does not read is held in memory up to this.
    public static let creditMax: UInt64 = 4 * window
    /// The longest interval of heartbeats.
    public static let heartbeatMillisecondsMax: UInt64 = 600_000
    /// The interval of heartbeats until the hub has named one.
    public static let heartbeatMillisecondsDefault: UInt64 = 60_000
    /// A peer that is silent for so many intervals is given up.
    public static let silentIntervalCountMax: Int64 = 3
    /// Messages in a row that lead nowhere.
    public static let fruitlessMessageCountMax = 4096
    /// Ranges, chains or entries named in one message of a comparison.
    public static let rangeCountMax = 4_096
    /// Ranges that a comparison has open at a time; what would be more is named item by item.
    public static let openRangeCountMax = 16 * rangeCountMax
    /// Items that a side names in one session; what is more waits for the next one.
    public static let comparedItemCountMax = 65_536
    /// Bytes of a frame from a peer that has not been welcomed yet: room for a HELLO.
    public static let firstFrameSizeMax = 4 * 1024
}

extension ProtocolLimits {
    /// Refuses features that are required and not known here; others have no effect.
    static func checkFeatures(_ features: UInt64) throws(ProtocolError) {
        let unknown = features & requiredFeatures & ~Self.features
        guard unknown == 0 else {
            throw ProtocolError(
                .version,
                "The peer requires what is not known here (features \(String(unknown, radix: 16)));"
                    + " update the older of the two."
            )
        }
    }
}
