import ArticleModel
import Foundation
import ReplicaStore
import Signing
import Sockets
import SyncEngine
import Synchronization

/// One who follows a library live, on a thread of its own, and notes when changes come.
final class Subscriber: Sendable {
    struct Times: Sendable {
        /// When the bytes were there.
        let arrived: Double
        /// When the entry was verified and in the log.
        let stored: Double
    }

    private struct State {
        var isLevel = false
        var isOver = false
        var times: [Times] = []
        var failure: String?
    }

    private let state = Mutex(State())
    private let file: URL
    private let key: [UInt8]
    private let hub: DeviceKey
    private let port: UInt16

    init(_ file: URL, _ key: PrivateKey, hub: DeviceKey, port: UInt16) {
        self.file = file
        self.key = key.pem()
        self.hub = hub
        self.port = port
    }

    var times: [Times] { state.withLock { $0.times } }

    func start() {
        Thread.detachNewThread { [self] in
            do { try follow() } catch { state.withLock { $0.failure = "\(error)" } }
        }
    }

    func stop() { state.withLock { $0.isOver = true } }

    func waitUntilLevel() throws { try wait { $0.isLevel } }

    func wait(forCount count: Int) throws { try wait { $0.times.count >= count } }

    private func wait(until isDone: (borrowing State) -> Bool) throws {
        let end = monotonicSeconds() + 60
        while true {
            let (done, failure) = state.withLock { (isDone($0), $0.failure) }
            if done { return }
            guard failure == nil, monotonicSeconds() < end else {
                throw Command.Failure(description: failure ?? "a subscriber waited too long")
            }
            usleep(1_000)
        }
    }

    private func follow() throws {
        let replica = try Replica(opening: file.path)
        let link = try TLSLink(port: port, hub: hub, key: PrivateKey(pem: key))
        var options = ClientEngine.Options()
        options.isLive = true
        let engine = ClientEngine(hub: hub, options: options)
        var arrived = monotonicSeconds()
        var effects = engine.open(replica)
        while !state.withLock({ $0.isOver }) {
            for effect in effects {
                switch effect {
                case .send(let bytes): try link.send(bytes)
                case .progressed(_, let progress): note(progress, arrived)
                case .ended(_, .failure(let error)): throw error
                case .ended, .close: return
                }
            }
            do throws(SocketError) {
                let bytes = try link.connection.receive(timeoutMilliseconds: 1_000)
                arrived = monotonicSeconds()
                effects = engine.receive(bytes)
            } catch {
                guard error.code == .timedOut else { throw error }
                effects = engine.tick(now: Int64(monotonicSeconds() * 1_000))
            }
        }
        link.connection.close()
    }

    private func note(_ progress: ClientProgress, _ arrived: Double) {
        let now = monotonicSeconds()
        state.withLock { state in
            // What came before all were level is not counted.
            if state.isLevel {
                for _ in 0..<progress.receivedCount {
                    state.times.append(Times(arrived: arrived, stored: now))
                }
            }
            if progress.isLevel { state.isLevel = true }
        }
    }
}
