import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// A hub and machines around it: real replicas in files, bytes between them in memory.
final class World {
    let libraries: ServedLibraries
    let hubKey: PrivateKey
    let hub: DeviceKey
    var random: SeededRandom
    var now: Int64 = 1_700_000_000_000
    private(set) var engine: HubEngine?
    private var connectionCount: UInt64 = 0
    /// Every connection ever made, by its number.
    fileprivate(set) var links: [UInt64: HubLink] = [:]
    /// Connections of live clients, by their numbers.
    var liveLinks: [UInt64: LiveLink] = [:]
    var growths = 0
    /// The interval of heartbeats.
    var heartbeat: UInt64 = 30_000

    /// What the hub grants; for the next engine.
    var limits: HubLimits

    init(seed: UInt64 = 1, limits: HubLimits = HubLimits()) throws {
        self.limits = limits
        libraries = ServedLibraries(try TemporaryFolder())
        random = SeededRandom(seed: seed)
        hubKey = try PrivateKey(seed: random.bytes(32))
        hub = try DeviceKey(hubKey.publicKey)
        engine = makeEngine()
    }

    private func makeEngine() -> HubEngine {
        HubEngine(
            libraries: libraries,
            key: hubKey,
            now: { [unowned self] in now },
            heartbeatMilliseconds: { [unowned self] in heartbeat },
            limits: limits,
            random: { $0 / 2 }
        )
    }

    var folder: TemporaryFolder { libraries.folder }

    /// The hub's replica of the only library.
    func hubReplica() throws -> Replica { try #require(libraries.served.values.first) }

    /// Stops serving and begins anew from the files, as after a crash.
    func restartHub() { engine = makeEngine() }

    /// Copies the hub's file, as a backup does.
    func backUpHub(as name: String = "backup.sqlite") throws {
        try libraries.copy("hub-0.sqlite", to: name)
    }

    /// Puts a backup in the place of the hub's file, and serves it.
    func restoreHub(from name: String = "backup.sqlite") throws {
        engine = nil
        // Nobody has the old file open any more.
        links = [:]
        try libraries.restore(from: name)
        restartHub()
    }

    func connect(_ device: DeviceKey) throws -> HubLink {
        connectionCount += 1
        let link = HubLink(self, try #require(engine), connectionCount, device)
        links[connectionCount] = link
        return link
    }

    /// Connects a live client.
    func connectLive(
        _ device: DeviceKey,
        _ options: ClientEngine.Options? = nil
    ) throws -> LiveLink {
        connectionCount += 1
        var live = ClientEngine.Options()
        live.isLive = true
        let link = LiveLink(
            ClientEngine(hub: hub, options: options ?? live),
            try #require(engine),
            connectionCount
        )
        try #require(engine).connect(connectionCount, device: device)
        liveLinks[connectionCount] = link
        return link
    }

    /// Carries bytes between the hub and all live clients until nothing moves any more.
    func settle() throws {
        let engine = try #require(engine)
        while true {
            var moved = false
            for number in liveLinks.keys.sorted() {
                guard let link = liveLinks[number] else { continue }
                let bytes = link.takeForHub()
                if !bytes.isEmpty {
                    moved = true
                    route(engine.receive(bytes, from: number))
                }
            }
            route(engine.flush())
            for number in liveLinks.keys.sorted() {
                if liveLinks[number]?.deliver() == true { moved = true }
            }
            if !moved { return }
        }
    }

    /// Takes what the hub wants done to whichever connection it is about.
    func route(_ effects: [HubEngine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes, let to):
                links[to]?.incoming += bytes
                liveLinks[to]?.incoming += bytes
            case .close(let to, let error):
                links[to]?.isClosed = true
                links[to]?.closing = error
                liveLinks[to]?.hubHasClosed(error)
            case .grew:
                growths += 1
            }
        }
    }

    func makeKey() throws -> PrivateKey { try PrivateKey(seed: random.bytes(32)) }
}

/// What the hub of a test serves; apart from the world, as the engine holds on to it.
final class ServedLibraries: HubLibraries {
    let folder: TemporaryFolder
    fileprivate(set) var served: [LibraryID: Replica] = [:]
    private var claims: Set<String> = ["claim", "claim 2", "claim 3"]
    private var paths: [LibraryID: String] = [:]
    /// Whether each stream gets a replica of its own, which only the engine holds.
    var opensAnew = false
    private(set) weak var lastOpened: Replica?
    private(set) var wasOpened = false

    init(_ folder: TemporaryFolder) { self.folder = folder }

    func replica(of library: LibraryID) throws -> Replica? {
        guard opensAnew, let path = paths[library] else { return served[library] }
        let replica = try Replica(opening: path)
        lastOpened = replica
        wasOpened = true
        return replica
    }

    /// Serves a library no more.
    func forget(_ library: LibraryID) {
        served[library] = nil
        paths[library] = nil
    }

    fileprivate func copy(_ from: String, to: String) throws {
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: folder.file(to + suffix))
            let source = folder.file(from + suffix)
            guard FileManager.default.fileExists(atPath: source) else { continue }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
            try bytes.write(to: URL(fileURLWithPath: folder.file(to + suffix)))
        }
    }

    fileprivate func restore(from name: String) throws {
        served = [:]
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file("hub-0.sqlite" + suffix))
        }
        try copy(name, to: "hub-0.sqlite")
        let replica = try Replica(opening: folder.file("hub-0.sqlite"))
        served[replica.library] = replica
    }

    func acceptsClaim(_ code: String) throws -> Bool { claims.contains(code) }

    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) throws -> Replica? {
        guard claims.remove(code) != nil else { return nil }
        let path = folder.file("hub-\(served.count).sqlite")
        let replica = try Replica(creating: path, library: library)
        try replica.appendMembershipAsHub(records)
        paths[library] = path
        served[library] = replica
        return replica
    }
}

/// A connection of a machine to the hub, with no network between.
final class HubLink: Transport {
    private unowned let world: World
    private let engine: HubEngine
    private let number: UInt64
    fileprivate(set) var incoming: [UInt8] = []
    fileprivate(set) var isClosed = false
    fileprivate(set) var closing: ProtocolError?
    private(set) var sentCount = 0
    private(set) var receivedCount = 0
    /// Bytes from the hub after which the connection breaks.
    var cutAfter = Int.max
    /// Bytes to the hub after which the connection breaks.
    var cutAfterSending = Int.max
    /// Done once, before the hub's bytes are read the n-th time.
    var interruption: (atRead: Int, () throws -> Void)?
    private var readCount = 0

    init(_ world: World, _ engine: HubEngine, _ number: UInt64, _ device: DeviceKey) {
        self.world = world
        self.engine = engine
        self.number = number
        engine.connect(number, device: device)
    }

    func send(_ bytes: [UInt8]) throws {
        let isCut = sentCount + bytes.count > cutAfterSending
        let arriving = isCut ? Array(bytes.prefix(max(0, cutAfterSending - sentCount))) : bytes
        sentCount += arriving.count
        take(engine.receive(arriving, from: number))
        if isCut { cut() }
    }

    func receive() throws -> [UInt8] {
        readCount += 1
        if let (read, action) = interruption, read == readCount {
            interruption = nil
            try action()
        }
        take(engine.flush())
        // All that was sent so far is read now.
        take(engine.outgoing(0, to: number))
        var bytes = incoming
        incoming = []
        if receivedCount + bytes.count > cutAfter {
            bytes.removeLast(receivedCount + bytes.count - cutAfter)
            cut()
        }
        receivedCount += bytes.count
        return bytes
    }

    /// The connection is gone.
    func cut() {
        isClosed = true
        engine.disconnected(number)
    }

    func take(_ effects: [HubEngine.Effect]) { world.route(effects) }
}
