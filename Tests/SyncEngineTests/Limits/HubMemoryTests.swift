import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Whatever clients do, what a hub holds for them is bounded for each and for all together.
@Suite struct `A hub's memory is bounded under` {
    private static let budget = 8 << 20
    private static let high = 1 << 20
    /// A chunk that was read before its connection could be stopped, and the floor below it.
    private static let uncounted = 2 * 16_384

    private let world: World
    private let owner: Machine
    private let crowd: Crowd
    private let engine: HubEngine

    /// A hub whose log holds some megabytes that do not compress.
    init() throws {
        var limits = HubLimits.usual
        limits.entries = nil
        limits.bytes = nil
        limits.heldByteCountMax = Self.budget
        limits.outgoingByteCountHigh = Self.high
        world = try World(limits: limits)
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        for number in 0..<20 {
            let noise = world.random.bytes(150_000).hexadecimal
            try owner.begin("Noise \(number)", body: noise)
        }
        try owner.sync()
        engine = try #require(world.engine)
        crowd = Crowd(engine)
    }

    private func bound(_ connectionCount: Int, most: Int) -> Int {
        Self.budget + most + connectionCount * Self.uncounted
    }

    /// An honest client gets all it lacks, after as much time as the hub needs.
    private func expectService() throws {
        let other = try Machine(world, "other", library: owner.replica.library, key: owner.key)
        try other.sync()
        #expect(try other.replica.hubHead() == owner.replica.hubHead())
    }

    @Test func `clients that never read, on all their streams`() throws {
        for number in 1...60 as ClosedRange<UInt64> {
            crowd.connect(number, owner.device)
            for stream in 0..<16 as Range<UInt64> {
                crowd.send(Said.hello(owner, stream: stream), from: number)
            }
            let unsent = try #require(crowd.unsent[number])
            // One run, and the greetings, may come on top of what makes it full.
            #expect(unsent <= Self.high + 300_000 + 16 * 400, "\(number)")
            #expect(crowd.heldByteCount <= bound(60, most: Self.high + 400_000))
        }
        // Who does not read is let go in the end; who does gets everything.
        let reader: UInt64 = 1
        var taken = 0
        for _ in 0..<200 {
            taken += crowd.unsent[reader] ?? 0
            crowd.read(reader)
            crowd.perform(engine.tick(now: Int64(taken % 7)))
        }
        #expect(taken > 16 * 5_000_000 / 3, "\(taken)")
        for second in 1...100 as ClosedRange<Int64> {
            crowd.perform(engine.tick(now: second * 1000))
        }
        #expect(crowd.heldByteCount <= Self.budget)
        #expect(crowd.faults.values.allSatisfy { $0.code == .overloaded })
    }

    @Test func `clients that send the half of a frame of the largest size`() throws {
        var half = [UInt8](repeating: 0, count: 600_000)
        half.replaceSubrange(0..<4, with: [0, 0x10, 0, 0])
        for number in 1...200 as ClosedRange<UInt64> {
            crowd.connect(number, owner.device)
            crowd.send(Said.hello(owner), from: number)
            crowd.read(number)
            crowd.send(half, from: number)
            #expect(crowd.heldByteCount <= bound(200, most: 1 << 20))
        }
        for second in 1...40 as ClosedRange<Int64> {
            crowd.perform(engine.tick(now: second * 1000))
        }
        #expect(crowd.heldByteCount <= Self.budget + 200 * Self.uncounted)
        try expectService()
        // Those that were let go hear why, and when to come back.
        let fault = try #require(crowd.faults.values.first)
        #expect(fault.code == .overloaded)
    }

    @Test func `a client that sends the most of everything on all its streams`() throws {
        crowd.connect(1, owner.device)
        let piece = [UInt8](repeating: 7, count: ProtocolLimits.inlineBodySizeMax)
        let record = Members.Record(
            record: [UInt8](repeating: 9, count: ProtocolLimits.recordSizeMax),
            receipt: [UInt8](repeating: 9, count: ProtocolLimits.recordSizeMax)
        )
        for stream in 0..<16 as Range<UInt64> {
            crowd.send(Said.hello(owner, stream: stream, credit: 0), from: 1)
            for body in 0..<2 as Range<UInt8> {
                for offset in stride(from: 0, to: Limits.bodySizeMax - 1, by: piece.count) {
                    let blob = BlobPiece(
                        hash: [UInt8](repeating: body, count: 32),
                        offset: offset,
                        total: Limits.bodySizeMax,
                        bytes: offset + piece.count < Limits.bodySizeMax
                            ? piece : Array(piece.dropLast())
                    )
                    crowd.send(Said.frame(.blob(blob), stream: stream), from: 1)
                }
            }
            for _ in 0..<16 {
                let members = Members(
                    records: Array(repeating: record, count: 15),
                    isContinued: true
                )
                crowd.send(Said.frame(.members(members), stream: stream), from: 1)
            }
            #expect(crowd.heldByteCount <= (96 << 20) + (1 << 20))
        }
        #expect(crowd.closed.contains(1) || crowd.heldByteCount <= 96 << 20)
    }

    @Test func `a client that opens more streams than it may`() throws {
        crowd.connect(1, owner.device)
        for stream in 0...16 as ClosedRange<UInt64> {
            crowd.send(Said.hello(owner, stream: stream, credit: 0), from: 1)
        }
        #expect(crowd.faults[1]?.code == .tooLarge)
        #expect(crowd.heldByteCount == 0)
    }

    @Test func `thousands that have what there is, and wait`() throws {
        let head = try owner.replica.hubHead()
        var hello = Hello(
            library: owner.replica.library,
            cursor: Cursor(position: head.position, accumulator: head.accumulator).mark
        )
        let membership = try owner.replica.membership().head
        hello.membership = Mark(
            position: membership.sequence,
            prefix: Array(membership.id.bytes.prefix(16))
        )
        hello.mode = .live
        for number in 1...5000 as ClosedRange<UInt64> {
            crowd.connect(number, owner.device)
            crowd.send(Said.frame(.hello(hello)), from: number)
            crowd.read(number)
        }
        #expect(engine.statistics.connectionCount == 5000)
        #expect(crowd.heldByteCount == 0)
        #expect(crowd.closed.isEmpty)
    }

    @Test func `those who connect and say nothing, or not enough`() throws {
        for number in 1...100 as ClosedRange<UInt64> {
            crowd.connect(number, try DeviceKey(world.makeKey().publicKey))
            if number > 50 { crowd.send([0, 0, 0, 200, 1, 0, 0], from: number) }
        }
        crowd.perform(engine.tick(now: 29_000))
        #expect(crowd.closed.isEmpty)
        crowd.perform(engine.tick(now: 30_000))
        #expect(crowd.closed.count == 100)
        #expect(engine.statistics.connectionCount == 0)
        #expect(crowd.heldByteCount == 0)
    }

    @Test func `strangers, who get no memory for a large frame at all`() throws {
        crowd.connect(1, try DeviceKey(world.makeKey().publicKey))
        crowd.send([0, 0, 0x10, 0x01, 1, 0, 0], from: 1)
        #expect(crowd.faults[1]?.code == .tooLarge)
    }
}
