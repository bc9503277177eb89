import ArticleModel

/// What a peer may send at most, and how much one sends at a time.
public enum ProtocolLimits {
    /// The version of the protocol spoken here.
    public static let version: UInt64 = 0
    /// Bytes of a frame on the wire without its length, and of its payload before compression.
    public static let frameSizeMax = 1024 * 1024
    /// The greatest stream number.
    public static let streamMax: UInt64 = UInt64(UInt32.max)
    /// Payloads from this size on are compressed, where that makes them smaller.
    public static let compressionSizeMin = 200
    /// A run is closed when its entries come to this many bytes before compression.
    public static let runSizeTarget = 512 * 1024
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
    /// Bytes of a frame from a peer that has not been welcomed yet: room for a HELLO.
    public static let firstFrameSizeMax = 4 * 1024
}
