import ArticleModel
import Membership
import ReplicaStore

extension World {
    /// What users were told is stored has to be there after a crash.
    func checkKept(_ client: Client) throws {
        guard !client.isTainted else { return }
        for commit in ledger.commits where commit.isLocal && commit.client == client.number {
            guard let replica = client.replicas[commit.library] else { continue }
            let isThere = try onClient(client, to: "look for an entry") {
                try replica.contains(commit.id)
            }
            guard let isThere else { return }
            guard isThere else {
                throw Violation("\(client.name) lost \(commit.id.handle.prefix(8)) in a crash")
            }
        }
        for number in client.libraries { progressed(client, number) }
        try checkPendingViolation()
    }

    /// What clients were told of the hub's log has to be there after a crash.
    func checkHubKept() throws {
        guard isHubOrderBinding else { return }
        for library in libraries {
            guard let told = ledger.told(library.number), told.position > 0 else { continue }
            let there = try onHub(to: "look at its log") {
                try hub.shelf.replica(library.number)?.hubHead(at: told.position)
            }
            guard let there else { return }
            guard there == told else {
                throw Violation(
                    "the hub lost position \(told.position) of library \(library.number) in a crash"
                )
            }
        }
    }

    /// All entries that honest machines hold, by library.
    func heldEntries() throws -> [Int: Set<ChangeSetID>] {
        var held: [Int: Set<ChangeSetID>] = [:]
        for library in libraries {
            var ids: Set<ChangeSetID> = []
            for client in clients where !client.isLiar {
                guard let replica = client.replicas[library.number] else { continue }
                do {
                    ids.formUnion(try self.ids(in: replica))
                } catch  where client.isTainted {
                    // What a disk misread may be past reading; nobody can be asked for it.
                }
            }
            if let replica = try hub.shelf.replica(library.number) {
                ids.formUnion(try self.ids(in: replica))
            }
            held[library.number] = ids
        }
        return held
    }

    /// All entries of a replica.
    func ids(in replica: Replica) throws -> Set<ChangeSetID> {
        Set(try replica.entries(sizeMax: .max, countMax: .max).map(\.signed.id))
    }
}

extension Replica {
    /// Whether a membership record has come; reads them once.
    func hasMembers() throws -> Bool {
        do {
            _ = try membership()
            return true
        } catch {
            guard error.code == .membership, try membershipRecords(after: nil).isEmpty else {
                throw error
            }
            return false
        }
    }
}
