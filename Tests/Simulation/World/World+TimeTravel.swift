import ArticleModel
import Membership
import ReplicaStore
import TestSupport

// Files that go back in time: a backup put back, a machine set back, a disk copied to another
// machine. The anchor of a chain lies outside the database, so it goes along with some and not with
// others.

extension World {
    // MARK: - Copies

    /// The files of a database as they are at one moment.
    private func files(_ name: String, on disk: SimulatedDisk) -> [String: FileImage] {
        var images: [String: FileImage] = [:]
        for file in [name, name + "-wal"] {
            if let image = disk.image(of: file) { images[file] = image }
        }
        return images
    }

    private func put(_ files: [String: FileImage], _ name: String, on disk: SimulatedDisk) {
        for file in [name, name + "-wal"] { disk.put(files[file], as: file) }
    }

    /// Somebody makes a copy of a database, anchor included.
    func backUp(_ client: Client, _ number: Int) throws {
        if random.oneIn(2) {
            guard libraries[number].isRegistered else { return }
            return copyHubFiles(number)
        }
        copyFiles(of: client, number)
    }

    func copyHubFiles(_ number: Int) {
        hub.backups[number] = files(HubShelf.file(number), on: hub.disk)
        note(.backedUp, -1, number, "the hub's library \(number)")
    }

    func copyFiles(of client: Client, _ number: Int) {
        var images = files(Client.file(number), on: client.disk)
        images[Client.anchor(number)] = client.disk.image(of: Client.anchor(number))
        client.backups[number] = images
        note(.backedUp, client.number, number, "\(client.name)'s library \(number)")
    }

    /// Ends a process for good: whatever of it somebody still holds on to must not touch the files
    /// any more, not even to tidy up.
    private func end(_ client: Client) {
        client.disk.crash()
        if client.isUp { stop(client) }
        client.disk.restart()
    }

    func endHub() {
        hub.disk.crash()
        stopHub()
        hub.disk.restart()
    }

    // MARK: - Restoring

    /// Does something while all machines run and none fails: to see what everybody has.
    private func withoutFaults(_ body: () throws -> Void) throws {
        let disks = clients.map(\.disk) + [hub.disk]
        let faults = disks.map(\.faults)
        for disk in disks { disk.faults = DiskFaults() }
        if !hub.isUp { try restartHub() }
        for client in clients where !client.isUp { try restart(client) }
        try body()
        for (disk, faults) in zip(disks, faults) { disk.faults = faults }
    }

    /// The hub's operator puts a copy of yesterday in place.
    func restoreHub() throws -> Bool {
        guard Self.clientsRefillHubs, !hubIsLying,
            let number = random.pick(hub.backups.keys.sorted()),
            let files = hub.backups[number]
        else { return false }
        try withoutFaults {
            endHub()
            put(files, HubShelf.file(number), on: hub.disk)
            startHub()
            let position = try hub.shelf.replica(number)?.hubHead().position ?? 0
            note(.hubRestored, number, Int(position), "library \(number) to position \(position)")
            // A raw copy may hold what a commit that failed has written: entries that nobody was told of.
            let agreed = try ledger.agreed(number) { head in
                try hub.shelf.replica(number)?.hubHead(at: head.position) == head
            }
            forgetHubOrder(number, after: min(position, agreed))
            try excuseLost()
        }
        return true
    }

    /// What clients know of the hub's order holds no more from a position on.
    func forgetHubOrder(_ number: Int, after position: UInt64) {
        ledger.rewound(number, to: position)
        // A second record of one number would be the hub's lie; none is made until all are level.
        libraries[number].isMembershipFrozen = true
        for client in clients {
            staleOrders.insert(StaleOrder(client: client.number, library: number))
        }
        for wire in wires where wire.peer == nil { wire.isDisturbed = true }
    }

    /// A user puts a copy of the database in place; the anchor beside it stays.
    func restoreClient() throws -> Bool {
        guard let (client, number) = pickBackedUp() else { return false }
        try setBack(client, number, withAnchor: false)
        note(.clientRestored, client.number, number, "\(client.name) library \(number)")
        return true
    }

    /// A whole machine is set back, its anchor with it: only others can tell.
    func restoreMachine() throws -> Bool {
        guard let (client, number) = pickBackedUp() else { return false }
        allowForks(of: client, number)
        try setBack(client, number, withAnchor: true)
        allowForks(of: client, number)
        note(.machineRestored, client.number, number, "\(client.name) library \(number)")
        return true
    }

    /// Whatever a client signs until it hears of what it signed before may be a second branch.
    func allowForks(of client: Client, _ number: Int) {
        let name = Client.anchor(number)
        guard let bytes = client.disk.image(of: name)?.bytes,
            let chain = SimulatedAnchors.chain(in: bytes)
        else { return }
        ledger.forkedChains.insert(chain)
    }

    private func pickBackedUp() -> (Client, Int)? {
        let clients = clients.filter { !$0.backups.isEmpty && !$0.isTainted && !$0.isLiar }
        guard let client = random.pick(clients),
            let number = random.pick(client.backups.keys.sorted())
        else { return nil }
        return (client, number)
    }

    func setBack(_ client: Client, _ number: Int, withAnchor: Bool) throws {
        guard let files = client.backups[number] else { return }
        try withoutFaults {
            end(client)
            put(files, Client.file(number), on: client.disk)
            if withAnchor {
                let anchor = Client.anchor(number)
                client.disk.put(files[anchor], as: anchor)
            }
            staleOrders.insert(StaleOrder(client: client.number, library: number))
            try start(client)
            let here = try client.replicas[number].map { try ids(in: $0) } ?? []
            ledger.setBack(client.number, number, to: here)
            try excuseLost()
        }
    }

    /// Somebody copies a machine's files to another one and goes on with both.
    func copyClient() throws -> Bool {
        guard clients.count < 12,
            let original = random.pick(
                clients.filter { $0.isUp && !$0.isLiar && !$0.isTainted && !$0.libraries.isEmpty }
            )
        else { return false }
        return try copyClient(original)
    }

    func copyClient(_ original: Client) throws -> Bool {
        let copy = try addClient(key: original.key)
        for number in original.libraries {
            put(files(Client.file(number), on: original.disk), Client.file(number), on: copy.disk)
            if random.oneIn(2) {
                let anchor = Client.anchor(number)
                copy.disk.put(original.disk.image(of: anchor), as: anchor)
            }
            staleOrders.insert(StaleOrder(client: copy.number, library: number))
        }
        copy.libraries = original.libraries
        try start(copy)
        note(.clientCopied, original.number, copy.number, "\(original.name) to \(copy.name)")
        return true
    }

    // MARK: - Healing

    /// A user whose disk misread has everything looked at; what is not sound is fetched anew.
    func heal(_ client: Client) throws {
        client.isTainted = false
        end(client)
        client.isUp = true
        for number in client.libraries {
            if let replica = soundReplica(client, number) {
                client.replicas[number] = replica
            } else {
                let log = try hub.shelf.replica(of: libraries[number].id).map {
                    try $0.membership()
                }
                try makeReplica(of: number, on: client, with: log)
                staleOrders.remove(StaleOrder(client: client.number, library: number))
                ledger.setBack(client.number, number, to: [])
                note(.replicaReplaced, client.number, number, "\(client.name) library \(number)")
            }
        }
        try excuseLost()
    }

    /// The replica on a machine's disk, if all in it holds.
    private func soundReplica(_ client: Client, _ number: Int) -> Replica? {
        guard
            let replica = try? Replica(
                opening: client.path(number),
                fileSystem: fileSystem.name
            ), let report = try? replica.verify(), report.problems.isEmpty,
            (try? replica.doctor(repairing: true)) != nil
        else { return nil }
        return replica
    }

    /// What only a machine that lost it had can be asked of nobody.
    func excuseLost() throws {
        let held = try heldEntries()
        ledger.excuse { !(held[$0.library]?.contains($0.id) ?? false) }
    }
}
