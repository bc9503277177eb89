import ArticleModel
import Membership
import SyncProtocol
import TestSupport
import Testing

/// What a peer may do that knows no rules: nothing of it traps or is kept.
@Suite("A hostile peer")
struct HostilePeerTests {
    private let sample: Sample

    init() throws { sample = try Sample() }

    private func filledHub() throws -> FakeHub {
        let hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
        var chain = try Sample.Chain(sample, seed: 1)
        for _ in 0..<5 { try chain.append(size: 60) }
        for entry in chain.entries { hub.append(entry) }
        return hub
    }

    /// What a client with entries of its own sends in a session with that hub.
    private func recording() throws -> (toHub: [[UInt8]], toClient: [[UInt8]]) {
        let hub = try filledHub()
        let replica = try client()
        var session = ClientSession(replica.start())
        var server = HubSession()
        var recorded = (toHub: [[UInt8]](), toClient: [[UInt8]]())
        var hubDecoder = FrameDecoder()
        var clientDecoder = FrameDecoder()
        var pending = replica.perform(session.open(), &session)
        while !pending.isEmpty {
            recorded.toHub += pending
            var answers: [[UInt8]] = []
            for bytes in pending { hubDecoder.append(bytes) }
            while let frame = try hubDecoder.next() {
                answers += hub.perform(server.receive(frame), &server)
            }
            recorded.toClient += answers
            pending = []
            for bytes in answers { clientDecoder.append(bytes) }
            while let frame = try clientDecoder.next() {
                pending += replica.perform(session.receive(frame), &session)
            }
        }
        _ = try #require(replica.outcome).get()
        return recorded
    }

    private func client() throws -> FakeReplica {
        let replica = FakeReplica(library: sample.library)
        replica.records = [Sample.record(1)]
        var chain = try Sample.Chain(sample, seed: 2)
        try chain.append(size: 40)
        for entry in chain.entries { replica.add(entry) }
        return replica
    }

    @Test("that flips a bit of what it sends to the hub puts nothing false into its log")
    func flipsToTheHub() throws {
        let recorded = try recording().toHub
        let good = Set(try client().entries.keys)
        for (number, bytes) in recorded.enumerated() {
            for index in bytes.indices {
                let bit = UInt8(1) << UInt8((index * 5) % 8)
                let hub = try filledHub()
                let before = Set(hub.positions.keys)
                var server = HubSession()
                var decoder = FrameDecoder()
                for (other, original) in recorded.enumerated() {
                    var sent = original
                    if other == number { sent[index] ^= bit }
                    decoder.append(sent)
                }
                while let frame = try? decoder.next() {
                    _ = hub.perform(server.receive(frame), &server)
                }
                // The store behind the session verifies signatures; here ids stand in for that.
                let new = Set(hub.positions.keys).subtracting(before).subtracting(good)
                for id in new {
                    let entry = try #require(hub.log.first { $0.id == id })
                    let device = try #require(
                        hub.log.compactMap { $0.header.opening }.first {
                            $0.chain == entry.header.chain
                        }?.device ?? entry.header.opening?.device
                    )
                    #expect(throws: (any Error).self) { try entry.changeSet.verified(by: device) }
                }
            }
        }
    }

    @Test("that flips a bit of what it sends to a client leaves its cursor where it was, or right")
    func flipsToTheClient() throws {
        let recorded = try recording().toClient
        let hub = try filledHub()
        for (number, bytes) in recorded.enumerated() {
            for index in bytes.indices {
                let replica = try client()
                var session = ClientSession(replica.start())
                _ = replica.perform(session.open(), &session)
                var decoder = FrameDecoder()
                for (other, original) in recorded.enumerated() {
                    var sent = original
                    if other == number { sent[index] ^= UInt8(1) << UInt8((index * 3) % 8) }
                    decoder.append(sent)
                }
                while let frame = try? decoder.next() {
                    _ = replica.perform(session.receive(frame), &session)
                }
                // Whatever it took came in the hub's order, with the hub's ids.
                let position = Int(replica.cursor.position)
                if position <= hub.log.count {
                    #expect(replica.cursor == hub.cursors[position])
                }
            }
        }
    }

    @Test("that acknowledges what it was not sent is cut off")
    func unsentAcknowledged() throws {
        let hub = try filledHub()
        var server = HubSession()
        var encoder = FrameEncoder(stream: 0)
        var frames = FrameDecoder()
        var answers = FrameDecoder()
        let start = Cursor(library: sample.library).mark
        let said: [Message] = [
            .hello(Hello(library: sample.library, cursor: start)),
            .acknowledgement(.held(position: 99)),
        ]
        for message in said {
            frames.append(encoder.encode(type: message.type.rawValue, payload: message.encoded()))
        }
        while let frame = try frames.next() {
            for bytes in hub.perform(server.receive(frame), &server) { answers.append(bytes) }
        }
        var codes: [Fault.Code] = []
        while let frame = try answers.next() {
            guard let type = MessageType(rawValue: frame.type), type == .error,
                case .error(let fault) = try Message(type: type, payload: frame.payload)
            else { continue }
            codes.append(fault.code)
        }
        #expect(codes == [.badFrame])
    }

    @Test("that sends random messages gets errors", arguments: 1...4)
    func randomMessages(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<3000 {
            let hub = try filledHub()
            let replica = FakeReplica(library: sample.library)
            var server = HubSession()
            var session = ClientSession(replica.start())
            _ = replica.perform(session.open(), &session)
            for _ in 0..<4 {
                let type = random.pick(MessageType.allCases) ?? .hello
                let frame = Frame(
                    type: type.rawValue,
                    stream: 0,
                    payload: random.bytes(random.below(40)),
                    wireSize: 50
                )
                _ = hub.perform(server.receive(frame), &server)
                _ = replica.perform(session.receive(frame), &session)
            }
            #expect(hub.log.count == 6)
            #expect(replica.entries.isEmpty)
        }
    }

    @Test("that sends every message at every moment is answered or cut off")
    func messagesOutOfTurn() throws {
        let recorded = try recording()
        var frames: [Frame] = []
        for bytes in recorded.toHub + recorded.toClient {
            var decoder = FrameDecoder()
            decoder.append(bytes)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        for first in frames {
            for second in frames {
                for third in frames {
                    let hub = try filledHub()
                    let replica = FakeReplica(library: sample.library)
                    var server = HubSession()
                    var session = ClientSession(replica.start())
                    _ = replica.perform(session.open(), &session)
                    for frame in [first, second, third] {
                        _ = hub.perform(server.receive(frame), &server)
                        _ = replica.perform(session.receive(frame), &session)
                    }
                    #expect(hub.closing.count <= 1)
                }
            }
        }
    }

    @Test("that goes beyond its credit is cut off")
    func creditIsKept() throws {
        let hub = try filledHub()
        var server = HubSession()
        var decoder = FrameDecoder()
        decoder.append(try recording().toHub[0])
        let hello = try #require(try decoder.next())
        _ = hub.perform(server.receive(hello), &server)
        let piece = BlobPiece(
            hash: [UInt8](repeating: 1, count: 32),
            offset: 0,
            total: 4_000_000,
            bytes: [UInt8](repeating: 0, count: 1000)
        )
        let frame = Frame(
            type: MessageType.blob.rawValue,
            stream: 0,
            payload: Message.blob(piece).encoded(),
            wireSize: Int(ProtocolLimits.window) + 1
        )
        _ = hub.perform(server.receive(frame), &server)
        let error = try #require(hub.closing.first)
        #expect(error?.code == .badFrame)
        #expect(hub.log.count == 6)
    }
}
