import Membership
import SyncProtocol

/// Runs that came one after the other and are stored in one transaction: each costs a wait for the
/// disk, however small the runs.
struct GatheredRuns {
    private(set) var items: [RunItem] = []
    /// The runs gathered.
    private(set) var count = 0
    /// Where the last leads.
    private(set) var cursor: Cursor?
    private var byteCount = 0

    private static let itemCountMax = 8_192
    private static let byteCountMax = 4 * 1_024 * 1_024

    var isEmpty: Bool { count == 0 }

    /// Whether no more is to be gathered: memory is bounded, and other writers wait.
    var isFull: Bool { items.count >= Self.itemCountMax || byteCount >= Self.byteCountMax }

    mutating func append(_ run: [RunItem], upTo cursor: Cursor) {
        for case .entry(let entry) in run {
            byteCount += entry.changeSet.bytes.count + (entry.body?.count ?? 0)
        }
        if items.isEmpty { items = run } else { items += run }
        count += 1
        self.cursor = cursor
    }
}
