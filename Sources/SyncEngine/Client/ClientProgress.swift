public import SyncProtocol

/// What a session with a hub has done since it was last said.
public struct ClientProgress: Hashable, Sendable {
    /// Entries that came from the hub and are durable here now.
    public internal(set) var receivedCount = 0
    /// Entries that are durable at the hub now.
    public internal(set) var sentCount = 0
    /// Membership records that came.
    public internal(set) var recordCount = 0
    /// Whether the hub had gone back in time, and is given again what it lost.
    public internal(set) var isHubRewound = false
    /// Chains that the hub does not take from an entry on.
    public internal(set) var faults: [Fault] = []
    /// Whether both sides have become level: nothing is under way either way, as far as is known.
    public internal(set) var isLevel = false
}

/// Bytes that go to the hub.
final class Outbox {
    private var bytes: [UInt8] = []
    /// Takes bytes before there are too many, where the driver can send in the middle of things.
    var drain: (([UInt8]) -> Void)?

    /// Bytes gathered before they are handed to `drain`.
    private static let sizeMax = 256 * 1024

    func append(_ new: [UInt8]) {
        bytes += new
        guard bytes.count > Self.sizeMax, let drain else { return }
        drain(take())
    }

    func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
