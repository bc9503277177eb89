import ArticleModel
public import Diagnostics
import Files
import Signing
public import Sockets
import SyncEngine
import SyncProtocol
import Synchronization

/// Serves a hub's folder: connections of clients on one side, the engine on the other.
///
/// Make it and ``run()`` it on one thread. All that came in one turn of its loop is written in one
/// transaction a library, and acknowledged after that.
public final class HubServer {
    /// How it serves.
    public struct Options: Sendable {
        /// Where it listens, instead of where the folder's settings say.
        public var listen: HostPort?
        /// What peers are granted.
        public var limits = TLSServerLimits()
        /// What it grants, instead of what the folder's settings say.
        public var service: ServiceLimits?
        /// Bytes of entries that are gathered before they are written, even within a turn.
        public var gatheredByteCountMax = 8 * 1024 * 1024
        /// Time for clients to take leave when the hub stops.
        public var stopMilliseconds = 5_000
        /// Time between two notes of when a library last changed.
        public var noteMilliseconds = 5_000
        /// Between which bounds the interval of a live connection's heartbeats is chosen.
        public var heartbeatMilliseconds: ClosedRange<UInt64> = 25_000...60_000
        /// Time between two looks at what time asks for: silent clients, limits.
        public var tickMilliseconds = 1_000
        /// Signals that stop the hub.
        public var stopSignals: [Int32] = []

        /// The usual options.
        public init() {
            // The engine stops at a run or a list of members beyond what makes a connection full.
            limits.outgoingByteCountMax = 16 * 1024 * 1024
            // Some runs: a client begins with these while the next are made.
            limits.outgoingByteCountHigh = 512 * 1024
        }
    }

    /// Asks a server to stop, from any thread.
    public final class Stopper: Sendable {
        private let waker: Waker
        fileprivate let isAsked = Mutex(false)

        fileprivate init(_ waker: Waker) { self.waker = waker }

        /// Makes the server finish what it has begun and end.
        public func stop() {
            isAsked.withLock { $0 = true }
            waker.wake()
        }
    }

    /// Where it listens.
    public let address: SocketAddress
    /// Stops it, from any thread.
    public let stopper: Stopper

    let folder: HubFolder
    let options: Options
    let service: ServiceLimits
    let log: Logger
    let now: () -> Int64
    let monotonic: () -> Int64
    var gate: AddressGate
    /// Lines of the log about those who were turned away: a flood of them must not fill the disk.
    var refusalLines: TokenBucket
    var refusedConnectionCount: Int64 = 0
    var nextStatistics = Int64.min
    var lastStatistics = ""
    let server: TLSServer
    let engine: HubEngine
    private let lock: FileLock

    var clients: [UInt64: Client] = [:]
    var deviceConnectionCounts: [DeviceKey: Int] = [:]
    /// Clients that have said all they will.
    var leaving: [UInt64] = []
    var isStopping = false
    /// Libraries that changed and when, not noted yet.
    var changed: [LibraryID: Int64] = [:]
    private var isNoteScheduled = false
    private var lastNote = Int64.min

    /// A client that is connected.
    struct Client {
        let id: ConnectionID
        let device: DeviceKey
        let address: String
    }

    /// Opens the folder and listens; clients wait until the server runs.
    ///
    /// `now` gives milliseconds since 1970, `monotonic` ones that never go back.
    public init(
        folder: HubFolder,
        options: Options = Options(),
        log: Logger,
        now: @escaping () -> Int64,
        monotonic: @escaping () -> Int64
    ) throws(ServerError) {
        let key = try folder.key()
        // The file is not looked at where it does not decide: it may be what is being repaired.
        let listen: HostPort
        let service: ServiceLimits
        if let place = options.listen {
            listen = place
            do throws(ServerError) {
                if let given = options.service {
                    service = given
                } else {
                    service = try folder.settings().limits
                }
            } catch {
                log.warning("settings ignored", ["error": .text(error.message)])
                service = ServiceLimits()
            }
        } else {
            let settings = try folder.settings()
            listen = settings.listen
            service = options.service ?? settings.limits
        }
        var tlsLimits = options.limits
        // Some more, so that those who come can be told why they are not served.
        tlsLimits.connectionCountMax = service.connectionCount + Self.toldConnectionCount
        tlsLimits.networkConnectionCountMax = service.addressConnectionCount
        let lock = try folder.withFiles { () throws(FileError) -> FileLock? in
            try FileLock.ifFree(folder.lockPath)
        }
        switch consume lock {
        case .some(let lock): self.lock = lock
        case .none:
            throw ServerError(
                .running,
                "Another process serves the hub in \(folder.path) already."
            )
        }
        do throws(SocketError) {
            let signals =
                options.stopSignals.isEmpty ? nil : try SignalWatch(options.stopSignals)
            server = try TLSServer(
                host: listen.host,
                port: listen.port,
                key: key,
                limits: tlsLimits,
                signals: signals,
                clock: monotonic
            )
        } catch {
            throw ServerError(error)
        }
        self.folder = folder
        self.options = options
        self.service = service
        gate = AddressGate(
            service.addressHandshakes,
            waitMillisecondsMax: Int64(options.limits.handshakeMilliseconds)
        )
        refusalLines = TokenBucket(full: Self.refusalLineRate, at: monotonic())
        self.log = log
        self.now = now
        self.monotonic = monotonic
        address = server.address
        stopper = Stopper(server.waker)
        var engineLimits = service.ofEngine
        engineLimits.outgoingByteCountHigh = options.limits.outgoingByteCountHigh
        engine = HubEngine(
            libraries: FolderLibraries(folder),
            key: key,
            now: now,
            checkSignatures: SignatureChecker().begin,
            heartbeatMilliseconds: { .random(in: options.heartbeatMilliseconds) },
            limits: engineLimits,
            random: { $0 == 0 ? 0 : UInt64.random(in: 0..<$0) }
        )
        // So that the time of those who come first does not begin at none.
        _ = engine.tick(now: monotonic())
        // Before anybody is told: who hears that it listens may ask for its status.
        noteRunning()
    }

    /// Serves until it is asked to stop and its clients have left.
    public func run() {
        log.info("listening", ["address": .text(address.description)])
        scheduleTick()
        server.run(delegate: self)
        noteChanges()
        // It is only for people to see, and the lock tells the truth.
        _ = try? FileSystem.remove(folder.runningPath)
        _ = try? FileSystem.remove(folder.statisticsPath)
        log.info("stopped")
    }

    /// Lets the engine know that time passes.
    private func scheduleTick() {
        server.schedule(afterMilliseconds: options.tickMilliseconds) { [unowned self] in
            perform(engine.tick(now: monotonic()))
            noteStatistics()
            scheduleTick()
        }
    }

    private func noteRunning() {
        do {
            try FileSystem.write(Array(address.description.utf8), to: folder.runningPath)
        } catch {
            log.warning("note failed", ["error": .text(error.message)])
        }
    }

    /// Finishes what was begun and takes leave of everybody.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        log.info("stopping", ["clients": .count(clients.count)])
        server.stop(withinMilliseconds: options.stopMilliseconds)
        perform(engine.flush())
        perform(
            engine.refuseAll(
                Fault(
                    .shutdown,
                    .retry,
                    text: "The hub is being stopped. Nothing is lost; sync again later.",
                    retryAfterMilliseconds: 10_000
                )
            )
        )
    }

    /// Keeps for `galleyd status` when each library changed last: after the turn, or some seconds
    /// later where it was kept just before, to spare the disk.
    func scheduleNote() {
        guard !isNoteScheduled else { return }
        isNoteScheduled = true
        let earliest = lastNote &+ Int64(options.noteMilliseconds)
        let delay = lastNote == .min ? 0 : max(0, earliest - monotonic())
        server.schedule(afterMilliseconds: Int(delay)) { [unowned self] in
            isNoteScheduled = false
            noteChanges()
        }
    }

    private func noteChanges() {
        lastNote = monotonic()
        for (library, time) in changed {
            do {
                try FileSystem.write(
                    Array(String(time).utf8),
                    to: folder.lastChangePath(of: library)
                )
            } catch {
                log.warning("note failed", ["error": .text(error.message)])
            }
        }
        changed = [:]
    }
}

extension HubServer.Stopper {
    var shouldStop: Bool { isAsked.withLock { $0 } }
}
