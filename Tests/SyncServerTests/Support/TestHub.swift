import ArticleModel
import Diagnostics
import Foundation
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncServer
import Synchronization
import TestSupport

/// A real hub on a thread of its own and a free port of this machine.
final class TestHub: Sendable {
    let place: TemporaryFolder
    let folder: HubFolder
    let key: PrivateKey
    let device: DeviceKey
    let port: Int
    private let shared: Shared

    private final class Shared: Sendable {
        struct State {
            var started: Result<(Int, HubServer.Stopper), any Error>?
            var hasEnded = false
            var now: Int64 = 1_700_000_000_000
            var lines: [String] = []
        }
        private let state = Mutex(State())
        private let changed = NSCondition()

        func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
            changed.lock()
            defer {
                changed.broadcast()
                changed.unlock()
            }
            return state.withLock { body(&$0) }
        }

        func wait<Result: Sendable>(for found: (State) -> Result?) -> Result? {
            changed.lock()
            defer { changed.unlock() }
            let limit = Date(timeIntervalSinceNow: 60)
            while true {
                if let result = state.withLock({ found($0) }) { return result }
                guard changed.wait(until: limit) else { return nil }
            }
        }
    }

    struct NoStart: Error {}

    convenience init(options: HubServer.Options = HubServer.Options()) throws {
        let place = try TemporaryFolder()
        let folder = try HubFolder.create(
            at: place.file("hub"),
            settings: HubSettings(listen: HostPort(host: "127.0.0.1", port: 0)),
            key: .generate()
        )
        try self.init(place: place, folder: folder, options: options)
    }

    /// Starts a hub in a folder that is there already.
    init(
        place: TemporaryFolder,
        folder: HubFolder,
        options: HubServer.Options = HubServer.Options()
    ) throws {
        self.place = place
        self.folder = folder
        key = try folder.key()
        device = try DeviceKey(key.publicKey)
        let shared = Shared()
        self.shared = shared
        Thread {
            do {
                let server = try HubServer(
                    folder: folder,
                    options: options,
                    log: Logger(level: .debug, clock: { 0 }) { line in
                        shared.change { $0.lines.append(line) }
                    },
                    now: { shared.change { $0.now } },
                    monotonic: SystemClock.monotonicMilliseconds
                )
                let started = (server.address.port, server.stopper)
                shared.change { $0.started = .success(started) }
                server.run()
            } catch {
                shared.change { $0.started = .failure(error) }
            }
            shared.change { $0.hasEnded = true }
        }.start()
        guard let started = shared.wait(for: { $0.started }) else { throw NoStart() }
        port = try started.get().0
    }

    deinit { stop() }

    /// Stops it and waits for its end; false if that does not come.
    @discardableResult
    func stop() -> Bool {
        if case .success((_, let stopper))? = shared.change({ $0.started }) { stopper.stop() }
        return shared.wait { $0.hasEnded ? true : nil } ?? false
    }

    var now: Int64 { shared.change { $0.now } }

    /// Makes the hub's clock go ahead.
    func advance(milliseconds: Int64) { shared.change { $0.now += milliseconds } }

    /// Waits for a line of the log that holds `text`.
    func logs(_ text: String) -> Bool {
        shared.wait { $0.lines.contains { $0.contains(text) } ? true : nil } ?? false
    }

    func connect(_ key: PrivateKey, pinning: [UInt8]? = nil) throws(SocketError)
        -> TLSClientConnection
    {
        try TLSClientConnection(
            host: "127.0.0.1",
            port: port,
            key: key,
            pinnedHubKey: pinning ?? self.key.publicKey.bytes,
            timeoutMilliseconds: 30_000
        )
    }

    /// What the hub holds, read from its files beside it.
    func library() throws -> HubStatus.Library? {
        try folder.status().libraries.first?.get()
    }
}
