import ArticleModel
import SyncEngine
import SyncProtocol

/// A connection without a network, whose bytes can be recorded, cut off and altered.
final class Wire: Transport {
    enum Direction: Hashable, Sendable { case toHub, toClient }

    /// One frame on the wire, as it was sent.
    struct Sent: Sendable {
        let direction: Direction
        let bytes: [UInt8]
    }

    /// Every frame that was sent, in order.
    private(set) var recording: [Sent] = []
    private(set) var toHubCount = 0
    private(set) var toClientCount = 0
    /// Where the connection breaks.
    struct Cut: Sendable {
        /// The direction whose bytes are counted.
        let direction: Direction
        /// So many arrive.
        let after: Int
        /// Whether what is under way the other way is lost as well.
        let losesTheRest: Bool
    }

    var cut: Cut?
    /// The frame that is altered on its way, by its number in the recording, and the bit of it.
    var flip: (frame: Int, bit: Int)?

    /// Whether a PING and a CREDIT are put in after the greeting of each side: both are rare in a
    /// session that is short.
    var addsRareMessages = true

    private var engine: HubEngine?
    private var greeted: Set<Direction> = []
    private var isWelcomed = false
    private var number: HubEngine.ConnectionNumber = 0
    private var incoming: [UInt8] = []
    private var isClosed = false
    private var isCut = false

    struct Closed: Error {}

    func connect(_ engine: HubEngine, _ number: UInt64, _ device: DeviceKey) {
        self.engine = engine
        self.number = number
        engine.connect(number, device: device)
    }

    func disconnect() {
        engine?.disconnected(number)
        // What the hub was sent and has not written yet is still written.
        _ = engine?.flush()
        engine = nil
    }

    func send(_ bytes: [UInt8]) throws {
        guard !isCut, !isClosed else { throw Closed() }
        var bytes = pass(bytes, .toHub)
        if let cut, cut.direction == .toHub, toHubCount + bytes.count >= cut.after {
            bytes.removeLast(toHubCount + bytes.count - cut.after)
            isCut = true
        }
        toHubCount += bytes.count
        take(engine?.receive(bytes, from: number) ?? [])
    }

    func receive() throws -> [UInt8] {
        if isCut, cut?.losesTheRest == true { return [] }
        take(engine?.flush() ?? [])
        var bytes = incoming
        incoming = []
        if let cut, cut.direction == .toClient, toClientCount + bytes.count >= cut.after {
            bytes.removeLast(toClientCount + bytes.count - cut.after)
            isCut = true
        }
        toClientCount += bytes.count
        return bytes
    }

    private func take(_ effects: [HubEngine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes, number): incoming += pass(bytes, .toClient)
            case .close(number, _): isClosed = true
            case .send, .close, .grew: break
            }
        }
    }

    /// Notes the frames in `bytes`, which are whole, and alters one if that is asked for.
    private func pass(_ bytes: [UInt8], _ direction: Direction) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            var frame = Array(rest.prefix(4 + length))
            rest = rest.dropFirst(frame.count)
            recording.append(Sent(direction: direction, bytes: frame))
            if let flip, flip.frame == recording.count - 1 {
                frame[flip.bit / 8] ^= 1 << UInt8(flip.bit % 8)
            }
            result += frame
            let isWelcome = frame.count > 4 && frame[4] == MessageType.welcome.rawValue
            if addsRareMessages, isWelcome || (direction == .toHub && isWelcomed),
                greeted.insert(direction).inserted
            {
                isWelcomed = true
                result += pass(Self.rareMessages, direction)
            }
        }
        return result
    }

    private static let rareMessages: [UInt8] = {
        var encoder = FrameEncoder(stream: 0)
        return encoder.encode(
            type: MessageType.ping.rawValue,
            payload: Message.ping(7).encoded()
        )
            + encoder.encode(
                type: MessageType.credit.rawValue,
                payload: Message.credit(1000).encoded()
            )
    }()
}
