import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Whole sessions, frame by frame: what a stranger's implementation can be compared with.
///
/// Everything in them follows from seeds. Payloads are not compressed here, as what a compressor
/// makes of them is its own affair.
@Suite("The pinned sessions")
struct SessionVectorsTests {
    private struct Recording {
        let name: String
        let frames: [(isFromHub: Bool, frame: Frame)]

        var vectors: [GoldenVectors.Vector] {
            frames.enumerated().map { index, item in
                let (isFromHub, frame) = item
                let direction = isFromHub ? "hub → client" : "client → hub"
                let type = MessageType(rawValue: frame.type)?.name ?? "\(frame.type)"
                return GoldenVectors.Vector(
                    "\(name), \(index + 1): \(direction), \(type), stream \(frame.stream)",
                    Self.bytes(of: frame)
                )
            }
        }

        /// The frame as it is without compression.
        private static func bytes(of frame: Frame) -> [UInt8] {
            let length = 3 + frame.payload.count
            let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
            return head + [frame.type, 0, UInt8(frame.stream)] + frame.payload
        }
    }

    /// Follows the bytes between the two ends of a connection.
    private final class Recorder {
        private let world: World
        let link: LiveLink
        private var frames: [(isFromHub: Bool, frame: Frame)] = []
        private var fromClient = FrameDecoder()
        private var fromHub = FrameDecoder()

        init(_ world: World, _ machine: Machine, isLive: Bool = false) throws {
            self.world = world
            var options = ClientEngine.Options()
            options.isLive = isLive
            link = try world.connectLive(machine.device, options)
        }

        func settle() throws {
            while true {
                let sent = link.takeForHub()
                fromClient.append(sent)
                while let frame = try fromClient.next() { frames.append((false, frame)) }
                if !sent.isEmpty {
                    world.route(try #require(world.engine).receive(sent, from: link.number))
                }
                world.route(try #require(world.engine).flush())
                fromHub.append(link.incoming)
                while let frame = try fromHub.next() { frames.append((true, frame)) }
                if !link.deliver(), sent.isEmpty { return }
            }
        }

        func recording(_ name: String) -> Recording { Recording(name: name, frames: frames) }
    }

    private let world: World
    private let owner: Machine
    private let second: Machine

    init() throws {
        world = try World(seed: 20_261_124)
        let key = try world.makeKey()
        owner = try Machine.owner(world, named: "first", key: key)
        second = try Machine.owner(world, named: "second", key: key)
    }

    private func session(
        _ name: String,
        _ machine: Machine,
        _ purpose: ClientSync.Purpose = .sync
    ) throws -> Recording {
        let recorder = try Recorder(world, machine)
        recorder.link.perform(recorder.link.client.open(machine.replica, purpose))
        try recorder.settle()
        #expect(recorder.link.report(machine.replica) != nil, "\(name)")
        return recorder.recording(name)
    }

    private func all() throws -> [Recording] {
        var recordings: [Recording] = []
        let article = try owner.begin("Ships", body: "They sail.")
        recordings.append(try session("registering", owner, .register(claim: "claim")))
        recordings.append(try session("nothing to do", owner))
        let ben = try owner.newcomer("ben")
        var invitation: Invitation?
        let seed = world.random.bytes(32)
        recordings.append(
            try session(
                "inviting",
                owner,
                .append { [world, owner] log in
                    let (record, made) = try log.invitation(
                        for: .editor,
                        seed: seed,
                        expiryMilliseconds: world.now + 1000,
                        useCount: 1,
                        timeMilliseconds: world.now,
                        signedBy: owner.key
                    )
                    invitation = made
                    return record
                }
            )
        )
        let made = try #require(invitation)
        recordings.append(
            try session(
                "joining",
                ben,
                .join(invitation: try made.privateKey().publicKey.bytes) { [world] log in
                    try MembershipRecord.joining(
                        made,
                        in: log,
                        userName: "Ben",
                        deviceName: "tower",
                        timeMilliseconds: world.now,
                        signedBy: ben.key
                    )
                }
            )
        )
        try ben.edit(article, [.insert(.body, position: 10, text: " Slowly.")])
        try ben.sync()
        try owner.edit(article, [.addTag("sea")])
        try owner.edit(article, [.addTag("wind")])
        recordings.append(try session("both ways", owner))
        recordings.append(try several())
        recordings.append(try live(article, ben))
        recordings.append(try otherVersion())
        return recordings
    }

    /// Two libraries on one connection, the second of which the hub does not serve.
    private func several() throws -> Recording {
        let recorder = try Recorder(world, owner)
        recorder.link.open([owner.replica, second.replica])
        try recorder.settle()
        #expect(recorder.link.report(owner.replica) != nil)
        #expect(recorder.link.failure(second.replica) == .refused(.wrongLibrary))
        return recorder.recording("two libraries, one of them unknown")
    }

    private func live(_ article: ArticleID, _ ben: Machine) throws -> Recording {
        let recorder = try Recorder(world, owner, isLive: true)
        let link = recorder.link
        link.open([owner.replica])
        try recorder.settle()
        try ben.edit(article, [.addTag("salt")])
        try ben.sync()
        try recorder.settle()
        try owner.edit(article, [.removeTag("wind")])
        link.perform(link.client.localChanged())
        try recorder.settle()
        for time in [0, 30_000] as [Int64] {
            link.perform(link.client.tick(now: time))
            try recorder.settle()
        }
        for time in [0, 30_000] as [Int64] {
            world.route(try #require(world.engine).tick(now: time))
            try recorder.settle()
        }
        link.perform(link.client.finish())
        try recorder.settle()
        #expect(link.report(owner.replica) != nil)
        return recorder.recording("live")
    }

    /// A client that speaks none of the hub's versions.
    private func otherVersion() throws -> Recording {
        let link = try world.connect(owner.device)
        var hello = Hello(
            library: owner.replica.library,
            cursor: Cursor(library: owner.replica.library).mark
        )
        hello.versions = 7...9
        var encoder = FrameEncoder(stream: 0)
        let bytes = encoder.encode(type: 1, payload: Message.hello(hello).encoded())
        try link.send(bytes)
        var frames: [(isFromHub: Bool, frame: Frame)] = []
        var decoder = FrameDecoder()
        decoder.append(bytes)
        while let frame = try decoder.next() { frames.append((false, frame)) }
        decoder.append(try link.receive())
        while let frame = try decoder.next() { frames.append((true, frame)) }
        return Recording(name: "a version of the future", frames: frames)
    }

    @Test("are what both sides say today, and hold what they say they hold")
    func areUnchanged() throws {
        let recordings = try all()
        let keys = [
            GoldenVectors.Vector("seed of the hub's key", world.hubKey.seed),
            GoldenVectors.Vector("seed of the owner's key", owner.key.seed),
        ]
        let made = keys + recordings.flatMap(\.vectors)
        let pinned = try GoldenVectors.load("sessions.txt", made: made)
        #expect(pinned.map(\.description) == made.map(\.description))
        for (vector, expected) in zip(pinned, made) {
            #expect(vector.bytes == expected.bytes, "\(vector.description)")
        }
        // Every frame is one that a decoder takes.
        var decoder = FrameDecoder()
        for vector in pinned.dropFirst(keys.count) {
            decoder.append(vector.bytes)
            let frame = try #require(try decoder.next(), "\(vector.description)")
            guard frame.type == MessageType.run.rawValue else { continue }
            let run = try RunDecoder.decode(frame.payload, library: owner.replica.library)
            #expect(!run.items.isEmpty)
        }
        // What the sessions are there to show is in them.
        let types = Set(recordings.flatMap { $0.frames.map(\.frame.type) })
        let expected: [MessageType] = [
            .hello, .welcome, .members, .run, .acknowledgement, .ping, .pong, .bye, .error,
        ]
        #expect(types == Set(expected.map(\.rawValue)))
    }
}

extension MessageType {
    /// What the specification calls it.
    fileprivate var name: String {
        switch self {
        case .acknowledgement: "ACK"
        default: "\(self)".uppercased()
        }
    }
}
