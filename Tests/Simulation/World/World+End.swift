import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import TestSupport

extension World {
    /// Rounds of syncs after which all have to be level.
    static let roundCountMax = 5

    /// Faults stop; all machines run, reach each other and sync: then all have to be level, and
    /// nothing that was promised may be missing.
    func settleDown() throws {
        isQuiet = true
        try calm()
        var round = 0
        var difference: String?
        repeat {
            round += 1
            guard round <= Self.roundCountMax else {
                throw Violation("not level after \(round - 1) rounds: \(difference ?? "")")
            }
            for client in clients.shuffled(using: &random) where !client.isLiar {
                try syncWholly(client)
                try vouch(for: client)
            }
            for (one, other) in directLinks where !one.isLiar && !other.isLiar {
                try connect(one, to: other)
                try drain()
            }
            difference = try findDifference()
        } while difference != nil
        note(.convergenceChecked, round, 0, "level after \(round) rounds")
        try checkPromises()
        try checkSoundness()
    }

    /// Ends all faults.
    func calm() throws {
        for client in clients {
            client.isPartitioned = false
            clearFaults(client.disk)
        }
        clearFaults(hub.disk)
        try makeHubHonest()
        for wire in wires {
            wire.isDisturbed = true
            wire.outward.cut(keeping: wire.outward.count)
            wire.inward.cut(keeping: wire.inward.count)
        }
        try drain()
        if !hub.isUp { try restartHub() }
        for client in clients where !client.isUp { try restart(client) }
        for client in clients where client.isTainted && !client.isLiar { try heal(client) }
    }

    private func clearFaults(_ disk: SimulatedDisk) {
        // Switched off, not only ended: what was to come does not.
        disk.faults = DiskFaults()
    }

    /// Lets all that is under way arrive.
    func drain() throws {
        var left = 50_000
        while left > 0 {
            left -= 1
            guard let wire = wires.first(where: { $0.outward.isDue || $0.inward.isDue }) else {
                guard hubNeedsFlush else { return }
                try flushHub()
                continue
            }
            try deliver(wire, isOutward: wire.outward.isDue, limit: 1 << 20)
        }
        throw Violation("sessions do not come to an end")
    }

    private func syncWholly(_ client: Client) throws {
        try connect(client, isLive: false)
        try drain()
        if client.session != nil { throw Violation("\(client.name)'s session does not end") }
    }

    /// Brings a member's records to somebody whom the hub knows, by hand.
    ///
    /// A hub put back from a backup, and all who come to it, may have lost the record by which a
    /// member joined: the hub does not talk to whom it does not know, though they hold its receipt.
    private func vouch(for client: Client) throws {
        for number in client.libraries {
            guard let replica = client.replicas[number],
                let members = try hub.shelf.replica(of: libraries[number].id)?.membership(),
                members.role(of: client.device) == nil,
                case let records = try replica.membershipRecords(after: nil), !records.isEmpty,
                try replica.membership().role(of: client.device) != nil
            else { continue }
            for other in clients where members.role(of: other.device) != nil && !other.isLiar {
                try other.replicas[number]?.appendMembership(records)
            }
            note(.vouchedFor, client.number, number, client.name)
        }
    }

    /// What differs between honest replicas; nil where they are level.
    private func findDifference() throws -> String? {
        for library in libraries where library.isRegistered {
            guard let hubReplica = try hub.shelf.replica(library.number) else {
                return "library \(library.number) is not at the hub"
            }
            let head = try hubReplica.hubHead()
            let members = try hubReplica.membership()
            var replicas: [(label: String, replica: Replica)] = []
            for client in clients where !client.isLiar {
                guard let replica = client.replicas[library.number],
                    members.role(of: client.device) != nil
                else { continue }
                let label = "\(client.name) in library \(library.number)"
                guard try replica.hasMembers() else { return "\(label) knows of no members" }
                guard try replica.unplacedCount() == 0 else {
                    return "\(label) has entries that the hub has not taken"
                }
                guard try replica.hubHead() == head else { return "\(label) lacks entries" }
                replicas.append((label, replica))
            }
            // Dear, so looked at where all the rest is level.
            let hash = try hubReplica.stateHash()
            for (label, replica) in replicas where try replica.stateHash() != hash {
                return "\(label) has another state"
            }
        }
        return nil
    }

    /// Nothing that users were told is stored is missing, and nobody signed two entries in one
    /// place.
    private func checkPromises() throws {
        for library in libraries where library.isRegistered {
            guard let replica = try hub.shelf.replica(library.number) else { continue }
            for commit in ledger.commits where commit.library == library.number {
                guard try replica.contains(commit.id) else {
                    throw Violation(
                        "\(commit.id.handle.prefix(8)), which \(clients[commit.client].name) was told"
                            + " is stored, is gone"
                    )
                }
            }
            let liars = Set(clients.filter(\.isLiar).map(\.device))
            for entry in try replica.entries(sizeMax: .max, countMax: .max) {
                let header = entry.signed.header
                guard let device = try replica.deviceOfChain(of: header), !liars.contains(device)
                else { continue }
                try ledger.signed(entry.signed.id, header)
            }
        }
        note(.historyChecked, 0, 0, "")
    }

    /// What a full check of every signature, hash and derived row finds.
    private func checkSoundness() throws {
        var replicas: [(String, Replica)] = []
        for library in libraries where library.isRegistered {
            if let replica = try hub.shelf.replica(library.number) {
                replicas.append(("the hub", replica))
            }
            let clients = try clients.filter {
                // Who is no member yet has nothing to be checked.
                try !$0.isLiar
                    && $0.replicas[library.number]?.membershipRecords(after: nil).isEmpty == false
            }
            if let client = random.pick(clients), let replica = client.replicas[library.number] {
                replicas.append((client.name, replica))
            }
        }
        guard let (name, replica) = random.pick(replicas) else { return }
        if random.oneIn(2) {
            let report = try replica.verify()
            if let problem = report.problems.first {
                throw Violation("\(name)'s log is not sound: \(problem.message)")
            }
        } else {
            let report = try replica.doctor(repairing: false)
            if !report.isSound {
                throw Violation(
                    "\(name)'s rows do not follow from its log: \(report.differingTables)"
                        + " \(report.integrityProblems)"
                )
            }
        }
        note(.doctorChecked, 0, 0, "")
    }
}
