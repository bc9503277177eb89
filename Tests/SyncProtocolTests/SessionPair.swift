import ArticleModel
import SyncProtocol

/// Two sessions joined back to back: bytes of the one are bytes to the other.
struct SessionPair {
    var sentByClient = 0
    var sentByHub = 0
    /// How often the direction changed, half a round trip each.
    var turns = 0
    /// The sizes of the runs of several entries on the wire.
    var runSizes: [Int] = []

    /// Runs a session to its end; `cutAfter` bytes from the hub the connection breaks.
    @discardableResult
    static func run(
        _ replica: FakeReplica,
        _ hub: FakeHub,
        _ purpose: ClientSession.Purpose = .sync,
        pieces: Int = 100_000,
        cutAfter: Int = .max
    ) throws -> SessionPair {
        var pair = SessionPair()
        var client = ClientSession(replica.start(purpose))
        var server = HubSession()
        var clientDecoder = FrameDecoder()
        var hubDecoder = FrameDecoder()
        var toHub = replica.perform(client.open(), &client).flatMap { $0 }
        var toClient: [UInt8] = []
        while !toHub.isEmpty || !toClient.isEmpty {
            if !toHub.isEmpty { pair.turns += 1 }
            pair.sentByClient += toHub.count
            for piece in parts(of: toHub, pieces) {
                hubDecoder.append(piece)
                while let frame = try hubDecoder.next() {
                    pair.note(frame, replica.library)
                    toClient += hub.perform(server.receive(frame), &server).flatMap { $0 }
                }
            }
            toHub = []
            if pair.sentByHub + toClient.count > cutAfter {
                toClient.removeLast(pair.sentByHub + toClient.count - cutAfter)
            }
            if !toClient.isEmpty { pair.turns += 1 }
            pair.sentByHub += toClient.count
            for piece in parts(of: toClient, pieces) {
                clientDecoder.append(piece)
                while let frame = try clientDecoder.next() {
                    pair.note(frame, replica.library)
                    toHub += replica.perform(client.receive(frame), &client).flatMap { $0 }
                }
            }
            toClient = []
            if pair.sentByHub >= cutAfter { toHub = [] }
        }
        _ = replica.perform(client.connectionLost(), &client)
        return pair
    }

    private mutating func note(_ frame: Frame, _ library: LibraryID) {
        guard frame.type == MessageType.run.rawValue,
            let run = try? RunDecoder.decode(frame.payload, library: library), run.items.count > 1
        else { return }
        runSizes.append(frame.wireSize)
    }

    private static func parts(of bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: size).map {
            bytes[$0..<min(bytes.count, $0 + size)]
        }
    }
}
