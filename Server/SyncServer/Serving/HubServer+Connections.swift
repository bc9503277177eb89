import ArticleModel
import Diagnostics
public import Sockets
import SyncEngine
import SyncProtocol

extension HubServer: TLSServerDelegate {
    /// Begins to serve a client that has proven its key.
    public func connectionDidOpen(
        _ connection: ConnectionID,
        peerKey: [UInt8],
        address: String
    ) {
        guard !isStopping, let device = DeviceKey(peerKey) else {
            server.close(connection)
            return
        }
        guard deviceConnectionCounts[device, default: 0] < options.deviceConnectionCountMax else {
            log.warning(
                "too many connections",
                ["device": .text(device.handle), "address": .text(address)]
            )
            server.close(connection)
            return
        }
        deviceConnectionCounts[device, default: 0] += 1
        clients[connection.number] = Client(id: connection, device: device, address: address)
        engine.connect(connection.number, device: device)
        log.debug("connected", ["device": .text(device.handle), "address": .text(address)])
    }

    /// Hands bytes to the engine, and writes at once where much has gathered.
    public func connection(_ connection: ConnectionID, didReceive bytes: ArraySlice<UInt8>) {
        perform(engine.receive(bytes, from: connection.number))
        if engine.needsFlush, engine.pendingByteCount > options.gatheredByteCountMax {
            perform(engine.flush())
        }
    }

    /// Lets a client go once what it sent is answered.
    public func connectionDidEndSending(_ connection: ConnectionID) {
        leaving.append(connection.number)
    }

    /// Reads again from a client that had not read.
    public func connectionDidDrain(_ connection: ConnectionID) {
        server.resumeReading(connection)
    }

    /// Forgets a client; what it sent is still written.
    public func connectionDidClose(_ connection: ConnectionID, reason: CloseReason) {
        engine.disconnected(connection.number)
        guard let client = clients.removeValue(forKey: connection.number) else { return }
        if let count = deviceConnectionCounts[client.device], count > 1 {
            deviceConnectionCounts[client.device] = count - 1
        } else {
            deviceConnectionCounts[client.device] = nil
        }
        let values: KeyValuePairs<String, LogValue> = [
            "device": .text(client.device.handle), "address": .text(client.address),
            "reason": .text(reason.text),
        ]
        switch reason {
        case .closedHere, .closedByPeer, .stopped: log.debug("disconnected", values)
        case .handshakeTimeout, .idle, .overflow, .failed: log.info("disconnected", values)
        }
    }

    /// Notes who did not get in.
    public func connectionWasRefused(from address: String, reason: CloseReason) {
        log.info("refused", ["address": .text(address), "reason": .text(reason.text)])
    }

    /// Writes what the turn brought, and lets go of who has left.
    public func turnDidEnd() {
        if engine.needsFlush { perform(engine.flush()) }
        for number in leaving {
            guard let client = clients[number] else { continue }
            engine.disconnected(number)
            server.close(client.id)
        }
        leaving = []
    }

    /// Looks whether it was asked to stop.
    public func serverDidWake() {
        if stopper.shouldStop { stop() }
    }

    /// Stops: no other signal is watched.
    public func serverDidReceive(signal: Int32) { stop() }

    func perform(_ effects: [HubEngine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes, to: let number):
                guard let client = clients[number] else { continue }
                if case .full = server.send(bytes, to: client.id) {
                    // Who does not read is not read from, so that nothing grows without bound.
                    server.pauseReading(client.id)
                }
            case .close(let number, let error):
                guard let client = clients[number] else { continue }
                if let error {
                    log.info(
                        "session ended",
                        [
                            "device": .text(client.device.handle),
                            "address": .text(client.address),
                            "code": .text("\(error.code)"), "error": .text(error.message),
                        ]
                    )
                }
                server.close(client.id)
            case .grew(let library, let position, let entryCount):
                log.info(
                    "taken",
                    [
                        "library": .text(library.handle), "entries": .count(entryCount),
                        "position": .number(Int64(clamping: position)),
                    ]
                )
                changed[library] = now()
                scheduleNote()
            }
        }
    }
}

extension CloseReason {
    /// The reason for a log line.
    fileprivate var text: String {
        switch self {
        case .closedHere: "closed"
        case .closedByPeer: "left"
        case .handshakeTimeout: "no handshake in time"
        case .idle: "idle"
        case .overflow: "over a limit"
        case .stopped: "stopped"
        case .failed(let error): error.message
        }
    }
}
