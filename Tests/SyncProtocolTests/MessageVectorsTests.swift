import ArticleModel
import Membership
import SyncProtocol
import TestSupport
import Testing

@Suite("The pinned messages")
struct MessageVectorsTests {
    private struct Golden {
        let description: String
        let message: Message
    }

    private let sample: Sample

    init() throws { sample = try Sample() }

    private func all() throws -> [Golden] {
        var hello = Hello(
            library: sample.library,
            cursor: Mark(position: 10_000, prefix: [UInt8](repeating: 1, count: 16))
        )
        hello.unsentCount = 3
        hello.chain = Hello.ChainHead(
            chain: try #require(ChainID([UInt8](repeating: 2, count: 16))),
            head: Mark(position: 700, prefix: [UInt8](repeating: 3, count: 16))
        )
        hello.membership = Mark(position: 5, prefix: [UInt8](repeating: 4, count: 16))
        var join = Hello(library: sample.library, cursor: Cursor(library: sample.library).mark)
        join.invitation = [UInt8](repeating: 5, count: 32)
        var register = Hello(
            library: sample.library,
            cursor: Cursor(library: sample.library).mark
        )
        register.claim = "k7dm-2q9x"
        var welcome = Welcome(verdict: .behind, standing: .member, head: hello.cursor)
        welcome.chain = Mark(position: 699, prefix: [UInt8](repeating: 6, count: 16))
        welcome.membership = hello.membership
        var forked = welcome
        forked.isChainForked = true
        let held = HeldBody(hash: [UInt8](repeating: 7, count: 32), byteCount: 262_144)
        var resumingHello = join
        resumingHello.invitation = nil
        resumingHello.heldBodies = [held]
        var resumingWelcome = Welcome(verdict: .current, standing: .member, head: join.cursor)
        resumingWelcome.heldBodies = [
            held, HeldBody(hash: [UInt8](repeating: 8, count: 32), byteCount: 1),
        ]
        let invited = Welcome(verdict: .current, standing: .invited, head: join.cursor)
        var live = hello
        live.mode = .live
        var staying = welcome
        staying.heartbeatMilliseconds = 38_417
        var peer = Hello(library: sample.library, cursor: hello.cursor)
        peer.mode = .peer
        peer.membership = hello.membership
        var comparing = peer
        comparing.mode = .once
        comparing.comparesFirst = true
        let piece = BlobPiece(
            hash: [UInt8](repeating: 7, count: 32),
            offset: 262_144,
            total: 262_150,
            bytes: [1, 2, 3, 4, 5, 6]
        )
        let fault = Fault(
            .role,
            .chain,
            text: "A reader may not edit; ask an admin for the role of editor.",
            chain: hello.chain?.chain,
            sequence: 701
        )
        let comparisons = try comparisons()
        return [
            Golden(description: "HELLO of a client that is behind", message: .hello(hello)),
            Golden(description: "HELLO of a device that joins", message: .hello(join)),
            Golden(description: "HELLO that registers a library", message: .hello(register)),
            Golden(description: "HELLO of a client to a client", message: .hello(peer)),
            Golden(description: "HELLO that asks to compare first", message: .hello(comparing)),
            Golden(description: "WELCOME to a client that is behind", message: .welcome(welcome)),
            Golden(description: "WELCOME to a device that joins", message: .welcome(invited)),
            Golden(description: "HELLO that begins a live session", message: .hello(live)),
            Golden(
                description: "WELCOME to a live session, with the heartbeats' interval",
                message: .welcome(staying)
            ),
            Golden(
                description: "WELCOME to a client whose chain has forked",
                message: .welcome(forked)
            ),
            Golden(
                description: "HELLO of a client that holds a piece of a large body",
                message: .hello(resumingHello)
            ),
            Golden(
                description: "WELCOME of a hub that holds pieces of two",
                message: .welcome(resumingWelcome)
            ),
            Golden(
                description: "MEMBERS with a receipt and without",
                message: .members(
                    Members(
                        records: [
                            Members.Record(record: [1, 2, 3], receipt: [4, 5]),
                            Members.Record(record: [6], receipt: nil),
                        ],
                        isContinued: true
                    )
                )
            ),
            Golden(
                description: "ACK of five entries, the third of which is not taken",
                message: .acknowledgement(
                    .taken(positions: [7, 8, 0, 9, 20], head: hello.cursor)
                )
            ),
            Golden(
                description: "ACK of a client",
                message: .acknowledgement(.held(position: 10_000))
            ),
            Golden(description: "CREDIT of two megabytes", message: .credit(2_097_152)),
            Golden(description: "BLOB, the last piece", message: .blob(piece)),
            Golden(
                description: "PROBE for the common past of two logs",
                message: .probe(
                    Probe(marks: [Cursor(library: sample.library).mark, hello.cursor])
                )
            ),
        ] + comparisons + [
            Golden(description: "PING", message: .ping(1)),
            Golden(description: "PONG", message: .pong(1)),
            Golden(description: "ERROR about a chain", message: .error(fault)),
            Golden(
                description: "ERROR to try again after",
                message: .error(
                    Fault(
                        .overloaded,
                        .retry,
                        text: "Too many clients; try again in 5 s.",
                        retryAfterMilliseconds: 5000
                    )
                )
            ),
        ]
    }

    private func comparisons() throws -> [Golden] {
        let salt = [UInt8](repeating: 8, count: 16)
        let items = try (0..<3).map { number in
            RangeItem(
                chain: try #require(ChainID([UInt8](repeating: 16 * UInt8(number), count: 16))),
                sequence: UInt64(number) * 300,
                id: [UInt8](repeating: 9, count: 16)
            )
        }
        let set = SortedItems(items, salt: salt)
        let first = try RangeAnswer(beginningWith: set)
        let fingerprints = [
            RangePart(KeyRange(lower: [], upper: [1]), .fingerprint(salt)),
            RangePart(KeyRange(lower: [5], upper: []), .items([items[2]])),
        ]
        let rest = RangePart(KeyRange(lower: [0x10], upper: [0x11]), .rest([items[1]]))
        let entry = try #require(try Sample.Chain(sample, seed: 1).entries.first)
        let wanted = WantedChain(
            chain: items[1].chain,
            heads: [items[1].mark],
            locators: [Mark(position: 0, prefix: salt), Mark(position: 200, prefix: salt)]
        )
        return [
            Golden(
                description: "RANGES, the first: all items",
                message: .ranges(
                    Ranges(
                        level: .frontier,
                        round: 1,
                        salt: salt,
                        parts: first.parts,
                        isContinued: false
                    )
                )
            ),
            Golden(
                description: "RANGES with a fingerprint, a gap, and items, to be continued",
                message: .ranges(
                    Ranges(
                        level: .frontier,
                        round: 2,
                        salt: nil,
                        parts: fingerprints,
                        isContinued: true
                    )
                )
            ),
            Golden(
                description: "RANGES with the rest of a range",
                message: .ranges(
                    Ranges(level: .frontier, round: 3, salt: nil, parts: [rest], isContinued: false)
                )
            ),
            Golden(
                description: "WANT of a chain's end",
                message: .want(Wants(turn: 3, chains: [wanted]))
            ),
            Golden(
                description: "WANT of an entry by name",
                message: .want(Wants(turn: 3, chains: [], ids: [entry.id]))
            ),
        ]
    }

    private func run() throws -> Run {
        var ours = try Sample.Chain(sample, seed: 1)
        var theirs = try Sample.Chain(sample, seed: 2)
        let first = try theirs.append(size: 12)
        try ours.append(size: 20, after: [first])
        try ours.append(size: 8, after: [first, theirs.entries[0]])
        let entries = theirs.entries + ours.entries
        var cursor = Cursor(library: sample.library)
        for entry in entries { cursor = cursor.advanced(by: entry.id) }
        return Run(
            firstPosition: 1,
            end: cursor.mark,
            items: [.held(entries[0].id)] + entries.dropFirst().map(RunItem.entry)
        )
    }

    @Test("are what is written and read today")
    func areUnchanged() throws {
        let goldens = try all()
        let made = goldens.map { GoldenVectors.Vector($0.description, $0.message.encoded()) }
        let run = try run()
        let pinned = try GoldenVectors.load(
            "messages.txt",
            made: made + [.init("RUN of two chains, the first entry by name", run.encoded())]
        )
        #expect(pinned.dropLast() == made[...])
        #expect(Message.bye.encoded().isEmpty)
        for (vector, golden) in zip(pinned, goldens) {
            let read = try Message(type: golden.message.type, payload: vector.bytes)
            // Messages hold what is not comparable as a whole; their bytes are.
            #expect(read.encoded() == vector.bytes)
        }
        let last = try #require(pinned.last)
        #expect(last.bytes == run.encoded())
        #expect(try RunDecoder.decode(last.bytes, library: sample.library) == run)
    }

    @Test("stay within their size")
    func sizes() throws {
        var encoder = FrameEncoder(stream: 0)
        for golden in try all() {
            let size = encoder.encode(
                type: golden.message.type.rawValue,
                payload: golden.message.encoded()
            ).count
            switch golden.message {
            case .hello: #expect(size <= 170)
            case .welcome: #expect(size <= 120)
            case .members, .run, .acknowledgement, .credit, .probe, .ranges, .want, .blob, .ping,
                .pong,
                .bye, .error:
                #expect(size <= 200)
            }
        }
    }

    @Test("with any byte changed, cut off or added are refused or have one form")
    func damage() throws {
        for golden in try all() {
            let bytes = golden.message.encoded()
            let type = golden.message.type
            for count in bytes.indices {
                #expect(throws: ProtocolError.self) {
                    try Message(type: type, payload: Array(bytes[..<count]))
                }
            }
            for index in bytes.indices {
                for value in UInt8.min...UInt8.max where value != bytes[index] {
                    var damaged = bytes
                    damaged[index] = value
                    guard let read = try? Message(type: type, payload: damaged) else { continue }
                    // An unknown error code is read as one; all else is written as it was read.
                    if case .error(let fault) = read, fault.code == .unknown { continue }
                    let written = read.encoded()
                    // A last key that became an optional one is left out.
                    if type == .hello || type == .welcome, damaged[0] == written[0] + 1,
                        damaged.dropFirst().starts(with: written.dropFirst())
                    {
                        continue
                    }
                    #expect(written == damaged, "\(golden.description), byte \(index)")
                }
            }
        }
    }
}
