import ArticleFormats
import ArticleModel
import Diagnostics
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// Answers machines that call, one thread for all of them, until it is told to end.
final class PeerListener {
    private let library: OpenLibrary
    private let server: TLSServer
    private let isOnce: Bool
    private var calls: [UInt64: Call] = [:]

    /// A machine that calls.
    private struct Call {
        let id: ConnectionID
        let device: DeviceKey
        let address: String
        let engine: PeerEngine
        var isOver = false
    }

    /// Time for last words when it is told to end.
    private static let stopMilliseconds = 1_000

    init(
        _ library: OpenLibrary,
        at place: HostPort,
        key: PrivateKey,
        isOnce: Bool,
        signals: SignalWatch
    ) throws {
        self.library = library
        self.isOnce = isOnce
        var limits = TLSServerLimits()
        limits.connectionCountMax = 64
        server = try TLSServer(
            host: place.host,
            port: place.port,
            key: key,
            limits: limits,
            signals: signals,
            clock: SystemClock.monotonicMilliseconds
        )
    }

    func run() {
        let output = library.client.output
        if output.isText {
            output.print("Listening at \(server.address). Ctrl-C ends it.")
        } else {
            output.json(["event": "listening", "address": .string("\(server.address)")])
        }
        output.flush()
        server.run(delegate: self)
    }

    private func perform(_ effects: [PeerEngine.Effect], _ number: UInt64) {
        guard let call = calls[number] else { return }
        for effect in effects {
            switch effect {
            case .send(let bytes):
                if case .full = server.send(bytes, to: call.id) { server.pauseReading(call.id) }
            case .ended(let result):
                calls[number]?.isOver = true
                tell(result, of: call)
                if isOnce, case .success = result {
                    server.stop(withinMilliseconds: Self.stopMilliseconds)
                }
            case .close:
                server.close(call.id)
            }
        }
    }

    private func tell(_ result: Result<PeerReport, SyncError>, of call: Call) {
        let output = library.client.output
        // The members may have become others by what came.
        let known = (try? library.refreshed()) ?? library
        switch result {
        case .success(let report):
            // So that nobody has to wait for it who looks at articles next; else it is done then.
            _ = try? library.replica.derive()
            PeerNews(report, name: known.name(of: call.device), address: call.address)
                .tell(output)
        case .failure(let error):
            let error = ClientError(error)
            output.warning("galley: \(call.address): \(error.message)")
        }
        output.flush()
    }
}

extension PeerListener: TLSServerDelegate {
    func connectionDidOpen(_ connection: ConnectionID, peerKey: [UInt8], address: String) {
        guard let device = DeviceKey(peerKey) else { return server.close(connection) }
        // Whether it is a member's is looked at when it greets, so that it can be told.
        calls[connection.number] = Call(
            id: connection,
            device: device,
            address: address,
            engine: PeerEngine(library.replica, peer: device, role: .answers, salt: [])
        )
    }

    func connection(_ connection: ConnectionID, didReceive bytes: ArraySlice<UInt8>) {
        guard let call = calls[connection.number] else { return }
        perform(call.engine.receive(bytes), connection.number)
    }

    func connectionDidEndSending(_ connection: ConnectionID) {
        guard let call = calls[connection.number] else { return }
        perform(call.engine.connectionLost(), connection.number)
        server.close(connection)
    }

    func connectionDidDrain(_ connection: ConnectionID) { server.resumeReading(connection) }

    func connectionDidClose(_ connection: ConnectionID, reason: CloseReason) {
        guard let call = calls[connection.number] else { return }
        perform(call.engine.connectionLost(), connection.number)
        calls[connection.number] = nil
    }

    func connectionWasRefused(from address: String, reason: CloseReason) {}

    func turnDidEnd() {}

    func serverDidWake() {}

    func serverDidReceive(signal: Int32) {
        for call in calls.values.sorted(by: { $0.id < $1.id }) { server.close(call.id) }
        server.stop(withinMilliseconds: Self.stopMilliseconds)
    }
}
