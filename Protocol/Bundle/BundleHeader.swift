public import ArticleModel
import CBOR

/// What a bundle says of itself.
public struct BundleHeader: Hashable, Sendable {
    /// The library whose entries it holds.
    public var library: LibraryID
    /// The device that made it.
    public var author: DeviceKey
    /// When it was made: milliseconds since 1970, by the clock there.
    public var timeMilliseconds: Int64
    /// Entries in it.
    public var entryCount: UInt64
    /// Membership records in it.
    public var recordCount: UInt64
    /// What its receiver is taken to have; nil where it goes from the beginning.
    public var base: BundleFrontier?
    /// What its maker has.
    public var frontier: BundleFrontier

    /// Describes a bundle.
    public init(
        library: LibraryID,
        author: DeviceKey,
        timeMilliseconds: Int64,
        entryCount: UInt64,
        recordCount: UInt64,
        base: BundleFrontier?,
        frontier: BundleFrontier
    ) {
        self.library = library
        self.author = author
        self.timeMilliseconds = timeMilliseconds
        self.entryCount = entryCount
        self.recordCount = recordCount
        self.base = base
        self.frontier = frontier
    }
}

extension BundleHeader {
    func encoded() -> [UInt8] {
        var writer = CBORWriter()
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.bytes(library.bytes)
        map.key(2, &writer)
        writer.bytes(author.bytes)
        map.key(3, &writer)
        writer.integer(timeMilliseconds)
        map.key(4, &writer)
        writer.unsigned(entryCount)
        map.key(5, &writer)
        writer.unsigned(recordCount)
        if let base {
            map.key(6, &writer)
            base.encode(to: &writer)
        }
        map.key(7, &writer)
        frontier.encode(to: &writer)
        map.end(&writer)
        return writer.bytes
    }

    init(decoding bytes: ArraySlice<UInt8>) throws(CBORError) {
        var reader = CBORReader(bytes)
        var map = try reader.integerMap()
        try map.require(1, &reader)
        library = try reader.identifier32()
        try map.require(2, &reader)
        author = try reader.identifier32()
        try map.require(3, &reader)
        timeMilliseconds = try reader.integer()
        try map.require(4, &reader)
        entryCount = try reader.unsigned(atMost: UInt64(Int64.max))
        try map.require(5, &reader)
        recordCount = try reader.unsigned(atMost: UInt64(Int64.max))
        base = try map.take(6, &reader) ? try BundleFrontier(from: &reader) : nil
        try map.require(7, &reader)
        frontier = try BundleFrontier(from: &reader)
        try map.end(&reader)
        try reader.finish()
    }
}
