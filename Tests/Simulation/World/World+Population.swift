import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import TestSupport

extension World {
    /// Makes libraries, and machines for their members; some come later by invitation.
    func populate() throws {
        let liar = profile.hasLiar ? profile.clientCount - 1 : nil
        for number in 0..<profile.clientCount {
            let client = try addClient(
                key: PrivateKey(seed: random.bytes(32)),
                isLiar: number == liar
            )
            if !profile.allJoin, random.oneIn(4) { client.clockOffset = clockError() }
        }
        for _ in 0..<profile.libraryCount { try addLibrary() }
        for _ in 0..<profile.directLinkCount {
            guard let one = random.pick(clients), let other = random.pick(clients), one !== other
            else { continue }
            directLinks.append((one, other))
        }
        startHub()
    }

    func addClient(key: PrivateKey, isLiar: Bool = false) throws -> Client {
        let disk = SimulatedDisk(seed: random.next())
        let client = try Client(
            clients.count,
            key: key,
            machine: random.bytes(8),
            disk: disk,
            isLiar: isLiar,
            seed: random.next()
        )
        fileSystem.disks[client.name] = disk
        clients.append(client)
        return client
    }

    /// Up to ten years, either way.
    func clockError() -> Int64 {
        let tenYears = 10 * 365 * 86_400_000
        return Int64(random.below(2 * tenYears) - tenYears)
    }

    func startHub() {
        hub.engine = makeHubEngine(hub.shelf)
        if hubIsLying { hub.otherEngine = makeHubEngine(hub.otherShelf) }
    }

    func makeHubEngine(_ shelf: HubShelf) -> HubEngine {
        HubEngine(libraries: shelf, key: hub.key) { [unowned self] in
            // Expiry is the hub's to judge, by whatever its clock says.
            now + hub.clockOffset
        }
    }

    private func addLibrary() throws {
        let number = libraries.count
        guard let owner = number == 0 ? clients.first : random.pick(clients.filter { !$0.isLiar })
        else { return }
        let nonce = Identifier32<GenesisNonceTag>(random.bytes(32))
        guard let nonce else { throw Violation("no nonce") }
        let genesis = try MembershipRecord.genesis(
            Genesis(
                nonce: nonce,
                libraryName: "Library \(number)",
                userName: owner.name,
                deviceName: "\(owner.name)'s"
            ),
            timeMilliseconds: 1,
            signedBy: owner.key
        )
        var log = try MembershipLog(genesis: genesis)
        try log.append(
            .next(
                in: log,
                .hubSet(HubSet(keys: [hub.device], address: "hub:1")),
                timeMilliseconds: 2,
                signedBy: owner.key
            ),
            receipt: nil
        )
        var library = Library(number: number, id: log.library)
        // The first library has members and is at the hub from the start; others sometimes.
        library.isRegistered = number == 0 || random.oneIn(2)
        var members = [owner]
        if library.isRegistered {
            for client in clients where client !== owner && !(number > 0 && random.oneIn(2)) {
                // Somebody is left who has to come by an invitation.
                guard client.isLiar || profile.allJoin || !random.oneIn(4) else { continue }
                try admit(client, to: &log, by: owner, role(of: client))
                members.append(client)
            }
        }
        hub.shelf.numbers[log.library] = number
        hub.otherShelf.numbers[log.library] = number
        libraries.append(library)
        if library.isRegistered {
            hub.disk.put(Template.replica(of: log.library), as: HubShelf.file(number))
            _ = try hub.shelf.replica(number)?.appendMembershipAsHub(log.entries)
        }
        for client in members { try makeReplica(of: number, on: client, with: log) }
    }

    private func role(of client: Client) -> Role {
        client.isLiar || profile.allJoin
            ? .editor : random.oneIn(6) ? .annotator : random.oneIn(5) ? .admin : .editor
    }

    private func admit(
        _ client: Client,
        to log: inout MembershipLog,
        by owner: Client,
        _ role: Role
    ) throws {
        let (record, invitation) = try log.invitation(
            for: role,
            seed: random.bytes(32),
            expiryMilliseconds: now + 1,
            timeMilliseconds: 3,
            signedBy: owner.key
        )
        try accept(record, in: &log)
        try accept(
            .joining(
                invitation,
                in: log,
                userName: client.name,
                deviceName: "\(client.name)'s",
                timeMilliseconds: 4,
                signedBy: client.key
            ),
            in: &log
        )
    }

    private func accept(_ record: MembershipRecord, in log: inout MembershipLog) throws {
        let receipt = try Receipt.issue(for: record, nextIn: log, at: now, signedBy: hub.key)
        try log.append(record, receipt: receipt)
    }

    /// Gives a machine an empty replica that follows the hub, with the records known so far.
    @discardableResult
    func makeReplica(of number: Int, on client: Client, with log: MembershipLog?) throws -> Replica
    {
        let name = Client.file(number)
        client.disk.put(Template.replica(of: libraries[number].id), as: name)
        client.disk.put(nil, as: name + "-wal")
        if !client.libraries.contains(number) { client.libraries.append(number) }
        let replica = try openReplica(of: number, on: client)
        if let log { try replica.appendMembership(log.entries) }
        client.replicas[number] = replica
        return replica
    }

    /// Opens a machine's replica, and names the hub to it where something broke before that.
    func openReplica(of number: Int, on client: Client) throws -> Replica {
        let replica = try Replica(opening: client.path(number), fileSystem: fileSystem.name)
        if try replica.remotes().isEmpty {
            try replica.setRemote(hub: hub.device, address: "hub:1")
        }
        return replica
    }
}
