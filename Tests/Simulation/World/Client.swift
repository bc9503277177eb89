import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine

/// A user's machine: a disk with a replica of each of its libraries, a clock, and a process that
/// may be running.
final class Client {
    let number: Int
    let name: String
    let key: PrivateKey
    let device: DeviceKey
    /// What tells the machine from others; a copy has another.
    let machine: [UInt8]
    let disk: SimulatedDisk
    /// What its clock is off by, in milliseconds.
    var clockOffset: Int64 = 0
    /// Whether its process runs.
    var isUp = true
    /// The libraries it has a file of, by number.
    var libraries: [Int] = []
    /// The replicas its process has open, by library.
    var replicas: [Int: Replica] = [:]
    /// The connection to the hub, if there is one.
    var session: HubLink?
    /// Sessions with other clients.
    var peerLinks: [PeerLink] = []
    /// Whether it does what the protocol forbids.
    let isLiar: Bool
    /// Whether bits were read wrongly: what it has may be wrong from then on.
    var isTainted = false
    /// Whether it cannot reach anybody.
    var isPartitioned = false
    /// Copies of its files that its user has made, by library.
    var backups: [Int: [String: FileImage]] = [:]
    /// Bytes it once sent, for a liar to send again.
    var recorded: [[UInt8]] = []
    private var random: RandomSource

    init(
        _ number: Int,
        key: PrivateKey,
        machine: [UInt8],
        disk: SimulatedDisk,
        isLiar: Bool,
        seed: UInt64
    ) throws {
        self.number = number
        name = "c\(number)"
        self.key = key
        device = try DeviceKey(key.publicKey)
        self.machine = machine
        self.disk = disk
        self.isLiar = isLiar
        random = RandomSource(seed)
    }

    static func file(_ library: Int) -> String { "library\(library).db" }

    static func anchor(_ library: Int) -> String { "anchor\(library)" }

    func path(_ library: Int) -> String { "\(name)/\(Self.file(library))" }

    /// How it signs entries of a library.
    func signer(_ library: Int) -> Signer {
        let random = random
        return Signer(
            key: key,
            machine: machine,
            anchors: SimulatedAnchors(disk: disk, name: Self.anchor(library))
        ) { random.bytes($0) }
    }

    /// Ends the process: all it had open and in memory is gone.
    func stop() {
        isUp = false
        session = nil
        peerLinks = []
        replicas = [:]
    }

    /// What went wrong with its disk so far.
    var faultCount: Int { disk.events.faultCount }
}

extension DiskEvents {
    /// What of all that can be the cause of an error.
    var faultCount: Int { failures + refusals + shortWrites + flips + crashes }
}

/// A client's end of a connection to the hub.
final class HubLink {
    let wire: Wire
    let engine: ClientEngine
    let isLive: Bool
    /// What each session is for, by library.
    var purposes: [Int: Act] = [:]

    init(_ wire: Wire, _ engine: ClientEngine, isLive: Bool) {
        self.wire = wire
        self.engine = engine
        self.isLive = isLive
    }
}

/// Randomness that a closure may draw from.
final class RandomSource {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
}
