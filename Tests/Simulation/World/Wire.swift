import TestSupport

/// One direction of a connection: bytes in their order, as TCP carries them.
struct Pipe {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Whether the writer has closed its end: the reader hears of it after the last byte.
    var isEnded = false
    /// Whether the reader has heard that it is over, or hears nothing any more.
    var isDeaf = false

    var count: Int { bytes.count - start }
    /// Whether the reader has something to hear.
    var isDue: Bool { !isDeaf && (count > 0 || isEnded) }

    mutating func append(_ new: [UInt8]) {
        guard !isEnded, !isDeaf else { return }
        if start > 4096, start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += new
    }

    /// Takes the first `limit` bytes out.
    mutating func take(_ limit: Int) -> ArraySlice<UInt8> {
        let end = min(bytes.count, start + limit)
        defer {
            start = end
            if start == bytes.count {
                bytes = []
                start = 0
            }
        }
        return bytes[start..<end]
    }

    /// Loses what is under way after the first `kept` bytes, and the connection with it.
    mutating func cut(keeping kept: Int) {
        bytes.removeLast(max(0, count - kept))
        isEnded = true
    }
}

/// A connection between a client and the hub, or between two clients.
final class Wire {
    /// Who made it.
    let caller: Client
    /// The other client; nil for the hub.
    let peer: Client?
    let number: UInt64
    /// Towards the hub or peer, and back.
    var outward = Pipe()
    var inward = Pipe()
    /// Whether something happened to it, or to a machine at its ends, that may end its sessions.
    var isDisturbed = false
    /// Whether the hub shows the other log on it.
    var isDeceived = false
    /// Faults of the disks at its ends when it was made.
    var faultsBefore = 0

    init(_ number: UInt64, _ caller: Client, _ peer: Client?) {
        self.number = number
        self.caller = caller
        self.peer = peer
    }

    var isOver: Bool { !outward.isDue && !inward.isDue && outward.isDeaf && inward.isDeaf }

    var label: String { "\(caller.name)~\(peer?.name ?? "hub")#\(number)" }
}
