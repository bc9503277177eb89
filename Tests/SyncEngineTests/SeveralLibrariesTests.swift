import ArticleModel
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("One connection for several libraries")
struct SeveralLibrariesTests {
    private let world: World
    private let machines: [Machine]

    init() throws {
        let world = try World()
        let key = try world.makeKey()
        machines = try ["first", "second", "third"].map {
            try Machine.owner(world, named: $0, key: key)
        }
        for (machine, claim) in zip(machines, ["claim", "claim 2", "claim 3"]) {
            try machine.sync(.register(claim: claim))
        }
        self.world = world
    }

    private var replicas: [Replica] { machines.map(\.replica) }

    private func connect() throws -> LiveLink {
        try world.connectLive(machines[0].device, ClientEngine.Options())
    }

    private func expectEqual(_ machine: Machine) throws {
        let hub = try #require(try world.libraries.replica(of: machine.replica.library))
        #expect(try hub.stateHash() == machine.replica.stateHash())
        #expect(try machine.replica.unplacedCount() == 0)
    }

    @Test("greets about all at once, syncs each, and closes once after the last")
    func all() throws {
        for (number, machine) in machines.enumerated() {
            for _ in 0...number { try machine.begin("Article") }
        }
        let link = try connect()
        link.open(replicas)
        let hellos = link.takeForHub()
        var decoder = FrameDecoder()
        decoder.append(hellos)
        for number in 0..<3 {
            let frame = try #require(try decoder.next())
            #expect(frame.type == MessageType.hello.rawValue)
            #expect(frame.stream == UInt64(number))
        }
        let isWhole = decoder.isBetweenFrames
        #expect(isWhole)
        world.route(try #require(world.engine).receive(hellos, from: link.number))
        try world.settle()
        #expect(link.isClosed && link.isClosedByHub)
        for (number, machine) in machines.enumerated() {
            // The opening of the chain is an entry too.
            #expect(link.report(machine.replica)?.summary.sentCount == number + 2)
            try expectEqual(machine)
        }
    }

    @Test("goes on with the others where the hub refuses one", arguments: 0..<3)
    func refused(index: Int) throws {
        let lost = machines[index].replica.library
        world.libraries.forget(lost)
        for machine in machines { try machine.begin("Article") }
        let link = try connect()
        link.open(replicas)
        try world.settle()
        for machine in machines {
            if machine.replica.library == lost {
                #expect(link.failure(machine.replica) == .refused(.wrongLibrary))
                #expect(try machine.replica.unplacedCount() == 2)
            } else {
                try expectEqual(machine)
            }
        }
        #expect(link.isClosed)
    }

    @Test("goes on with the others where one replica fails", arguments: 0..<3)
    func failing(index: Int) throws {
        // Something comes for each from another machine.
        let body = (0..<8000).map { _ in "\(world.random.next())" }.joined(separator: " ")
        for machine in machines {
            let other = try Machine(
                world,
                "other \(machine.replica.library.handle.prefix(6)).sqlite",
                library: machine.replica.library,
                key: machine.key
            )
            try other.sync()
            try other.begin("Theirs", body: body)
            try other.sync()
        }
        try machines[index].replica.limitSize(toPages: 1)
        let link = try connect()
        link.open(replicas)
        try world.settle()
        for (number, machine) in machines.enumerated() {
            if number == index {
                #expect(link.failure(machine.replica) == .replica(.full))
            } else {
                #expect(link.report(machine.replica)?.summary.receivedCount == 2)
                try expectEqual(machine)
            }
        }
        #expect(link.isClosed)
    }

    @Test("ends all with an error of their own where it is cut")
    func cut() throws {
        let link = try connect()
        link.open(replicas)
        link.perform(link.client.connectionLost())
        #expect(replicas.allSatisfy { link.failure($0) == .network })
        #expect(link.isClosed)
        #expect(link.client.receive([1, 2, 3]).isEmpty)
    }

    @Test("ends all where the bytes are no frames")
    func garbage() throws {
        let link = try connect()
        link.open(replicas)
        link.perform(link.client.receive([0xFF, 0xFF, 0xFF, 0xFF, 1]))
        #expect(replicas.allSatisfy { link.failure($0) == .protocol(.tooLarge) })
        #expect(link.isClosed)
    }

    @Test("ends all where the hub uses a stream that was not opened")
    func unknownStream() throws {
        let link = try connect()
        link.open(replicas)
        var encoder = FrameEncoder(stream: 3)
        link.perform(link.client.receive(encoder.encode(type: 11, payload: [0])))
        #expect(replicas.allSatisfy { link.failure($0) == .protocol(.badFrame) })
    }

    @Test("has room for so many, and says so of the next")
    func tooMany() throws {
        let link = try connect()
        let many = [Replica](repeating: machines[0].replica, count: ClientEngine.streamCountMax)
        link.open(many)
        #expect(link.ended.isEmpty)
        link.open([machines[1].replica])
        #expect(link.failure(machines[1].replica) == .protocol(.tooLarge))
        #expect(!link.isClosed)
    }

    @Test("ends at once where the only replica does not follow the hub")
    func notFollowed() throws {
        try machines[0].replica.removeRemote(hub: world.hub)
        let link = try connect()
        link.open([machines[0].replica])
        #expect(link.failure(machines[0].replica) == .replica(.notFound))
        #expect(link.isClosed)
    }
}
