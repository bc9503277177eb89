import ArticleModel
import Membership
import Signing
import SyncProtocol
import TestSupport
import Testing

@Suite("Bundles as bytes")
struct BundleTests {
    private let sample: Sample
    private let chains: [Sample.Chain]

    init() throws {
        sample = try Sample()
        var first = try Sample.Chain(sample, seed: 1)
        var second = try Sample.Chain(sample, seed: 2)
        let one = try first.append()
        try second.append(after: [one])
        chains = [first, second]
    }

    private var entries: [Entry] { chains.flatMap(\.entries) }

    private func header(_ entries: [Entry], records: Int) throws -> BundleHeader {
        let heads = chains.compactMap(\.entries.last).map {
            ChainPosition(chain: $0.header.chain, sequence: $0.header.sequence, id: $0.id)
        }
        let membership = Mark(position: 1, prefix: [UInt8](repeating: 3, count: 16))
        return BundleHeader(
            library: sample.library,
            author: try DeviceKey(chains[0].key.publicKey),
            timeMilliseconds: 1_700_000_000_000,
            entryCount: UInt64(entries.count),
            recordCount: UInt64(records),
            base: BundleFrontier(heads: [heads[0]], membership: membership),
            frontier: BundleFrontier(heads: heads, membership: membership)
        )
    }

    private func bundle(_ entries: [Entry], _ records: [Members.Record]) throws -> [UInt8] {
        var writer = BundleWriter(try header(entries, records: records.count))
        var bytes = try writer.start()
        bytes += writer.records(records)
        bytes += writer.entries(entries)
        return bytes + writer.end(signedBy: chains[0].key)
    }

    private struct Contents: Equatable {
        var header: BundleHeader?
        var records: [Members.Record] = []
        var entries: [Entry] = []
        var hasEnded = false
    }

    /// Reads a bundle that comes in pieces of `size` bytes.
    private func read(
        _ bytes: [UInt8],
        pieces size: Int = 4096,
        _ depth: BundleReader.Depth = .contents
    ) throws -> Contents {
        var reader = BundleReader(depth)
        var contents = Contents()
        var rest = bytes[...]
        while true {
            while let part = try reader.next() {
                switch part {
                case .header(let header): contents.header = header
                case .records(let records): contents.records += records
                case .entries(let entries): contents.entries += entries
                case .end: contents.hasEnded = true
                }
            }
            if rest.isEmpty { break }
            reader.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        try reader.finish()
        return contents
    }

    private func code(_ bytes: [UInt8]) -> BundleError.Code? {
        do {
            _ = try read(bytes)
            return nil
        } catch {
            return (error as? BundleError)?.code
        }
    }

    @Test("are what is written and read today")
    func golden() throws {
        let bytes = try bundle(entries, [Sample.record(1), Sample.record(2)])
        let pinned = try GoldenVectors.load(
            "bundle.txt",
            made: [.init("a bundle of two records and the four entries of two chains", bytes)]
        )
        #expect(pinned.map(\.bytes) == [bytes])
        let contents = try read(try #require(pinned.first).bytes)
        #expect(contents.entries == entries)
        #expect(contents.records == [Sample.record(1), Sample.record(2)])
        #expect(contents.header == (try header(entries, records: 2)))
    }

    @Test("give back what went in, in whatever pieces they come", arguments: [1, 7, 100, 1 << 20])
    func pieces(size: Int) throws {
        let bytes = try bundle(entries, [Sample.record(1)])
        let contents = try read(bytes, pieces: size)
        #expect(contents.entries == entries)
        #expect(contents.records == [Sample.record(1)])
        #expect(contents.hasEnded)
        let looked = try read(bytes, pieces: size, .checks)
        #expect(looked.hasEnded)
        #expect(looked.entries.isEmpty)
    }

    @Test("hold large bodies, many entries and many records")
    func large() throws {
        var chain = chains[0]
        for _ in 0..<1500 { try chain.append(size: 20) }
        try chain.append(size: 700_000)
        try chain.append(size: 300_000)
        try chain.append(size: 10)
        let records = (0..<2500).map { Sample.record(UInt8($0 % 251)) }
        let bytes = try bundle(chain.entries, records)
        let contents = try read(bytes, pieces: 65_536)
        #expect(contents.entries == chain.entries)
        #expect(contents.records == records)
        #expect(contents.hasEnded)
    }

    @Test("may be empty")
    func empty() throws {
        let contents = try read(try bundle([], []))
        #expect(contents.hasEnded)
        #expect(contents.entries.isEmpty)
    }

    @Test("are refused wherever they end early, and with anything behind their end")
    func truncation() throws {
        let bytes = try bundle(entries, [Sample.record(1)])
        for count in bytes.indices {
            let found = code(Array(bytes[..<count]))
            #expect(found == .damaged || (count < 16 && found == .notABundle), "\(count) bytes")
        }
        #expect(code(bytes + [0]) == .damaged)
        #expect(code(bytes + bytes) == .damaged)
    }

    @Test("are refused with any bit turned, whether their contents are read or not")
    func flips() throws {
        let bytes = try bundle(entries, [Sample.record(1)])
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                #expect(throws: BundleError.self, "byte \(index)") { try read(damaged) }
                #expect(throws: BundleError.self, "byte \(index)") { try read(damaged, .checks) }
            }
        }
    }

    @Test("say where the damage is")
    func place() throws {
        let bytes = try bundle(entries, [Sample.record(1)])
        var damaged = bytes
        damaged[bytes.count - 70] ^= 1
        do {
            _ = try read(damaged)
            Issue.record("it was taken")
        } catch let error as BundleError {
            #expect(error.message.contains("at byte \(bytes.count - 64 - 32 - 7)"))
        }
    }

    @Test("are refused where their author did not sign them")
    func otherAuthor() throws {
        var writer = BundleWriter(try header([], records: 0))
        let bytes = try writer.start() + writer.records([]) + writer.end(signedBy: chains[1].key)
        #expect(code(bytes) == .damaged)
    }

    @Test("are refused with another count than their header's, however well they are signed")
    func counts() throws {
        // Made of two writers, each of which keeps its own word.
        let honest = try bundle(entries, [])
        let contents = try read(honest)
        #expect(contents.entries.count == 4)
        var header = try header(Array(entries.dropLast()), records: 0)
        header.entryCount = 3
        #expect(code(try forged(header, [.run(run(entries)), .bye])) == .damaged)
        header.entryCount = 5
        #expect(code(try forged(header, [.run(run(entries)), .bye])) == .damaged)
        header.entryCount = 4
        #expect(code(try forged(header, [.run(run(entries)), .bye])) == nil)
    }

    @Test("are refused with frames that do not belong there")
    func misplacedFrames() throws {
        var header = try header(entries, records: 1)
        let members = Message.members(Members(records: [Sample.record(1)]))
        let entries = Message.run(run(self.entries))
        let cursor = Cursor(library: sample.library)
        let positioned = Message.run(
            Run(firstPosition: 1, end: cursor.mark, items: self.entries.map(RunItem.entry))
        )
        #expect(code(try forged(header, [members, entries, .bye])) == nil)
        #expect(code(try forged(header, [entries, members, .bye])) == .damaged)
        #expect(code(try forged(header, [members, positioned, .bye])) == .damaged)
        #expect(code(try forged(header, [members, .ping(1), entries, .bye])) == .damaged)
        let continued = Message.members(
            Members(records: [Sample.record(1)], isContinued: true)
        )
        #expect(code(try forged(header, [continued, entries, .bye])) == .damaged)
        header.recordCount = 2
        #expect(code(try forged(header, [members, members, entries, .bye])) == .damaged)
        #expect(code(try forged(header, [continued, members, entries, .bye])) == nil)
        let piece = BlobPiece(
            hash: [UInt8](repeating: 7, count: 32),
            offset: 0,
            total: 10,
            bytes: [1]
        )
        #expect(
            code(try forged(header, [continued, members, entries, .blob(piece), .bye])) == .damaged
        )
    }

    @Test("are told apart from other files, and from those of newer versions")
    func magic() throws {
        #expect(code(Array("galley-bundle/1\n and more".utf8)) == .newerVersion)
        #expect(code(Array("galley-backup/0\n and more".utf8)) == .notABundle)
        #expect(code([]) == .notABundle)
    }

    private func run(_ entries: [Entry]) -> Run {
        Run(firstPosition: nil, end: nil, items: entries.map(RunItem.entry))
    }

    /// A bundle of any frames, with checks and signature as they should be.
    private func forged(_ header: BundleHeader, _ messages: [Message]) throws -> [UInt8] {
        var writer = BundleWriter(header)
        var bytes = try writer.start()
        var check = Array(bytes.suffix(32))
        var encoder = FrameEncoder(stream: 0)
        for message in messages {
            let frame = encoder.encode(type: message.type.rawValue, payload: message.encoded())
            check = SHA256.hash(check + frame)
            bytes += frame + check
        }
        let statement =
            [0x83, 0x6F] + Array("galley/1/bundle".utf8) + [0x58, 32] + sample.library.bytes
            + [0x58, 32] + check
        return bytes + chains[0].key.signature(for: statement)
    }
}
