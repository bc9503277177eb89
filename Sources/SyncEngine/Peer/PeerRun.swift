import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// Carries the actions of a session with a peer to the replica; frames in, bytes out.
final class PeerRun {
    private let replica: Replica
    private let peer: DeviceKey
    private let role: PeerSession.Role
    private var session: PeerSession
    private let start: Result<Void, any Error>

    private var outbox: [UInt8] = []
    /// What is compared, while it is.
    private var items: SortedItems?
    private var entries: EntrySet?
    /// What the peer wants.
    private var wanted = WantedEntries()
    private var faults: [Fault] = []
    private var refusals: [PeerReport.Refusal] = []
    private var recordCount = 0
    /// Why the driver gave up, where it did.
    private var failure: (any Error)?
    /// Takes what came instead of the replica's log, to repair.
    var repair: ((Entry) throws -> Void)?
    /// Entries here that count as missing, as they cannot be relied upon.
    var damaged: Set<ChangeSetID> = []
    /// Whether this is a hub's replica, which helps others to repair theirs and takes nothing.
    private let isHub: Bool
    private var mode: Hello.Mode

    /// How the session ended; nil while it goes on.
    private(set) var outcome: Result<PeerReport, SyncError>?
    /// Whether somebody known is at the other end.
    private(set) var isAdmitted = false

    init(
        _ replica: Replica,
        peer: DeviceKey,
        role: PeerSession.Role,
        mode: Hello.Mode,
        salt: [UInt8],
        stream: UInt64 = 0,
        isHub: Bool = false
    ) {
        self.isHub = isHub
        self.role = role
        self.mode = mode
        self.replica = replica
        self.peer = peer
        var start = PeerSession.Start(
            library: replica.library,
            cursor: Cursor(library: replica.library).mark,
            salt: salt
        )
        start.mode = mode
        do {
            start.cursor = Cursor(try replica.hubHead()).mark
            start.membership = try replica.membershipMark()
            self.start = .success(())
        } catch {
            self.start = .failure(error)
        }
        session = PeerSession(start, role: role, stream: stream)
    }

    func open() {
        if case .failure(let error) = start { return end(error) }
        do {
            try checkIsKnown(peer)
        } catch {
            // Who is not known is told nothing, not even that.
            outcome = .failure(SyncError(wrapping: error))
            return
        }
        perform(session.open())
    }

    /// Who calls has to know whom: a connection proves a key, not what it is the key of.
    private func checkIsKnown(_ peer: DeviceKey) throws {
        guard role == .calls else { return }
        let log = try replica.membership()
        // A damaged log is repaired from a hub as well.
        let isHub = try mode == .repair && replica.remotes().contains { $0.hub == peer }
        guard isHub || log.role(of: peer) != nil else {
            throw ProtocolError(
                .notMember,
                "The other device (\(peer.handle.prefix(8))) is no member of the library, as far as"
                    + " is known here. Sync both machines with the hub first."
            )
        }
    }

    func receive(_ frame: Frame) {
        if case .failure(let error) = start { return end(error) }
        perform(session.receive(frame))
    }

    func abort(_ error: ProtocolError) { perform(session.abort(error)) }

    func connectionLost() { perform(session.connectionLost()) }

    func takeBytes() -> [UInt8] {
        defer { outbox = [] }
        return outbox
    }

    /// About as many bytes as the session holds because of what the peer sent.
    var heldByteCount: Int { session.heldByteCount + outbox.count }

    /// Does actions and those that follow from them, in order.
    private func perform(_ actions: [PeerSession.Action]) {
        // A stack of its own, the next on top: one action leads to the next as often as there is
        // credit.
        var todo = Array(actions.reversed())
        while let action = todo.popLast() {
            do {
                todo.append(contentsOf: try follow(action).reversed())
            } catch {
                end(error)
                return
            }
        }
    }

    /// Ends the session because of a failure here, which the peer is told of.
    private func end(_ error: any Error) {
        guard outcome == nil else { return }
        let told =
            error as? ProtocolError ?? ProtocolError(.internal, "The other machine failed.")
        for case .send(let bytes) in session.abort(told) { outbox += bytes }
        outcome = .failure(SyncError(wrapping: error))
    }

    /// Does an action; gives what the session wants next because of it.
    private func follow(_ action: PeerSession.Action) throws -> [PeerSession.Action] {
        switch action {
        case .send(let bytes):
            outbox += bytes
            return []
        case .open(let hello):
            return try open(hello)
        case .findRecord(let sequence):
            return session.recordFound(prefix: try replica.membership().prefix(at: sequence))
        case .takeRecords(let records):
            return try take(records)
        case .readRecords(let last):
            let records = try replica.membershipRecords(after: last)
            return session.recordsRead(records.map { Members.Record($0) })
        case .beginComparing(let level, let salt):
            return session.compared(try begin(level, salt))
        case .compare(let parts, let level, let salt):
            return session.compared(try answer(parts, level, salt))
        case .locate(let lacking, let level):
            items = nil
            entries = nil
            return try locate(lacking, level)
        case .prepare(let wants):
            items = nil
            wanted = try WantedEntries(wants, in: replica)
            return []
        case .readWanted(let byteCount):
            let entries = try wanted.next(from: replica, byteCount: byteCount)
            return session.wantedRead(entries, isLast: wanted.isAtEnd)
        case .take(let entries):
            return try take(entries)
        case .refused(let fault):
            faults.append(fault)
            return []
        case .finish(let summary):
            outcome = .success(
                PeerReport(
                    summary: summary,
                    faults: faults,
                    refusals: refusals,
                    recordCount: recordCount
                )
            )
            return []
        case .fail(let error):
            outcome = .failure(Self.failure(error))
            return []
        }
    }

    private static func failure(_ error: ProtocolError) -> SyncError {
        guard !error.fromPeer, error.code == .shutdown else { return SyncError(wrapping: error) }
        return SyncError(.network, error.message, cause: error)
    }
}

// MARK: - Opening

extension PeerRun {
    private func open(_ hello: Hello) throws -> [PeerSession.Action] {
        let log = try replica.membership()
        guard log.role(of: peer) != nil else {
            return session.refuse(
                Fault(
                    .notMember,
                    .fatal,
                    text: "This device (\(peer.handle.prefix(8))) is no member of the library, as"
                        + " far as is known here. Sync both machines with the hub first."
                )
            )
        }
        isAdmitted = true
        mode = hello.mode
        return session.opened(
            membership: log.mark,
            membershipAtPeer: hello.membership.flatMap { log.prefix(at: $0.position) }
        )
    }

    private func take(_ records: [Members.Record]) throws -> [PeerSession.Action] {
        guard !isHub else {
            throw ProtocolError(
                .membershipConflict,
                "You have membership records that the hub lacks. Sync with it first (`galley sync`),"
                    + " then repair."
            )
        }
        let entries = try records.map { try MembershipLog.Entry($0) }
        try replica.appendMembership(entries)
        recordCount += entries.count
        return session.recordsTaken(head: try replica.membershipMark())
    }
}

// MARK: - Comparing

extension PeerRun {
    private func begin(_ level: ComparisonLevel, _ salt: [UInt8]) throws -> RangeAnswer {
        switch level {
        case .frontier: try RangeAnswer(beginningWith: try frontier(salt))
        case .entries: try RangeAnswer(beginningWith: try allEntries(salt))
        }
    }

    private func answer(
        _ parts: [RangePart],
        _ level: ComparisonLevel,
        _ salt: [UInt8]
    ) throws -> RangeAnswer {
        switch level {
        case .frontier: try RangeAnswer(to: parts, from: try frontier(salt))
        case .entries: try RangeAnswer(to: parts, from: try allEntries(salt))
        }
    }

    /// The replica's frontier as of the first time it is asked for.
    private func frontier(_ salt: [UInt8]) throws -> SortedItems {
        if let items { return items }
        let made = try replica.frontierItems(salt: salt)
        items = made
        return made
    }

    private func allEntries(_ salt: [UInt8]) throws -> EntrySet {
        if let entries { return entries }
        let made = try EntrySet(replica, salt: salt, leavingOut: damaged)
        entries = made
        return made
    }

    private func locate(
        _ lacking: [RangeItem],
        _ level: ComparisonLevel
    ) throws -> [PeerSession.Action] {
        switch level {
        case .frontier:
            return session.located(try replica.wants(for: lacking))
        case .entries:
            // Who was asked to help repairs nothing of its own.
            guard repair != nil else { return session.located([]) }
            return session.located([], ids: lacking.compactMap { ChangeSetID($0.id) })
        }
    }
}

// MARK: - Entries

extension PeerRun {
    private func take(_ entries: [Entry]) throws -> [PeerSession.Action] {
        if let repair {
            for entry in entries { try repair(entry) }
            return session.taken(storedCount: entries.count, faults: [])
        }
        guard mode != .repair else {
            throw ProtocolError(.badFrame, "The peer sent entries that nobody wants.")
        }
        let report = try replica.receive(
            entries.map { IncomingEntry($0) },
            from: peer,
            verifying: .lastOfEachBranch
        )
        for (entry, outcome) in zip(entries, report.outcomes) {
            guard case .refused(let error) = outcome,
                !refusals.contains(where: { $0.chain == entry.header.chain })
            else { continue }
            refusals.append(
                PeerReport.Refusal(
                    chain: entry.header.chain,
                    sequence: entry.header.sequence,
                    message: error.message
                )
            )
        }
        return session.taken(
            storedCount: report.storedCount + report.unparked.count,
            faults: EntryFaults.faults(entries, report)
        )
    }
}
