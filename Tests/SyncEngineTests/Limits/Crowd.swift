import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import Testing

/// Any number of raw connections to a hub, served as a server does: what the hub sends is counted as
/// unsent until somebody reads, and nothing is read from those the hub does not want to hear.
final class Crowd {
    let engine: HubEngine
    private(set) var unsent: [UInt64: Int] = [:]
    private(set) var faults: [UInt64: ProtocolError] = [:]
    private(set) var closed: Set<UInt64> = []
    private var decoders: [UInt64: FrameBox] = [:]

    private final class FrameBox { var decoder = FrameDecoder() }

    init(_ engine: HubEngine) { self.engine = engine }

    func connect(_ number: UInt64, _ device: DeviceKey) {
        engine.connect(number, device: device)
        unsent[number] = 0
    }

    /// Sends bytes in pieces as TLS would hand them in; false where the hub stopped reading, which
    /// leaves the rest with the peer.
    @discardableResult
    func send(_ bytes: [UInt8], from number: UInt64) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard engine.mayRead(number), !closed.contains(number) else { return false }
            perform(engine.receive(rest.prefix(16_384), from: number))
            rest = rest.dropFirst(16_384)
        }
        return true
    }

    /// Takes all that waits to be sent to a connection.
    func read(_ number: UInt64) {
        unsent[number] = 0
        perform(engine.outgoing(0, to: number))
    }

    func perform(_ effects: [HubEngine.Effect]) {
        var todo = effects
        while !todo.isEmpty {
            var served: Set<UInt64> = []
            for effect in todo {
                switch effect {
                case .send(let bytes, let number):
                    unsent[number, default: 0] += bytes.count
                    served.insert(number)
                case .close(let number, let error):
                    closed.insert(number)
                    unsent[number] = nil
                    faults[number] = error
                case .grew: break
                }
            }
            todo = []
            for number in served.sorted() where !closed.contains(number) {
                todo += engine.outgoing(unsent[number] ?? 0, to: number)
            }
        }
    }

    /// What the hub holds by its own count; with what waits to be sent.
    var heldByteCount: Int { engine.countedByteCount }
}

/// What a client says, as bytes.
enum Said {
    static func hello(
        _ machine: Machine,
        stream: UInt64 = 0,
        credit: UInt64 = ProtocolLimits.creditMax,
        mode: Hello.Mode = .once
    ) -> [UInt8] {
        var hello = Hello(
            library: machine.replica.library,
            cursor: Cursor(library: machine.replica.library).mark
        )
        hello.credit = credit
        hello.mode = mode
        return frame(.hello(hello), stream: stream)
    }

    static func frame(_ message: Message, stream: UInt64 = 0) -> [UInt8] {
        var encoder = FrameEncoder(stream: stream)
        return encoder.encode(type: message.type.rawValue, payload: message.encoded())
    }
}
