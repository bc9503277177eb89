import ReplicaStore
import TestSupport

extension World {
    // Filled by the levels that can heal it.
    func restoreHub() throws -> Bool { false }
    func restoreClient() throws -> Bool { false }
    func copyClient() throws -> Bool { false }
    func restoreMachine() throws -> Bool { false }
    func backUp(_ client: Client, _ number: Int) throws {}

    /// A user whose disk misread has everything looked at; what is not sound is fetched anew.
    func heal(_ client: Client) throws {
        client.isTainted = false
        if client.isUp { stop(client) }
        client.disk.restart()
        client.isUp = true
        for number in client.libraries {
            if let replica = soundReplica(client, number) {
                client.replicas[number] = replica
            } else {
                let log = try hub.shelf.replica(number).map { try $0.membership() }
                try makeReplica(of: number, on: client, with: log)
                staleOrders.remove(StaleOrder(client: client.number, library: number))
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
