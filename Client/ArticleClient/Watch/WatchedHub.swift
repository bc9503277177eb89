import ArticleFormats
import ArticleModel
import Diagnostics
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// One hub while `galley sync --watch` runs: a connection that is made again when it is lost.
final class WatchedHub {
    private var address: HostPort
    private let hub: DeviceKey
    private let key: PrivateKey
    private let output: Output
    /// The libraries that are still watched.
    private(set) var libraries: [WatchedLibrary]
    private var link: (connection: HubConnection, engine: ClientEngine)?
    private var retryAt: Int64 = .min
    private var connectedAt: Int64 = 0
    private var backoff = Backoff()
    private var lastTick: Int64 = 0
    /// Whether sessions are only brought to their end.
    private var isFinishing = false
    /// Why libraries are no longer watched.
    private(set) var failures: [ClientError] = []
    private let random: (Int) -> [UInt8]

    /// A connection that lasts so long has proven good.
    private static let provenMilliseconds: Int64 = 10_000
    private static let tickMilliseconds: Int64 = 1_000

    init(_ group: HubGroup, _ client: Client) throws {
        address = group.address
        hub = group.hub
        key = group.key
        output = client.output
        random = client.random
        libraries = try group.libraries.map { try WatchedLibrary($0) }
    }

    /// The connection, to wait for; nil while there is none.
    var connection: TLSClientConnection? { link?.connection.connection }

    /// Whether nothing is left to be done.
    var isOver: Bool { link == nil && (isFinishing || libraries.isEmpty) }

    /// Does what is to be done at `now`.
    func step(now: Int64) {
        if link == nil { connect(now) }
        receive(now)
        reopen(now)
        guard let link, now &- lastTick >= Self.tickMilliseconds else { return }
        lastTick = now
        perform(link.engine.tick(now: now), now)
        for library in libraries {
            do { try library.checkSomeSignatures() } catch { giveUp(library, error) }
        }
    }

    /// Sends what other processes have added to the libraries.
    func lookForChanges(now: Int64) throws {
        var hasChanged = false
        for library in libraries where try library.hasChanged() {
            try library.secureOwnChain()
            hasChanged = true
        }
        if hasChanged, let link { perform(link.engine.localChanged(), now) }
    }

    /// Brings the sessions to their end.
    func finish(now: Int64) {
        isFinishing = true
        if let link { perform(link.engine.finish(), now) }
    }

    /// Leaves at once.
    func leave() {
        link?.connection.close()
        link = nil
    }

    /// Gives the connection up and makes a new one at once: it may be dead without our knowing.
    func reconnect(now: Int64) {
        backoff.succeeded()
        if let link { perform(link.engine.connectionLost(), now, isTold: false) }
        retryAt = now
        for library in libraries { library.retryAt = now }
    }

    // MARK: The connection

    private func connect(_ now: Int64) {
        guard !isFinishing, !libraries.isEmpty, now >= retryAt else { return }
        do {
            // The address may have been given anew, and its name may lead elsewhere by now.
            if let remote = try libraries.first?.replica.remotes().first(where: { $0.hub == hub }) {
                address = try remote.place()
            }
            let connection = try HubConnection(address, hub: hub, key: key)
            var options = ClientEngine.Options()
            options.isLive = true
            let engine = ClientEngine(hub: hub, options: options)
            link = (connection, engine)
            connectedAt = now
            open(libraries, now)
        } catch {
            lost(error, now)
        }
    }

    private func receive(_ now: Int64) {
        while let (connection, engine) = link {
            do throws(SocketError) {
                guard let bytes = try connection.connection.receiveAvailable() else { return }
                perform(bytes.isEmpty ? engine.connectionLost() : engine.receive(bytes), now)
            } catch {
                lost(error, now)
            }
        }
    }

    /// Begins sessions anew that ended while others on the connection go on.
    private func reopen(_ now: Int64) {
        let due = libraries.filter { !$0.isOpen && now >= $0.retryAt }
        guard link != nil, !isFinishing, !due.isEmpty else { return }
        open(due, now)
    }

    private func open(_ libraries: [WatchedLibrary], _ now: Int64) {
        guard let link else { return }
        var secured: [WatchedLibrary] = []
        for library in libraries {
            do {
                try library.secureOwnChain()
                secured.append(library)
            } catch {
                giveUp(library, error)
            }
        }
        for library in secured { library.opened() }
        perform(link.engine.open(secured.map { ($0.replica, .sync) }), now)
    }

    // MARK: What the engine wants

    private func perform(_ effects: [ClientEngine.Effect], _ now: Int64, isTold: Bool = true) {
        var ended: [(WatchedLibrary, SyncError)] = []
        for effect in effects {
            switch effect {
            case .send(let bytes):
                do { try link?.connection.send(bytes) } catch {
                    // What the hub said last is still to be received; then the end shows there.
                }
            case .progressed(let id, let progress):
                guard let library = watched(id) else { continue }
                do { try library.progressed(progress) } catch { giveUp(library, error) }
            case .ended(let id, let result):
                guard let library = watched(id) else { continue }
                library.isOpen = false
                if case .failure(let error) = result { ended.append((library, error)) }
            case .close:
                link?.connection.close()
                link = nil
            }
        }
        settle(ended, now, isTold: isTold)
    }

    private func watched(_ id: LibraryID) -> WatchedLibrary? {
        libraries.first { $0.replica.library == id }
    }

    /// Finds out what follows from sessions that ended.
    private func settle(_ ended: [(WatchedLibrary, SyncError)], _ now: Int64, isTold: Bool) {
        var passing: (error: SyncError, retryAfter: UInt64?)?
        for (library, error) in ended {
            switch WatchFailure(error) {
            case .lasting:
                giveUp(library, error)
            case .passing(let retryAfter):
                if link != nil {
                    var random = HandedRandom(random)
                    library.retryAt =
                        now
                        + library.backoff.failed(
                            retryAfterMilliseconds: retryAfter,
                            using: &random
                        )
                }
                passing = (error, max(retryAfter ?? 0, passing?.retryAfter ?? 0))
            }
        }
        guard let passing, isTold, link == nil, !isFinishing, !libraries.isEmpty else { return }
        wait(passing.error, retryAfter: passing.retryAfter, now)
    }

    private func giveUp(_ library: WatchedLibrary, _ error: any Error) {
        let error = ClientError(error)
        failures.append(error)
        libraries.removeAll { $0 === library }
        library.event(
            "ended",
            [
                .init("code", .integer(Int64(error.exit.rawValue))),
                .init("kind", .string(error.kind)), .init("message", .string(error.message)),
            ]
        )
        if output.isText {
            output.warning("galley: \(library.name): \(error.message)")
            if let hint = error.hint { output.warning("hint: \(hint)") }
        }
        if libraries.isEmpty { leave() }
    }

    /// The connection is gone, or none could be made.
    private func lost(_ error: any Error, _ now: Int64) {
        // Bytes that were under way are gone too: sessions begin anew with the connection.
        for library in libraries { library.isOpen = false }
        leave()
        guard !isFinishing else { return }
        switch WatchFailure(error) {
        case .lasting: for library in libraries { giveUp(library, error) }
        case .passing(let retryAfter): wait(error, retryAfter: retryAfter, now)
        }
    }

    private func wait(_ error: any Error, retryAfter: UInt64?, _ now: Int64) {
        if connectedAt > 0, now &- connectedAt >= Self.provenMilliseconds { backoff.succeeded() }
        connectedAt = 0
        var random = HandedRandom(random)
        let milliseconds = backoff.failed(retryAfterMilliseconds: retryAfter, using: &random)
        retryAt = now &+ milliseconds
        let message = ClientError(error).message
        for library in libraries {
            library.retryAt = retryAt
            library.event(
                "lost",
                [
                    .init("message", .string(message)),
                    .init("retry_ms", .integer(milliseconds)),
                ]
            )
        }
        let seconds = max(1, (milliseconds + 500) / 1000)
        output.message("\(address): \(message) Trying again in \(seconds) s.")
    }
}

/// Random numbers of bytes that somebody hands in.
struct HandedRandom: RandomNumberGenerator {
    private let bytes: (Int) -> [UInt8]

    init(_ bytes: @escaping (Int) -> [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
