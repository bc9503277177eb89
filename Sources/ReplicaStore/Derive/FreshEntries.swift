import ArticleModel
import Membership

/// Entries that came and from which nothing is derived yet, as far as there is room: they need not be
/// read and unpacked again so soon.
struct FreshEntries {
    /// An entry as it came.
    struct Entry {
        let signed: SignedChangeSet
        let body: [UInt8]?
    }

    /// Bytes of bodies that are kept.
    private static let sizeMax = 64 * 1_024 * 1_024

    private var entries: [Int64: Entry] = [:]
    private var size = 0

    /// Keeps the entry that was stored in `row`, unless there is no room.
    mutating func keep(_ signed: SignedChangeSet, body: [UInt8]?, row: Int64) {
        let added = body?.count ?? 0
        guard size + added <= Self.sizeMax else { return }
        size += added
        entries[row] = Entry(signed: signed, body: body)
    }

    /// Hands out the entry in `row`, which is not kept any more.
    mutating func take(_ row: Int64) -> Entry? {
        guard let entry = entries.removeValue(forKey: row) else { return nil }
        size -= entry.body?.count ?? 0
        return entry
    }
}
