import ArticleModel
import SyncProtocol
import TestSupport
import Testing

/// A side of a session of two clients, whose replica is a list of items.
private final class FakePeer {
    var session: PeerSession
    let items: [RangeItem]
    private(set) var lacking: [RangeItem] = []
    private(set) var failure: ProtocolError?
    private(set) var isFinished = false
    private let membership: Mark

    init(_ sample: Sample, _ items: [RangeItem], role: PeerSession.Role, salt: [UInt8]) {
        self.items = items
        membership = Mark(position: 0, prefix: [UInt8](repeating: 1, count: 16))
        var start = PeerSession.Start(
            library: sample.library,
            cursor: Cursor(library: sample.library).mark,
            salt: salt
        )
        start.membership = membership
        session = PeerSession(start, role: role)
    }

    func perform(_ actions: [PeerSession.Action]) throws -> [[UInt8]] {
        var sent: [[UInt8]] = []
        var todo = Array(actions.reversed())
        while let action = todo.popLast() {
            switch action {
            case .send(let bytes): sent.append(bytes)
            case .open:
                let next = session.opened(
                    membership: membership,
                    membershipAtPeer: membership.prefix
                )
                todo += next.reversed()
            case .findRecord: todo += session.recordFound(prefix: membership.prefix).reversed()
            case .takeRecords: todo += session.recordsTaken(head: membership).reversed()
            case .readRecords: todo += session.recordsRead([]).reversed()
            case .beginComparing(_, let salt):
                let answer = try RangeAnswer(beginningWith: SortedItems(items, salt: salt))
                todo += session.compared(answer).reversed()
            case .compare(let parts, _, let salt):
                let answer = try RangeAnswer(to: parts, from: SortedItems(items, salt: salt))
                todo += session.compared(answer).reversed()
            case .locate(let lacking, _):
                self.lacking = lacking
                todo += session.located([]).reversed()
            case .prepare, .refused: break
            case .readWanted: todo += session.wantedRead([], isLast: true).reversed()
            case .take: todo += session.taken(storedCount: 0, faults: []).reversed()
            case .finish: isFinished = true
            case .fail(let error): failure = error
            }
        }
        return sent
    }

    var isOver: Bool { isFinished || failure != nil }
}

@Suite("A session of two clients")
struct PeerSessionTests {
    private let sample: Sample

    init() throws { sample = try Sample() }

    private func items(_ count: Int, _ random: inout SeededRandom) throws -> [RangeItem] {
        try (0..<count).map { _ in
            RangeItem(
                chain: try #require(ChainID(random.bytes(16))),
                sequence: UInt64(random.below(100)),
                id: random.bytes(16)
            )
        }
    }

    /// Runs a session in which what `alter` says becomes of each frame; gives how many frames went.
    private func run(
        _ one: FakePeer,
        _ other: FakePeer,
        alter: (Int, [UInt8]) -> [[UInt8]] = { [$1] }
    ) throws -> Int {
        var count = 0
        var toOtherDecoder = FrameDecoder()
        var toOneDecoder = FrameDecoder()
        var toOther = try one.perform(one.session.open())
        var toOne: [[UInt8]] = []
        while !toOther.isEmpty || !toOne.isEmpty {
            try #require(count < 1_000, "The session goes round in circles.")
            for frame in toOther {
                count += 1
                for altered in alter(count, frame) { toOtherDecoder.append(altered) }
                while let next = try toOtherDecoder.next() {
                    toOne += try other.perform(other.session.receive(next))
                }
            }
            toOther = []
            for frame in toOne {
                count += 1
                for altered in alter(count, frame) { toOneDecoder.append(altered) }
                while let next = try toOneDecoder.next() {
                    toOther += try one.perform(one.session.receive(next))
                }
            }
            toOne = []
        }
        return count
    }

    private func pair(_ random: inout SeededRandom) throws -> (FakePeer, FakePeer, [RangeItem]) {
        let common = try items(600, &random)
        let here = try items(5, &random)
        let there = try items(40, &random)
        return (
            FakePeer(sample, common + here, role: .calls, salt: random.bytes(16)),
            FakePeer(sample, common + there, role: .answers, salt: []), here + there
        )
    }

    @Test("finds what each side lacks and ends")
    func whole() throws {
        var random = SeededRandom(seed: 1)
        let (one, other, different) = try pair(&random)
        _ = try run(one, other)
        #expect(one.isFinished && other.isFinished)
        #expect(Set(one.lacking + other.lacking) == Set(different))
    }

    @Test("does not go on, and does not go round, when a message is lost")
    func loss() throws {
        var random = SeededRandom(seed: 2)
        let (one, other, _) = try pair(&random)
        let total = try run(one, other)
        for lost in 1...total {
            var random = SeededRandom(seed: 2)
            let (one, other, _) = try pair(&random)
            _ = try run(one, other) { number, frame in number == lost ? [] : [frame] }
            _ = try one.perform(one.session.connectionLost())
            _ = try other.perform(other.session.connectionLost())
            #expect(one.isOver && other.isOver)
            // At most the very last BYE may be missed by the one who has said its own.
            #expect(!(one.isFinished && other.isFinished))
        }
    }

    @Test("ends with an error when a message comes twice", arguments: 1...6)
    func duplicates(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (one, other, _) = try pair(&random)
        let total = try run(one, other)
        for doubled in 1...total {
            let (one, other, _) = try pair(&random)
            _ = try run(one, other) { number, frame in
                number == doubled ? [frame, frame] : [frame]
            }
            _ = try one.perform(one.session.connectionLost())
            _ = try other.perform(other.session.connectionLost())
            #expect(one.isOver && other.isOver)
        }
    }

    @Test("refuses turns that do not come nearer to the end")
    func noProgress() throws {
        var random = SeededRandom(seed: 4)
        let salt = random.bytes(16)
        let fingerprint = RangePart(.whole, .fingerprint(random.bytes(16)))
        let narrow = KeyRange(lower: [1], upper: [2])
        let wrong: [[RangePart]] = [
            // The same question again, a range twice, and one that was not asked about.
            [fingerprint],
            [RangePart(narrow, .fingerprint(salt)), RangePart(narrow, .fingerprint(salt))],
            [RangePart(.whole, .rest(try items(1, &random)))],
        ]
        for (number, parts) in wrong.enumerated() {
            let one = FakePeer(sample, try items(600, &random), role: .calls, salt: salt)
            let other = FakePeer(sample, try items(600, &random), role: .answers, salt: [])
            let hello = try one.perform(one.session.open())
            var decoder = FrameDecoder()
            hello.forEach { decoder.append($0) }
            var welcome: [[UInt8]] = []
            while let frame = try decoder.next() {
                welcome += try other.perform(other.session.receive(frame))
            }
            var encoder = FrameEncoder(stream: 0)
            let message = Ranges(
                level: .frontier,
                round: 2,
                salt: nil,
                parts: parts,
                isContinued: false
            )
            welcome.append(
                encoder.encode(
                    type: MessageType.ranges.rawValue,
                    payload: Message.ranges(message).encoded()
                )
            )
            var back = FrameDecoder()
            welcome.forEach { back.append($0) }
            while let frame = try? back.next() {
                _ = try one.perform(one.session.receive(frame))
            }
            #expect(one.failure?.code == .badFrame, "case \(number)")
        }
    }
}
