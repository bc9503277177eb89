import ArticleModel
public import Signing

/// Turns records and entries into the bytes of a bundle, part after part.
public struct BundleWriter: ~Copyable {
    private let header: BundleHeader
    private var encoder = FrameEncoder(stream: BundleFormat.stream)
    private var check: [UInt8] = []
    private var entryCount: UInt64 = 0
    private var recordCount: UInt64 = 0

    /// Begins the bundle that `header` describes.
    public init(_ header: BundleHeader) { self.header = header }

    /// The beginning of the file; to be asked for once, first.
    public mutating func start() throws(BundleError) -> [UInt8] {
        let encoded = header.encoded()
        guard encoded.count <= BundleFormat.headerSizeMax else {
            throw BundleError(
                .tooLarge,
                "The library has too many chains for a bundle. Sync over a network instead."
            )
        }
        var bytes = BundleFormat.magic
        for shift in [24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: encoded.count >> shift))
        }
        bytes += encoded
        check = SHA256.hash(bytes)
        return bytes + check
    }

    /// All membership records, in order; to be called before any entries, at most once.
    public mutating func records(_ records: [Members.Record]) -> [UInt8] {
        var bytes: [UInt8] = []
        var parts: [[Members.Record]] = []
        var size = 0
        for record in records {
            let recordSize = record.record.count + (record.receipt?.count ?? 0) + 16
            if parts.isEmpty || size + recordSize > ProtocolLimits.runSizeTarget
                || (parts.last?.count ?? 0) >= ProtocolLimits.recordCountMax
            {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(record)
            size += recordSize
        }
        for (index, part) in parts.enumerated() {
            let isContinued = index < parts.count - 1
            bytes += frame(.members(Members(records: part, isContinued: isContinued)))
        }
        recordCount += UInt64(records.count)
        return bytes
    }

    /// The next entries, in causal order.
    public mutating func entries(_ entries: [Entry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in RunSplitter.parts(of: entries.map(RunItem.entry)) {
            if let body = RunSplitter.largeBody(of: part) {
                var offset = 0
                while offset < body.bytes.count {
                    let piece = RunSplitter.piece(of: body, at: offset)
                    bytes += frame(.blob(piece))
                    offset += piece.bytes.count
                }
            }
            bytes += frame(.run(Run(firstPosition: nil, end: nil, items: part)))
        }
        entryCount += UInt64(entries.count)
        return bytes
    }

    /// The end of the file; `key` is that of the header's author.
    public mutating func end(signedBy key: PrivateKey) -> [UInt8] {
        precondition(entryCount == header.entryCount)
        precondition(recordCount == header.recordCount)
        let bye = frame(.bye)
        return bye + key.signature(for: BundleFormat.statement(header.library, check: check))
    }

    private mutating func frame(_ message: Message) -> [UInt8] {
        let frame = encoder.encode(type: message.type.rawValue, payload: message.encoded())
        check = BundleFormat.check(frame[...], after: check)
        return frame + check
    }
}
