import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Large bodies, whose pieces outlast a connection that is cut.
@Suite("Large bodies in pieces")
struct PieceTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
        try owner.sync()
    }

    /// Text that hardly compresses.
    private func noise(_ count: Int, seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        return String(
            decoding: random.bytes(count).map { 33 + $0 % 90 },
            as: UTF8.self
        )
    }

    /// What a cut may cost: a piece with its frame, greetings and acknowledgements.
    private static let costMax = 256 * 1024 + 2_000

    @Test("a client that is cut off anywhere goes on with the piece that was under way")
    func toTheClient() throws {
        let article = try owner.begin("Large", body: noise(3 * 1024 * 1024, seed: 1))
        try owner.sync()
        let whole = try ben.cloned("whole")
        let link = try world.connect(whole.device)
        try whole.sync(over: link)
        let size = link.receivedCount
        #expect(size > 2_000_000)
        var cuts = [
            1_000, 200_000, 260_000, 300_000, size / 2, size - 300_000, size - 400, size - 20,
        ]
        var random = SeededRandom(seed: 7)
        for _ in 0..<6 { cuts.append(random.below(size)) }
        for cut in cuts {
            let machine = try ben.cloned("cut at \(cut)")
            let first = try world.connect(machine.device)
            first.cutAfter = cut
            _ = try? machine.sync(over: first)
            let second = try world.connect(machine.device)
            try machine.sync(over: second)
            #expect(try machine.replica.hubHead() == whole.replica.hubHead())
            #expect(
                first.receivedCount + second.receivedCount <= size + Self.costMax,
                "cut at \(cut)"
            )
            #expect(try machine.replica.bodyPieces(from: world.hub).isEmpty)
        }
        #expect(try whole.replica.article(article) != nil)
    }

    @Test("a client that is cut off again and again comes to an end all the same")
    func manyCuts() throws {
        try owner.begin("Large", body: noise(2 * 1024 * 1024, seed: 2))
        try owner.sync()
        var count = 0
        var total = 0
        while try ben.replica.hubHead() != owner.replica.hubHead() {
            let link = try world.connect(ben.device)
            // A piece comes through each time, hardly more.
            link.cutAfter = 400_000
            _ = try? ben.sync(over: link)
            total += link.receivedCount
            count += 1
            try #require(count < 20)
        }
        #expect(count > 3)
        #expect(total < 4_000_000)
    }

    @Test("a hub that is cut off goes on with the piece that was under way")
    func toTheHub() throws {
        for (number, part) in [0.02, 0.2, 0.5, 0.8, 0.97, 0.9999].enumerated() {
            let text = noise(1_300_000, seed: UInt64(number) + 10)
            try owner.begin("Large \(number)", body: text)
            let first = try world.connect(owner.device)
            // The body goes in frames of three quarters of its size or so.
            first.cutAfterSending = Int(1_070_000 * part)
            _ = try? owner.sync(over: first)
            let second = try world.connect(owner.device)
            try owner.sync(over: second)
            #expect(first.sentCount + second.sentCount <= 1_100_000 + Self.costMax, "\(part)")
            #expect(try world.hubReplica().hubHead() == owner.replica.hubHead())
            #expect(try world.hubReplica().bodyPieces(from: owner.device).isEmpty)
        }
    }

    @Test("pieces of somebody's that are not what their hash says do no harm")
    func spoiled() throws {
        let article = try owner.begin("Large", body: noise(1024 * 1024, seed: 3))
        try owner.sync()
        let entry = try #require(
            try owner.replica.entries(sizeMax: .max).first { ($0.body?.count ?? 0) > 500_000 }
        )
        let hash = try #require(entry.signed.header.body?.hash).bytes
        let total = try #require(entry.body?.count)
        // Wrong from the first byte on.
        try ben.replica.keepPiece(
            ofBody: hash,
            at: 0,
            of: total,
            [UInt8](repeating: 1, count: 256 * 1024),
            from: world.hub
        )
        #expect(try ben.replica.bodyPieces(from: world.hub).count == 1)
        #expect(throws: SyncError.self) { try ben.sync() }
        #expect(try ben.replica.bodyPieces(from: world.hub).isEmpty)
        try ben.sync()
        #expect(try ben.replica.article(article) != nil)
        #expect(try ben.replica.hubHead() == owner.replica.hubHead())
    }

    @Test("no more is kept than four bodies and eight megabytes of a peer")
    func bounds() throws {
        let piece = [UInt8](repeating: 7, count: 256 * 1024)
        func keep(_ number: UInt8, _ offset: Int, of total: Int) throws {
            try ben.replica.keepPiece(
                ofBody: [UInt8](repeating: number, count: 32),
                at: offset,
                of: total,
                piece,
                from: world.hub
            )
        }
        for number in 0..<6 as Range<UInt8> { try keep(number, 0, of: 4_000_000) }
        #expect(try ben.replica.bodyPieces(from: world.hub).map { $0.hash[0] } == [2, 3, 4, 5])
        for step in 1..<15 {
            for number in [4, 5, 2] as [UInt8] {
                try keep(number, step * piece.count, of: 4_000_000)
            }
        }
        let kept = try ben.replica.bodyPieces(from: world.hub)
        #expect(kept.reduce(0) { $0 + $1.bytes.count } <= 8 * 1024 * 1024)
        #expect(Set(kept.map { $0.hash[0] }) == [2, 5])
        // What does not follow begins anew, or is passed over.
        try keep(5, 0, of: 4_000_000)
        #expect(try ben.replica.bodyPieces(from: world.hub).last?.bytes.count == piece.count)
        try keep(5, piece.count * 3, of: 4_000_000)
        #expect(try ben.replica.bodyPieces(from: world.hub).allSatisfy { $0.hash[0] != 5 })
        #expect(try ben.replica.bodyPieces(from: owner.device).isEmpty)
    }
}
