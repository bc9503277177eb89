import ReplicaStore
import TestSupport

extension World {
    /// Lets something go wrong; false where it cannot now.
    func doFault(_ fault: Profile.Fault) throws -> Bool {
        switch fault {
        case .cut: return cut(inside: false)
        case .cutInside: return cut(inside: true)
        case .partition: return partition()
        case .crashClient: return crashClient(inCall: false)
        case .crashClientInCall: return crashClient(inCall: true)
        case .crashHub: return crashHub(inCall: false)
        case .crashHubInCall: return crashHub(inCall: true)
        case .failClient, .fillClient, .shortWrite, .flip: return breakDisk(of: .client, fault)
        case .failHub, .fillHub: return breakDisk(of: .hub, fault)
        case .clock: return changeClock()
        case .sleep: return sleep()
        case .handOver: return false
        case .restoreHub: return try restoreHub()
        case .restoreClient: return try restoreClient()
        case .copyClient: return try copyClient()
        case .restoreMachine: return try restoreMachine()
        case .lie: return try lie()
        case .hubLie: return try lieAsHub()
        }
    }

    // MARK: - The network

    private func cut(inside: Bool) -> Bool {
        guard let wire = random.pick(wires) else { return false }
        wire.isDisturbed = true
        // What is under way gets lost from some byte on, the middle of a frame included.
        wire.outward.cut(keeping: inside ? random.below(wire.outward.count + 1) : 0)
        wire.inward.cut(keeping: inside ? random.below(wire.inward.count + 1) : 0)
        note(inside ? .cutInsideFrame : .cut, Int(wire.number), 0, wire.label)
        return true
    }

    private func partition() -> Bool {
        guard let client = random.pick(clients) else { return false }
        client.isPartitioned.toggle()
        note(client.isPartitioned ? .partitioned : .healed, client.number, 0, client.name)
        if client.isPartitioned {
            for wire in wires where wire.caller === client || wire.peer === client {
                wire.isDisturbed = true
            }
        }
        return true
    }

    /// Much time passes at once: machines slept.
    private func sleep() -> Bool {
        now += Int64(random.below(3_600_000))
        for wire in wires { wire.isDisturbed = true }
        note(.slept, 0, 0, "")
        return true
    }

    private func changeClock() -> Bool {
        let error = random.oneIn(4) ? 0 : clockError()
        if random.oneIn(6) {
            // Invitations expire by it; those that were made are of no use then.
            hub.clockOffset = error
            for index in libraries.indices { libraries[index].invitations = [] }
        } else if let client = random.pick(clients) {
            client.clockOffset = error
        }
        note(.clockChanged, 0, 0, "\(error)")
        return true
    }

    // MARK: - Machines

    private func crashClient(inCall: Bool) -> Bool {
        guard let client = random.pick(clients.filter(\.isUp)) else { return false }
        if inCall {
            client.disk.faults.crashAfter = 1 + random.below(60)
            return true
        }
        client.disk.crash()
        note(.clientCrashed, client.number, 0, client.name)
        stop(client)
        return true
    }

    private func crashHub(inCall: Bool) -> Bool {
        guard hub.isUp else { return false }
        if inCall {
            hub.disk.faults.crashAfter = 1 + random.below(60)
            return true
        }
        hub.disk.crash()
        note(.hubCrashed, 0, 0, "")
        stopHub()
        return true
    }

    /// A machine that is down is started on what its disk kept.
    func restartSomebody() throws {
        if !hub.isUp, random.oneIn(2) { return try restartHub() }
        guard let client = random.pick(clients.filter { !$0.isUp }) else {
            if !hub.isUp { try restartHub() }
            return
        }
        try restart(client)
    }

    func restart(_ client: Client) throws {
        if client.disk.hasCrashed { client.disk.restart() }
        try start(client)
        if client.isUp, !isQuiet || !client.isTainted { try checkKept(client) }
    }

    /// Starts a client's process on the files there are.
    func start(_ client: Client) throws {
        client.isUp = true
        note(.restarted, client.number, 0, client.name)
        for number in client.libraries {
            let replica = try onClient(client, to: "open library \(number)") {
                try openReplica(of: number, on: client)
            }
            guard let replica else {
                note(.restartFailed, client.number, 0, client.name)
                if client.isUp { stop(client) }
                return
            }
            client.replicas[number] = replica
        }
    }

    func restartHub() throws {
        if hub.disk.hasCrashed { hub.disk.restart() }
        startHub()
        note(.restarted, -1, 0, "the hub")
        guard try onHub(to: "open its libraries", { try hub.shelf.openAll() }) != nil else {
            note(.restartFailed, -1, 0, "the hub")
            if hub.isUp { stopHub() }
            return
        }
        try checkHubKept()
    }

    // MARK: - Disks

    private enum Side { case client, hub }

    private func breakDisk(of side: Side, _ fault: Profile.Fault) -> Bool {
        var disk = hub.disk
        var number = -1
        if side == .client {
            guard let client = random.pick(clients.filter { $0.isUp && !$0.isLiar }) else {
                return false
            }
            disk = client.disk
            number = client.number
            // What a bit that flipped led to is not known: the user will have it looked at.
            if fault == .flip { client.isTainted = true }
        }
        switch fault {
        case .fillClient, .fillHub:
            if disk.faults.capacity == nil {
                disk.faults.capacity = disk.usedByteCount + random.below(20_000)
                note(.diskFilled, number, 0, "")
            } else {
                disk.faults.capacity = nil
                note(.diskFreed, number, 0, "")
            }
        case .shortWrite: disk.faults.shortWriteAfter = 1 + random.below(30)
        case .flip: disk.faults.flipAfter = 1 + random.below(60)
        default:
            disk.faults.failAfter = 1 + random.below(60)
            disk.faults.failCount = 1 + random.below(4)
        }
        note(.diskBroken, number, 0, "\(fault) at \(number < 0 ? "the hub" : "c\(number)")")
        return true
    }
}
