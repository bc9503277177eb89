import ArticleModel
import SyncProtocol
import TestSupport
import Testing

@Suite("A subscriber that is slow to read")
final class SlowSubscriberTests {
    private let sample: Sample
    private let hub: FakeHub
    private var chain: Sample.Chain
    private var session = HubSession()
    private var encoder = FrameEncoder(stream: 0)
    private var sentCount = 0
    private var decoder = FrameDecoder()

    init() throws {
        sample = try Sample()
        hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
        chain = try Sample.Chain(sample, seed: 1)
    }

    /// Lets the hub have a message; gives the frames it sends.
    private func say(_ message: Message) throws -> [Frame] {
        var frames: [Frame] = []
        var client = FrameDecoder()
        client.append(encoder.encode(type: message.type.rawValue, payload: message.encoded()))
        while let frame = try client.next() {
            frames += try received(hub.perform(session.receive(frame), &session))
        }
        return frames
    }

    private func received(_ bytes: [[UInt8]]) throws -> [Frame] {
        for bytes in bytes { decoder.append(bytes) }
        var frames: [Frame] = []
        while let frame = try decoder.next() {
            frames.append(frame)
            if [4, 10].contains(frame.type) { sentCount += frame.wireSize }
        }
        return frames
    }

    private func greet() throws -> [Frame] {
        var hello = Hello(library: sample.library, cursor: Cursor(library: sample.library).mark)
        hello.membership = Sample.mark(of: hub.records)
        hello.mode = .live
        return try say(.hello(hello))
    }

    @Test("is sent what it gave credit for, and costs no more, however much is appended")
    func bounded() throws {
        for _ in 0..<80 { try chain.append(size: 100_000) }
        for entry in chain.entries { hub.append(entry) }
        var frames = try greet()
        #expect(sentCount <= Int(ProtocolLimits.window))
        #expect(sentCount > Int(ProtocolLimits.window) - 600_000)
        // Much more comes; for this client not even the log is read.
        let reads = hub.readCount
        let bytes = sentCount
        for _ in 0..<300 {
            hub.append(try chain.append(size: 40))
            frames += try received(
                hub.perform(session.advanced(head: hub.head, membership: nil), &session)
            )
        }
        #expect(hub.readCount == reads && sentCount == bytes)
        // When it has read, it gets what it lacks out of the log.
        var cursor = Cursor(library: sample.library)
        while cursor.position < hub.head.position {
            var freed: UInt64 = 0
            for frame in frames where frame.type == MessageType.run.rawValue {
                freed += UInt64(frame.wireSize)
                let run = try RunDecoder.decode(frame.payload, library: sample.library)
                #expect(run.firstPosition == cursor.position + 1)
                for item in run.items { cursor = cursor.advanced(by: item.id) }
                #expect(run.end == cursor.mark)
            }
            guard cursor.position < hub.head.position else { break }
            #expect(freed > 0)
            frames = try say(.credit(freed))
        }
        #expect(cursor == hub.head)
    }

    @Test("gets a large body piece by piece as it reads, and each piece once")
    func largeBody() throws {
        for size in [3_000_000, 2_500_000] { try chain.append(size: size) }
        for entry in chain.entries { hub.append(entry) }
        var frames = try greet()
        var offsets: [Int] = []
        var runCount = 0
        while runCount < 3 {
            var freed: UInt64 = 0
            for frame in frames {
                guard let type = MessageType(rawValue: frame.type) else { continue }
                switch type {
                case .blob:
                    guard case .blob(let piece) = try Message(type: type, payload: frame.payload)
                    else { continue }
                    #expect(piece.offset == 0 || offsets.last == piece.offset - 262_144)
                    offsets.append(piece.offset)
                    freed += UInt64(frame.wireSize)
                case .run:
                    runCount += 1
                    freed += UInt64(frame.wireSize)
                default: continue
                }
            }
            guard runCount < 3 else { break }
            #expect(freed > 0)
            frames = try say(.credit(freed))
        }
        let expected = chain.entries.compactMap(\.body).reduce(0) {
            $0 + ($1.count + 262_143) / 262_144
        }
        #expect(offsets.count == expected)
    }
}

@Suite("A run on the wire")
struct RunSizeTests {
    @Test("is at most 256 KiB where it has several entries, both ways", arguments: [700, 20_000])
    func halved(size: Int) throws {
        let sample = try Sample()
        let hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
        // Letters at random take five bits of eight: 512 KiB of them more than 256 KiB.
        var theirs = try Sample.Chain(sample, seed: 1)
        var ours = try Sample.Chain(sample, seed: 2)
        for _ in 0..<(1_200_000 / size) {
            try theirs.append(size: size)
            try ours.append(size: size)
        }
        for entry in theirs.entries { hub.append(entry) }
        let replica = FakeReplica(library: sample.library)
        replica.records = hub.records
        for entry in ours.entries { replica.add(entry) }
        let pair = try SessionPair.run(replica, hub)
        _ = try #require(replica.outcome).get()
        #expect(replica.cursor == hub.head)
        #expect(pair.runSizes.count >= 6)
        #expect(pair.runSizes.allSatisfy { $0 <= 256 * 1024 })
        // No smaller than needed.
        #expect(pair.runSizes.max() ?? 0 > 128 * 1024)
    }
}
