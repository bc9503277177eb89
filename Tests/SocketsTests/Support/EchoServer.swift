import Foundation
import Signing
import Sockets
import Synchronization

/// A server on a thread of its own that sends back what it gets, and tells what happened.
///
/// What it does is steered by the first byte of what a client sends: see ``EchoDelegate``.
final class EchoServer: Sendable {
    /// What a test waits for.
    enum Event: Equatable, Sendable {
        case opened(key: [UInt8])
        case drained
        case ended
        case closed(CloseReason)
        case refused(CloseReason)
        case finished
    }

    let hubKey: PrivateKey
    let port: Int
    private let waker: Waker
    private let shared: Shared

    /// What both threads see.
    final class Shared: Sendable {
        struct State {
            var events: [Event] = []
            var offset: Int64 = 0
            var stopMilliseconds: Int?
            var port: Int?
            var waker: Waker?
            var failure: SocketError?
        }
        let state = Mutex(State())
        let changed = NSCondition()

        func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
            changed.lock()
            defer {
                changed.broadcast()
                changed.unlock()
            }
            return state.withLock { body(&$0) }
        }

        /// Waits until `found` gives something; nil after a minute, which fails the test.
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

    init(limits: TLSServerLimits = TLSServerLimits(), key: PrivateKey = .generate()) throws {
        hubKey = key
        let shared = Shared()
        let thread = Thread {
            do throws(SocketError) {
                let server = try TLSServer(
                    host: "127.0.0.1",
                    port: 0,
                    key: key,
                    limits: limits,
                    clock: { Self.now + shared.state.withLock { $0.offset } }
                )
                shared.change {
                    $0.port = server.address.port
                    $0.waker = server.waker
                }
                server.run(delegate: EchoDelegate(server: server, shared: shared))
            } catch {
                shared.change { $0.failure = error }
            }
            shared.change { $0.events.append(.finished) }
        }
        thread.start()
        let started = shared.wait { state -> (Int, Waker)? in
            guard let port = state.port, let waker = state.waker else { return nil }
            return (port, waker)
        }
        guard let started else {
            throw shared.state.withLock { $0.failure } ?? SocketError(.system, "no start")
        }
        (port, waker) = started
        self.shared = shared
    }

    deinit { stop() }

    private static var now: Int64 { Int64(ProcessInfo.processInfo.systemUptime * 1000) }

    /// Makes the server's clock jump ahead.
    func advance(milliseconds: Int64) {
        shared.change { $0.offset += milliseconds }
        waker.wake()
    }

    /// Asks the server to stop within the time given.
    func stop(withinMilliseconds milliseconds: Int = 0) {
        shared.change { $0.stopMilliseconds = milliseconds }
        waker.wake()
    }

    /// Waits until the event has happened; false after a minute.
    func waits(for event: Event) -> Bool {
        shared.wait { $0.events.contains(event) ? true : nil } ?? false
    }

    /// Waits until as many events of a kind as `count` have happened.
    func waits(for count: Int, _ isWanted: (Event) -> Bool) -> Bool {
        shared.wait { $0.events.count(where: isWanted) >= count ? true : nil } ?? false
    }

    /// Waits for the reason of the first refused or closed connection.
    func reason() -> CloseReason? {
        shared.wait { state in
            for case .closed(let reason) in state.events { return reason }
            for case .refused(let reason) in state.events { return reason }
            return nil
        }
    }

    /// Connects to it as a client.
    func connect(
        key: PrivateKey = .generate(),
        pinning pinned: [UInt8]? = nil,
        timeoutMilliseconds: Int = 30_000
    ) throws(SocketError) -> TLSClientConnection {
        try TLSClientConnection(
            host: "127.0.0.1",
            port: port,
            key: key,
            pinnedHubKey: pinned ?? hubKey.publicKey.bytes,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }
}

/// Echoes; but a first message `!N` with four bytes N (big-endian) is answered with N bytes, and
/// one that begins with `x` with the rest of it and the end.
final class EchoDelegate: TLSServerDelegate {
    private let server: TLSServer
    private let shared: EchoServer.Shared
    private var owed: [ConnectionID: Int] = [:]
    private var isFirst: Set<ConnectionID> = []

    init(server: TLSServer, shared: EchoServer.Shared) {
        self.server = server
        self.shared = shared
    }

    func connectionDidOpen(_ connection: ConnectionID, peerKey: [UInt8], address: String) {
        isFirst.insert(connection)
        note(.opened(key: peerKey))
    }

    func connection(_ connection: ConnectionID, didReceive bytes: ArraySlice<UInt8>) {
        if isFirst.remove(connection) != nil, let letter = bytes.first {
            if letter == UInt8(ascii: "!"), bytes.count == 5 {
                owed[connection] = bytes.dropFirst().reduce(0) { $0 << 8 | Int($1) }
                pay(connection)
                return
            }
            if letter == UInt8(ascii: "x") {
                server.send(bytes.dropFirst(), to: connection)
                server.close(connection)
                return
            }
        }
        // Backpressure: no more is read than can be sent back.
        if case .full = server.send(bytes, to: connection) { server.pauseReading(connection) }
    }

    private func pay(_ connection: ConnectionID) {
        while let rest = owed[connection], rest > 0 {
            let part = min(rest, 50_000)
            owed[connection] = rest - part
            let bytes = (0..<part).map { UInt8(truncatingIfNeeded: rest - $0) }
            if case .full = server.send(bytes, to: connection) { return }
        }
    }

    func connectionDidEndSending(_ connection: ConnectionID) {
        note(.ended)
        server.send(Array("bye".utf8), to: connection)
        server.close(connection)
    }

    func connectionDidDrain(_ connection: ConnectionID) {
        note(.drained)
        server.resumeReading(connection)
        pay(connection)
    }

    func connectionDidClose(_ connection: ConnectionID, reason: CloseReason) {
        owed[connection] = nil
        isFirst.remove(connection)
        note(.closed(reason))
    }

    func connectionWasRefused(from address: String, reason: CloseReason) { note(.refused(reason)) }

    func turnDidEnd() {}

    func serverDidWake() {
        guard let milliseconds = shared.state.withLock({ $0.stopMilliseconds }) else { return }
        server.stop(withinMilliseconds: milliseconds)
    }

    func serverDidReceive(signal: Int32) {}

    private func note(_ event: EchoServer.Event) { shared.change { $0.events.append(event) } }
}
