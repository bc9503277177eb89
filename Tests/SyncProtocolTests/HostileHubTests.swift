import ArticleModel
import Compression
import Membership
import SyncProtocol
import TestSupport
import Testing

/// What a hub may make a client hold or do is bounded.
@Suite struct `A hub cannot` {
    private let sample: Sample

    init() throws { sample = try Sample() }

    /// A client with some entries of its own, greeted by a hub that has nothing.
    private func greeted(
        _ change: (inout Welcome) -> Void = { _ in }
    ) throws -> (FakeReplica, SessionBox) {
        let replica = FakeReplica(library: sample.library)
        replica.records = [Sample.record(1)]
        var chain = try Sample.Chain(sample, seed: 2)
        for _ in 0..<3 { try chain.append(size: 40) }
        for entry in chain.entries { replica.add(entry) }
        let box = SessionBox(replica)
        var welcome = Welcome(
            verdict: .behind,
            standing: .member,
            head: Mark(position: 900, prefix: [UInt8](repeating: 1, count: 16))
        )
        welcome.membership = Sample.mark(of: replica.records)
        change(&welcome)
        box.say(.welcome(welcome))
        return (replica, box)
    }

    /// A client's session and what it sent.
    private final class SessionBox {
        let replica: FakeReplica
        var session: ClientSession
        private(set) var sentByteCount = 0

        init(_ replica: FakeReplica) {
            self.replica = replica
            session = ClientSession(replica.start())
            take(replica.perform(session.open(), &session))
        }

        func say(_ message: Message, wireSize: Int? = nil) {
            let payload = message.encoded()
            let frame = Frame(
                type: message.type.rawValue,
                stream: 0,
                payload: payload,
                wireSize: wireSize ?? payload.count + 8
            )
            take(replica.perform(session.receive(frame), &session))
        }

        private func take(_ sent: [[UInt8]]) { for bytes in sent { sentByteCount += bytes.count } }

        var error: ProtocolError? {
            guard case .failure(let error)? = replica.outcome else { return nil }
            return error
        }
    }

    private static let someMark = Mark(position: 5, prefix: [UInt8](repeating: 2, count: 16))

    /// One of each kind that a hub may send after its greeting.
    private static let talk: [Message] = [
        .ping(1), .pong(1), .credit(0), .members(Members(records: [], isContinued: true)),
        .acknowledgement(.taken(positions: [], head: someMark)),
        .blob(
            BlobPiece(hash: [UInt8](repeating: 4, count: 32), offset: 0, total: 99, bytes: [1])
        ),
    ]

    @Test(arguments: talk)
    func `talk for ever without anything coming of it`(_ message: Message) throws {
        let (_, box) = try greeted()
        let before = box.sentByteCount
        var count = 0
        while box.error == nil, count < 100_000 {
            box.say(message)
            count += 1
        }
        #expect(count <= ProtocolLimits.fruitlessMessageCountMax + 1)
        #expect(box.error?.code == .badFrame)
        #expect(box.sentByteCount - before <= 20 * count + 500)
    }

    @Test func `give a client a run that does not lead where it says its log does`() throws {
        var chain = try Sample.Chain(sample, seed: 1)
        try chain.append(size: 30)
        let (_, box) = try greeted()
        let entry = try #require(chain.entries.first)
        let start = Cursor(library: sample.library)
        let prefix = [UInt8](repeating: 7, count: 16)
        let elsewhere = Mark(position: 1, prefix: prefix)
        box.say(.run(Run(firstPosition: 1, end: elsewhere, items: [.entry(entry)])))
        #expect(box.error?.code == .badFrame)
        #expect(box.replica.cursor == start)
    }

    @Test func `give a client pieces that do not make the body they are named by`() throws {
        let (_, box) = try greeted()
        let hash = [UInt8](repeating: 4, count: 32)
        box.say(.blob(BlobPiece(hash: hash, offset: 0, total: 3, bytes: [1, 2, 3])))
        #expect(box.error?.code == .badFrame)
    }

    @Test func `get more from a client than it gave credit for`() throws {
        let replica = FakeReplica(library: sample.library)
        replica.records = [Sample.record(1)]
        var chain = try Sample.Chain(sample, seed: 2)
        try chain.append(size: 2 << 20)
        for entry in chain.entries { replica.add(entry) }
        let box = SessionBox(replica)
        var welcome = Welcome(
            verdict: .current,
            standing: .member,
            head: Cursor(library: sample.library).mark
        )
        welcome.membership = Sample.mark(of: replica.records)
        welcome.credit = ProtocolLimits.sendCreditMin
        box.say(.welcome(welcome))
        #expect(box.sentByteCount > 100_000)
        #expect(box.sentByteCount <= Int(ProtocolLimits.sendCreditMin) + 500)
    }

    @Test func `but a session that goes on may be as long as it needs to be`() throws {
        var chain = try Sample.Chain(sample, seed: 1)
        for _ in 0..<2 { try chain.append(size: 30) }
        let (_, box) = try greeted()
        var cursor = Cursor(library: sample.library)
        for entry in chain.entries {
            for _ in 0..<(ProtocolLimits.fruitlessMessageCountMax - 1) { box.say(.ping(3)) }
            let position = cursor.position + 1
            cursor = cursor.advanced(by: entry.id)
            box.say(.run(Run(firstPosition: position, end: cursor.mark, items: [.entry(entry)])))
            #expect(box.replica.cursor == cursor)
        }
        // In a live session it is time that makes up for heartbeats.
        for _ in 0..<2 {
            for _ in 0..<(ProtocolLimits.fruitlessMessageCountMax - 1) { box.say(.pong(3)) }
            box.session.timePassed()
        }
        #expect(box.error == nil)
    }

    @Test(arguments: talk + [.bye, .acknowledgement(.taken(positions: [1], head: someMark))])
    func `say anything before its greeting, but an error`(_ message: Message) throws {
        switch message {
        case .ping, .pong, .credit, .bye: return
        default: break
        }
        let replica = FakeReplica(library: sample.library)
        replica.records = [Sample.record(1)]
        let box = SessionBox(replica)
        box.say(message)
        #expect(box.error?.code == .badFrame)
    }

    @Test func `greet twice, or as a client`() throws {
        let (_, box) = try greeted()
        box.say(
            .welcome(Welcome(verdict: .current, standing: .member, head: Self.someMark))
        )
        #expect(box.error?.code == .badFrame)
        let (_, other) = try greeted()
        other.say(.hello(Hello(library: sample.library, cursor: Self.someMark)))
        #expect(other.error?.code == .badFrame)
    }

    @Test func `complain of more than was sent to it`() throws {
        let (replica, box) = try greeted()
        let fault = Fault(
            .badEntry,
            .chain,
            text: String(repeating: "x", count: 400),
            chain: try #require(replica.chain).chain,
            sequence: 1
        )
        var count = 0
        while box.error == nil, count < 10_000 {
            box.say(.error(fault))
            count += 1
        }
        #expect(count == 5)
        #expect(replica.faults.count == 4)
        #expect(box.error?.code == .badFrame)
    }

    @Test func `acknowledge what was not sent, or positions beyond its log`() throws {
        let (_, box) = try greeted()
        box.say(.acknowledgement(.taken(positions: [1, 2, 3, 4, 5], head: Self.someMark)))
        #expect(box.error?.code == .badFrame)
        let (replica, other) = try greeted()
        other.say(.acknowledgement(.taken(positions: [UInt64(Int64.max)], head: Self.someMark)))
        #expect(other.error?.code == .badFrame)
        #expect(replica.positions.isEmpty)
    }

    @Test func `make a client wait for more by a greeting with monstrous numbers, but by silence`()
        throws
    {
        for position in [UInt64(Int64.max), UInt64(Int64.max) - 1, 1 << 40] {
            let (replica, box) = try greeted {
                $0.head = Mark(position: position, prefix: [UInt8](repeating: 9, count: 16))
                $0.chain = Mark(position: position, prefix: [UInt8](repeating: 9, count: 16))
                $0.membership = Mark(position: position, prefix: [UInt8](repeating: 9, count: 16))
                $0.credit = ProtocolLimits.creditMax
            }
            let before = box.sentByteCount
            #expect(before < 1000)
            for _ in 0..<50 { box.say(.credit(UInt64(Int64.max))) }
            box.say(.acknowledgement(.taken(positions: [], head: Self.someMark)))
            #expect(replica.cursor == Cursor(library: sample.library))
            #expect(box.sentByteCount - before < 2000)
        }
        var welcome = Welcome(verdict: .current, standing: .member, head: Self.someMark)
        welcome.credit = ProtocolLimits.creditMax + 1
        let (_, box) = try greeted { $0 = welcome }
        #expect(box.error?.code == .badFrame)
    }

    @Test func `send more than it has credit for`() throws {
        let (_, box) = try greeted()
        let piece = BlobPiece(
            hash: [UInt8](repeating: 4, count: 32),
            offset: 0,
            total: 4_000_000,
            bytes: [1]
        )
        box.say(.blob(piece), wireSize: Int(ProtocolLimits.window))
        #expect(box.error == nil)
        box.say(.blob(piece), wireSize: Int(ProtocolLimits.window) + 1)
        #expect(box.error?.code == .badFrame)
    }

    @Test func `make a client hold more large bodies than a run can have`() throws {
        let (_, box) = try greeted()
        let size = ProtocolLimits.inlineBodySizeMax
        var count = 0
        for body in 0..<10 as Range<UInt8> {
            for offset in stride(from: 0, to: 3_900_000, by: size) where box.error == nil {
                let piece = BlobPiece(
                    hash: [UInt8](repeating: body, count: 32),
                    offset: offset,
                    total: 4_100_000,
                    bytes: [UInt8](repeating: body, count: size)
                )
                box.say(.blob(piece), wireSize: 1000)
                count += 1
            }
        }
        // Each body that does not become whole is dropped for the next one, or all is too much.
        #expect(box.error == nil || box.error?.code == .tooLarge)
        #expect(count > 8)
    }

    /// A frame whose compressed payload says it is `declared` bytes and holds `content`.
    private func compressed(_ content: [UInt8], declared: Int) -> [UInt8] {
        var payload: [UInt8] = []
        var rest = UInt64(declared)
        while rest >= 0x80 {
            payload.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        payload.append(UInt8(rest))
        payload += Zstandard.compress(content)
        let length = payload.count + 3
        return [
            0, UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255),
            MessageType.run.rawValue, 1, 0,
        ] + payload
    }

    @Test func `blow a small frame up`() throws {
        let bomb = [UInt8](repeating: 0, count: 64 << 20)
        for declared in [64 << 20, 1 << 20, 10, 0] {
            let frame = compressed(bomb, declared: declared)
            #expect(frame.count < 100_000)
            var decoder = FrameDecoder()
            decoder.append(frame)
            let error = try #require(throws: ProtocolError.self) { try decoder.next() }
            #expect(error.code == (declared > 1 << 20 ? .tooLarge : .badFrame))
            #expect(decoder.heldByteCount == 0)
        }
        // What is within the limits is taken, however well it compresses.
        let fine = compressed([UInt8](repeating: 0, count: 1 << 20), declared: 1 << 20)
        var decoder = FrameDecoder()
        decoder.append(fine)
        #expect(try decoder.next()?.payload.count == 1 << 20)
        decoder.release()
        #expect(decoder.isBetweenFrames && decoder.heldByteCount == 0)
    }
}

/// A client that asks and asks is cut off by a hub too.
@Suite struct `A client cannot` {
    @Test func `talk for ever without anything coming of it`() throws {
        let sample = try Sample()
        let hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
        var server = HubSession()
        let hello = Hello(library: sample.library, cursor: Cursor(library: sample.library).mark)
        func say(_ message: Message) -> Int {
            let frame = Frame(
                type: message.type.rawValue,
                stream: 0,
                payload: message.encoded(),
                wireSize: 30
            )
            return hub.perform(server.receive(frame), &server).reduce(0) { $0 + $1.count }
        }
        _ = say(.hello(hello))
        var count = 0
        while hub.closing.isEmpty, count < 100_000 {
            _ = say(count % 2 == 0 ? .ping(1) : .members(Members(records: [], isContinued: true)))
            count += 1
        }
        #expect(count == ProtocolLimits.fruitlessMessageCountMax)
        #expect(hub.closing.first??.code == .badFrame)
    }
}
