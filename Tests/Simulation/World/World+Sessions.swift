import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport

extension World {
    /// Some client that has no connection makes one.
    func connectSomebody() throws {
        let idle = clients.filter {
            $0.isUp && !$0.isPartitioned && $0.session == nil && !$0.isLiar
        }
        guard let client = random.pick(idle), !client.libraries.isEmpty else { return }
        if !directLinks.isEmpty, random.oneIn(3) { return try connectToPeer() }
        try connect(client, isLive: random.oneIn(3))
    }

    /// A client connects to the hub for all its libraries.
    func connect(_ client: Client, isLive: Bool) throws {
        guard hub.isUp else { return }
        var libraries: [(replica: Replica, purpose: ClientSync.Purpose)] = []
        var purposes: [Int: Act] = [:]
        for number in client.libraries {
            guard let replica = client.replicas[number] else { continue }
            let found = try onClient(client, to: "see what to connect for") {
                try purpose(client, number, replica)
            }
            guard let found else { return }
            guard let (act, purpose) = found else { continue }
            if self.libraries[number].isMembershipFrozen, act != .connected { continue }
            purposes[number] = act
            libraries.append((replica, purpose))
        }
        guard !libraries.isEmpty else { return }
        try connect(client, libraries, purposes, isLive: isLive)
    }

    /// A client connects to the hub.
    func connect(
        _ client: Client,
        _ libraries: [(replica: Replica, purpose: ClientSync.Purpose)],
        _ purposes: [Int: Act],
        isLive: Bool
    ) throws {
        guard hub.isUp, client.session == nil else { return }
        let wire = makeWire(client, nil)
        var options = ClientEngine.Options()
        options.isLive = isLive
        let engine = ClientEngine(hub: hub.device, options: options)
        let link = HubLink(wire, engine, isLive: isLive)
        link.purposes = purposes
        client.session = link
        connections[wire.number] = wire
        self.engine(of: wire)?.connect(wire.number, device: client.device)
        note(
            isLive ? .connectedLive : .connected,
            client.number,
            libraries.count,
            "\(wire.label) \(purposes.sorted { $0.key < $1.key })"
        )
        guard let effects = try onClient(client, to: "begin to sync", { engine.open(libraries) })
        else { return }
        perform(effects, link, client)
        try checkPendingViolation()
    }

    /// What a client wants of the hub for a library: to sync, to join, or to register it; nil for
    /// nothing yet.
    private func purpose(
        _ client: Client,
        _ number: Int,
        _ replica: Replica
    ) throws -> (Act, ClientSync.Purpose)? {
        if try !replica.hasMembers() {
            guard let invitation = libraries[number].invitations.last,
                !libraries[number].isMembershipFrozen
            else {
                // The hub may have let it in before something broke.
                return (.connected, .sync)
            }
            let key = try invitation.privateKey().publicKey.bytes
            let name = client.name
            let now = wallClock(of: client)
            let signing = client.key
            let purpose = ClientSync.Purpose.join(invitation: key) { log in
                try MembershipRecord.joining(
                    invitation,
                    in: log,
                    userName: name,
                    deviceName: "\(name)'s",
                    timeMilliseconds: now,
                    signedBy: signing
                )
            }
            return (.joined, purpose)
        }
        guard !libraries[number].isRegistered else { return (.connected, .sync) }
        // Others of its members come once it is there.
        guard try replica.membership().role(of: client.device) == .owner else { return nil }
        return (.registered, .register(claim: "claim"))
    }

    /// Somebody who is no member of a library begins to join it.
    func joinSomewhere(_ client: Client) throws {
        let open = libraries.filter {
            !$0.invitations.isEmpty && $0.isRegistered && !client.libraries.contains($0.number)
        }
        guard let library = random.pick(open), !client.isLiar else { return }
        _ = try onClient(client, to: "make a replica") {
            try makeReplica(of: library.number, on: client, with: nil)
        }
    }

    /// An admin invites somebody, or gives somebody another role.
    func changeMembership(_ client: Client, _ number: Int) throws {
        guard client.session == nil, !client.isPartitioned, hub.isUp,
            libraries[number].isRegistered, !libraries[number].isMembershipFrozen,
            let replica = client.replicas[number]
        else { return }
        guard let log = try onClient(client, to: "read members", { try replica.membership() }),
            let role = log.role(of: client.device), role >= .admin
        else { return }
        let now = wallClock(of: client)
        let key = client.key
        if random.oneIn(2) {
            let seed = random.bytes(32)
            // By the hub's clock, which is all that counts.
            let expiry = self.now + hub.clockOffset + 100_000
            let purpose = ClientSync.Purpose.append { [unowned self] log in
                let (record, invitation) = try log.invitation(
                    for: .editor,
                    seed: seed,
                    expiryMilliseconds: expiry,
                    useCount: 3,
                    timeMilliseconds: now,
                    signedBy: key
                )
                libraries[number].invitations = [invitation]
                return record
            }
            return try connect(client, [(replica, purpose)], [number: .invited], isLive: false)
        }
        let others = log.users.filter {
            $0.id != log.user(of: client.device) && $0.role(at: log.head.sequence) != .owner
        }
        guard let other = random.pick(others) else { return }
        let wanted: Role = random.oneIn(2) ? .annotator : .editor
        let purpose = ClientSync.Purpose.append { log in
            try MembershipRecord.next(
                in: log,
                .role(RoleChange(user: other.id, role: wanted)),
                timeMilliseconds: now,
                signedBy: key
            )
        }
        try connect(client, [(replica, purpose)], [number: .roleChanged], isLive: false)
    }

    // MARK: - What came of it

    /// A client has taken entries in, or knows that the hub has: both are durable.
    func progressed(_ client: Client, _ number: Int) {
        guard let replica = client.replicas[number] else { return }
        do {
            let head = try onClient(client, to: "see how far the hub's log goes") {
                try replica.hubHead()
            }
            if let head { try heard(head, client, number) }
        } catch { pendingViolation = pendingViolation ?? error }
    }

    /// What a client knows of the hub's order has to be what others know, and on the hub's disk.
    private func heard(_ head: LogHead, _ client: Client, _ number: Int) throws {
        guard isHubOrderBinding, !client.isTainted, !isBehindHub(client, number) else { return }
        guard ledger.heard(head, number) else {
            throw Violation(
                "\(client.name) was told another order than others up to \(head.position)"
            )
        }
        guard hub.isUp, !hub.disk.hasCrashed, let replica = hub.shelf.open[HubShelf.file(number)]
        else { return }
        let there = try onHub(to: "look at its log") { try replica.hubHead(at: head.position) }
        guard let there else { return }
        guard there == head else {
            throw Violation(
                "\(client.name) was told of position \(head.position), which is not in the hub's log"
            )
        }
    }

    /// Whether a client may still know an order that the hub has forgotten.
    private func isBehindHub(_ client: Client, _ number: Int) -> Bool {
        staleOrders.contains(StaleOrder(client: client.number, library: number))
    }

    /// A session is over.
    func ended(
        _ client: Client,
        _ number: Int,
        _ link: HubLink,
        _ result: Result<ClientSync.Report, SyncError>
    ) {
        let act = link.purposes[number] ?? .connected
        switch result {
        case .success(let report):
            note(
                .sessionEnded,
                client.number,
                number,
                "\(client.name) library \(number): \(report)"
            )
            if act != .connected { note(act, client.number, number, client.name) }
            if act == .registered { libraries[number].isRegistered = true }
            // What was under way when the hub went back in time is of before.
            if !hubIsLying, !link.wire.isDisturbed {
                staleOrders.remove(StaleOrder(client: client.number, library: number))
            }
            if !report.faults.isEmpty, !profile.hasLiar, !isDisturbed(link.wire) {
                pendingViolation = Violation("\(client.name) was refused \(report.faults)")
            }
            progressed(client, number)
        case .failure(let error):
            note(
                .sessionFailed,
                client.number,
                number,
                "\(client.name) library \(number): \(error)"
            )
            guard !isDisturbed(link.wire), !isExpected(error, act) else { return }
            pendingViolation = Violation(
                "\(client.name) could not sync library \(number), though nothing was wrong: "
                    + "\(error.code): \(error)"
            )
        }
    }

    /// Whether a session may end with an error where nothing is broken.
    private func isExpected(_ error: SyncError, _ act: Act) -> Bool {
        switch error.code {
        case .refused(.notMember), .refused(.wrongLibrary):
            // The others come once the library is there; somebody else's may not be.
            return true
        case .refused(.membershipConflict), .refused(.invitation), .refused(.role),
            .refused(.badRecord), .membership,
            .replica(.membership):
            return act != .connected
        default: return false
        }
    }

    func checkPendingViolation() throws {
        if let violation = pendingViolation {
            pendingViolation = nil
            throw violation
        }
    }

    // MARK: - Time

    /// Timers go off somewhere.
    func tick() throws {
        note(.ticked, 0, 0, "")
        if let engine = hub.engine, random.oneIn(2) {
            performHub(try onHub(to: "look at the clock") { engine.tick(now: now) } ?? [])
            return
        }
        guard let client = random.pick(clients), let link = client.session, client.isUp else {
            return
        }
        let effects = try onClient(client, to: "look at the clock") { link.engine.tick(now: now) }
        perform(effects ?? [], link, client)
        try checkPendingViolation()
    }
}
