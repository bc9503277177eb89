import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import TestSupport

/// A hub and clients with everything around them: disks, network, clocks and chance, all from one
/// seed.
///
/// The sessions, stores and merges in it are the product's own. Each step is one thing that happens
/// somewhere; what must hold is checked as it happens and at the end.
final class World {
    let fileSystem: SimulatedFileSystem
    let profile: Profile
    var random: SeededRandom
    var trace: Trace
    var coverage = Coverage()
    var ledger = Ledger()
    /// True time, in milliseconds.
    var now: Int64 = 1_700_000_000_000
    let hub: Hub
    var clients: [Client] = []
    var libraries: [Library] = []
    /// Pairs of clients that can reach each other.
    var directLinks: [(one: Client, other: Client)] = []
    /// Connections that are not over.
    var wires: [Wire] = []
    /// Those of them that the hub serves.
    var connections: [UInt64: Wire] = [:]
    private var wireCount: UInt64 = 0
    /// Whether faults still happen.
    var isQuiet = false
    /// Whether the hub shows different clients different logs.
    var hubIsLying = false
    /// Whether what clients were told of the hub's order still binds it.
    var isHubOrderBinding = true

    /// What was found wrong where nothing can be thrown.
    var pendingViolation: (any Error)?
    /// Clients that know an order of the hub's which it has forgotten, until they are level again.
    var staleOrders: Set<StaleOrder> = []

    /// A client's knowledge of the hub's order of a library.
    struct StaleOrder: Hashable {
        let client: Int
        let library: Int
    }

    /// A library, as nobody in the world sees it.
    struct Library {
        let number: Int
        let id: LibraryID
        /// The members' names of articles that were begun, in order.
        var articles: [ArticleID] = []
        /// Invitations that were made and may be used.
        var invitations: [Invitation] = []
        var isRegistered = true
        /// Whether no record is made for now.
        var isMembershipFrozen = false
    }

    /// Whether clients refill a hub that went back in time; without that no hub does.
    static let clientsRefillHubs = true
    /// Bytes that have arrived anywhere.
    var deliveredByteCount = 0
    /// The clients that a lying hub shows the other log.
    var deceived: Set<Int> = []

    init(
        seed: UInt64,
        fileSystem: SimulatedFileSystem,
        profile fixed: Profile? = nil,
        trace write: ((String) -> Void)?
    ) throws {
        self.fileSystem = fileSystem
        random = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ 0x5851_F42D_4C95_7F2D)
        profile = fixed ?? Profile(&random)
        trace = Trace(write)
        let disk = SimulatedDisk(seed: random.next())
        fileSystem.disks = ["hub": disk]
        hub = try Hub(
            key: PrivateKey(seed: random.bytes(32)),
            disk: disk,
            fileSystem: fileSystem.name
        )
        try populate()
    }

    // MARK: - Steps

    /// Lets `count` things happen, then faults stop and all has to become level.
    func run(_ count: Int) throws {
        for step in 1...count {
            trace.step = step
            now += Int64(random.below(40))
            try self.step()
        }
        trace.step = count + 1
        try settleDown()
    }

    private func step() throws {
        if profile.faultInterval > 0, random.oneIn(profile.faultInterval) {
            if let fault = profile.fault(&random), try doFault(fault) { return }
        }
        let choice = random.below(16)
        switch choice {
        case 0: try restartSomebody()
        case 1: try tick()
        case 2, 3: try connectSomebody()
        default:
            if choice < 4 + profile.actWeight {
                try actSomewhere()
            } else if !(try deliverSomething()) {
                if random.oneIn(2) { try connectSomebody() } else { try actSomewhere() }
            }
        }
    }

    private func actSomewhere() throws {
        guard let client = random.pick(clients.filter { $0.isUp && !$0.isLiar }) else { return }
        try act(client)
    }

    // MARK: - Words

    /// Notes and counts what happened.
    func note(_ act: Act, _ first: Int = 0, _ second: Int = 0, _ text: @autoclosure () -> String) {
        coverage[act] += 1
        trace.note(act, first, second, text())
    }

    func makeWire(_ caller: Client, _ peer: Client?) -> Wire {
        wireCount += 1
        let wire = Wire(wireCount, caller, peer)
        wire.faultsBefore = faultCount(of: wire)
        wire.isDeceived = peer == nil && hubIsLying && deceived.contains(caller.number)
        wires.append(wire)
        return wire
    }

    /// What went wrong with the disks at both ends of a wire so far.
    func faultCount(of wire: Wire) -> Int {
        wire.caller.faultCount + (wire.peer?.faultCount ?? hub.disk.events.faultCount)
    }

    /// Whether something happened that may be why a session over this wire ended badly.
    func isDisturbed(_ wire: Wire) -> Bool {
        wire.isDisturbed || faultCount(of: wire) != wire.faultsBefore || wire.caller.isTainted
            || wire.peer?.isTainted == true || hubIsLying
    }

    func library(_ id: LibraryID) -> Int { hub.shelf.numbers[id] ?? 0 }

    func wallClock(of client: Client) -> Int64 { now + client.clockOffset }
}
