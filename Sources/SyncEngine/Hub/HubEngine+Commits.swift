import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

extension HubEngine {
    /// Writes the entries gathered from all connections, one transaction a library, and
    /// acknowledges them.
    public func flush() -> [Effect] {
        while !pending.isEmpty {
            let commits = pending
            pending = []
            // In order of arrival, so that positions are.
            var order: [LibraryID] = []
            var byLibrary: [LibraryID: [PendingCommit]] = [:]
            for commit in commits {
                guard let library = commit.stream.library else { continue }
                if byLibrary[library] == nil { order.append(library) }
                byLibrary[library, default: []].append(commit)
            }
            for library in order { write(byLibrary[library] ?? [], library) }
        }
        chainDevices = [:]
        return takeEffects()
    }

    private func write(_ commits: [PendingCommit], _ library: LibraryID) {
        guard let replica = commits.first?.stream.replica else { return }
        do {
            try writeTogether(commits, to: replica, library)
        } catch {
            guard commits.count > 1 else {
                refuse(commits, error)
                return
            }
            // One of them may be the cause; the others must not suffer for it.
            for commit in commits { write([commit], library) }
        }
    }

    private func refuse(_ commits: [PendingCommit], _ error: any Error) {
        for commit in commits {
            perform(commit.stream.session.refuse(Self.failure(error)), commit.stream)
        }
    }

    private func writeTogether(
        _ commits: [PendingCommit],
        to replica: Replica,
        _ library: LibraryID
    ) throws {
        // One after the other: while one is written, the signatures of the next are checked.
        let reports = try replica.receiveAsHub(
            commits.lazy.map { commit in
                let verified = commit.verified()
                return IncomingBatch(
                    commit.entries.map { entry in
                        verified[entry.id].map { IncomingEntry(entry, $0) }
                            ?? IncomingEntry(entry)
                    },
                    from: commit.stream.connection.device
                )
            }
        )
        // All is durable from here on: an error below costs the acknowledgement, not the entries.
        let head = Cursor(try replica.hubHead())
        let forked = reports.flatMap(\.forkedChains)
        if !forked.isEmpty { noteForks(forked, of: replica) }
        var storedCount = 0
        for (commit, report) in zip(commits, reports) {
            storedCount += report.storedCount
            let positions = try replica.positions(of: commit.ids)
            try giveBackRoom(commit, report)
            perform(
                commit.stream.session.committed(
                    positions: positions.map { $0 ?? 0 },
                    faults: commit.faults + EntryFaults.faults(commit.entries, report),
                    head: head
                ),
                commit.stream
            )
            settleCredit(of: commit.stream)
        }
        guard storedCount > 0 else { return }
        usage.statistics.entryCount += Int64(storedCount)
        effects.append(
            .grew(library: library, position: head.position, entryCount: storedCount)
        )
        announce(replica, head, try replica.membership(), except: nil)
    }

    /// Tells the sessions of a library that chains have forked.
    private func noteForks(_ chains: [ChainID], of replica: Replica) {
        for connection in connections.values {
            for stream in connection.streams.values where stream.replica === replica {
                stream.session.forked(chains)
            }
        }
    }

    /// Tells the other sessions of a library that it has grown.
    func announce(
        _ replica: Replica,
        _ head: Cursor,
        _ log: MembershipLog,
        except own: HubStream?
    ) {
        for connection in connections.values.sorted(by: { $0.number < $1.number }) {
            let streams = connection.streams.values.sorted { $0.number < $1.number }
            for stream in streams where stream.replica === replica && stream !== own {
                perform(stream.session.advanced(head: head, membership: log.mark), stream)
            }
        }
    }
}
