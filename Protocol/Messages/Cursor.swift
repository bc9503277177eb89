public import ArticleModel
import Signing

/// A place in the hub's log: how many entries lie before and at it, and a hash over their ids.
///
/// The accumulator of position 0 is SHA-256 of the library's id, that of p is SHA-256 of the
/// accumulator of p - 1 and the id of entry p: equal cursors mean equal logs up to them.
public struct Cursor: Hashable, Sendable {
    /// The number of entries up to here; 0 before the first.
    public let position: UInt64
    /// The 32 bytes that stand for all of them in their order.
    public let accumulator: [UInt8]

    /// A cursor as it was stored.
    public init(position: UInt64, accumulator: [UInt8]) {
        self.position = position
        self.accumulator = accumulator
    }

    /// The cursor before the first entry of a library.
    public init(library: LibraryID) {
        position = 0
        accumulator = SHA256.hash(library.bytes)
    }

    /// The cursor after one more entry.
    public func advanced(by id: ChangeSetID) -> Cursor {
        var hash = SHA256()
        hash.update(accumulator)
        hash.update(id.bytes)
        return Cursor(position: position + 1, accumulator: hash.finalize())
    }

    /// What is said of it to a peer.
    public var mark: Mark { Mark(position: position, prefix: Array(accumulator.prefix(16))) }
}

/// A place in a sequence and the first 16 bytes of the hash that stands there.
public struct Mark: Hashable, Sendable {
    /// The place.
    public let position: UInt64
    /// The first 16 bytes of the accumulator or id.
    public let prefix: [UInt8]

    /// Names a place.
    public init(position: UInt64, prefix: [UInt8]) {
        self.position = position
        self.prefix = prefix
    }
}
