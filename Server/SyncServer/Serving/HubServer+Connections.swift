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
        deviceConnectionCounts[device, default: 0] += 1
        let client = Client(id: connection, device: device, address: address)
        clients[connection.number] = client
        engine.connect(connection.number, device: device)
        log.debug("connected", ["device": .text(device.handle), "address": .text(address)])
        if let fault = refusal(of: client) { perform(engine.refuse(connection.number, fault)) }
    }

    /// Hands bytes to the engine, and writes at once where much has gathered.
    public func connection(_ connection: ConnectionID, didReceive bytes: ArraySlice<UInt8>) {
        perform(engine.receive(bytes, from: connection.number))
        if !engine.mayRead(connection.number) { server.pauseReading(connection) }
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
        perform(
            engine.outgoing(server.outgoingByteCount(of: connection), to: connection.number)
        )
        resumeReading(connection)
    }

    /// Reads from a client again, unless it has not read itself or there is no memory for it.
    private func resumeReading(_ connection: ConnectionID) {
        guard engine.mayRead(connection.number),
            server.outgoingByteCount(of: connection) < options.limits.outgoingByteCountHigh
        else { return }
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

    /// Writes what the turn brought, and lets go of who has left.
    public func turnDidEnd() {
        if engine.needsFlush { perform(engine.flush()) }
        for number in engine.readable() {
            if let client = clients[number] { resumeReading(client.id) }
        }
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

    /// Does what the engine wants, and what follows from how much could be sent.
    func perform(_ effects: [HubEngine.Effect]) {
        var todo = effects
        while !todo.isEmpty {
            let served = send(todo)
            todo = []
            for number in served {
                guard let client = clients[number] else { continue }
                todo += engine.outgoing(server.outgoingByteCount(of: client.id), to: number)
            }
        }
    }

    /// Does effects; gives the connections for which something was sent.
    private func send(_ effects: [HubEngine.Effect]) -> [UInt64] {
        var served: [UInt64] = []
        for effect in effects {
            switch effect {
            case .send(let bytes, to: let number):
                if served.last != number { served.append(number) }
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
                if server.outgoingByteCount(of: client.id) >= options.limits.outgoingByteCountHigh {
                    // It has not read for long, so it would not read why either.
                    server.abort(client.id)
                } else {
                    server.close(client.id)
                }
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
        return served
    }
}

extension CloseReason {
    /// The reason for a log line.
    var text: String {
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
