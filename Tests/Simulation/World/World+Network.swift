import ReplicaStore
import SyncEngine
import TestSupport

extension World {
    /// Lets some bytes arrive somewhere, or the hub write what it has; false where nothing is under
    /// way.
    func deliverSomething() throws -> Bool {
        if hubNeedsFlush, random.oneIn(3) {
            try flushHub()
            return true
        }
        let due = wires.filter { canCarry($0) && ($0.outward.isDue || $0.inward.isDue) }
        guard let wire = random.pick(due) else {
            guard hubNeedsFlush else { return false }
            try flushHub()
            return true
        }
        let isOutward =
            wire.outward.isDue && (!wire.inward.isDue || random.oneIn(2))
        try deliver(wire, isOutward: isOutward, limit: segmentSize())
        return true
    }

    /// Whether a wire's ends reach each other.
    func canCarry(_ wire: Wire) -> Bool {
        !wire.caller.isPartitioned && wire.peer?.isPartitioned != true
    }

    /// Segments have any size.
    private func segmentSize() -> Int {
        switch random.below(16) {
        case 0:
            note(.oneByteSegment, 0, 0, "")
            return 1
        case 1...4: return 1 + random.below(200)
        default: return 1 << 20
        }
    }

    /// Lets the next segment arrive at one end of a wire, or the end of the connection.
    func deliver(_ wire: Wire, isOutward: Bool, limit: Int) throws {
        var segment: ArraySlice<UInt8> = []
        if isOutward {
            segment = wire.outward.take(limit)
        } else {
            segment = wire.inward.take(limit)
        }
        trace.mix(segment)
        deliveredByteCount += segment.count
        let isEnd = segment.isEmpty
        if isEnd {
            if isOutward { wire.outward.isDeaf = true } else { wire.inward.isDeaf = true }
            note(.lost, Int(wire.number), isOutward ? 1 : 0, "\(wire.label) is over")
        } else {
            note(
                .delivered,
                Int(wire.number),
                segment.count,
                "\(wire.label) \(isOutward ? ">" : "<") \(segment.count)"
            )
        }
        let bytes = Array(segment)
        switch (isOutward, wire.peer) {
        case (true, nil): try deliverToHub(bytes, wire)
        case (true, let peer?): try deliverToPeer(bytes, wire, peer)
        case (false, _): try deliverToCaller(bytes, wire)
        }
        if wire.isOver { wires.removeAll { $0 === wire } }
    }

    // MARK: - The hub's end

    private func deliverToHub(_ bytes: [UInt8], _ wire: Wire) throws {
        guard let engine = engine(of: wire) else { return }
        if bytes.isEmpty {
            engine.disconnected(wire.number)
            connections[wire.number] = nil
            // The hub says no more; the client hears of it.
            wire.inward.isEnded = true
            return
        }
        let effects = try onHub(to: "take bytes in") { engine.receive(bytes, from: wire.number) }
        performHub(effects ?? [])
    }

    func flushHub() throws {
        guard hub.isUp else { return }
        let effects = try onHub(to: "write what it was sent") {
            (hub.engine?.flush() ?? []) + (hub.otherEngine?.flush() ?? [])
        }
        note(.flushed, 0, 0, "")
        performHub(effects ?? [])
    }

    /// Whether the hub has been sent what it has not written.
    var hubNeedsFlush: Bool {
        hub.engine?.needsFlush == true || hub.otherEngine?.needsFlush == true
    }

    /// What of the hub serves a connection.
    func engine(of wire: Wire) -> HubEngine? {
        wire.isDeceived ? hub.otherEngine : hub.engine
    }

    func performHub(_ effects: [HubEngine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes, let number): connections[number]?.inward.append(bytes)
            case .close(let number, _):
                guard let wire = connections.removeValue(forKey: number) else { continue }
                wire.inward.isEnded = true
                wire.outward.isDeaf = true
            case .grew: break
            }
        }
    }

    // MARK: - The caller's end

    private func deliverToCaller(_ bytes: [UInt8], _ wire: Wire) throws {
        let client = wire.caller
        if wire.peer != nil { return try deliverToPeerCaller(bytes, wire) }
        guard let link = client.session, link.wire === wire else {
            // A liar listens to nobody.
            if bytes.isEmpty { wire.outward.isEnded = true }
            return
        }
        let effects = try onClient(client, to: "take bytes in") {
            bytes.isEmpty ? link.engine.connectionLost() : link.engine.receive(bytes)
        }
        guard let effects else { return }
        perform(effects, link, client)
        if bytes.isEmpty {
            wire.outward.isEnded = true
            if client.session === link { client.session = nil }
        }
        try checkPendingViolation()
    }

    func perform(_ effects: [ClientEngine.Effect], _ link: HubLink, _ client: Client) {
        for effect in effects {
            switch effect {
            case .send(let bytes):
                if client.recorded.count < 40 { client.recorded.append(bytes) }
                link.wire.outward.append(bytes)
            case .progressed(let library, _): progressed(client, self.library(library))
            case .ended(let library, let result): ended(client, self.library(library), link, result)
            case .close:
                link.wire.outward.isEnded = true
                link.wire.inward.isDeaf = true
                if client.session === link { client.session = nil }
            }
        }
    }
}
