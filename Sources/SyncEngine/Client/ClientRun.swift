import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// One session of a client, while it runs.
struct ClientRun<Connection: Transport>: ~Copyable {
    private let replica: Replica
    private let hub: DeviceKey
    private let transport: Connection
    private let makeRecord: (MembershipLog) throws -> MembershipRecord
    private let chain: ChainPosition?
    private var session: ClientSession
    private var decoder = FrameDecoder()

    /// Bytes that go out before the hub is listened to again.
    private var outbox: [UInt8] = []
    /// The last row of entries without a position that the session was given.
    private var lastRow: Int64 = 0
    private var faults: [Fault] = []
    private var recordCount = 0
    private var outcome: Result<ClientSession.Summary, ProtocolError>?
    /// Why the driver gave up, where it did.
    private var failure: (any Error)?

    /// Bytes sent at once rather than gathered further.
    private static var outboxSizeMax: Int { 256 * 1024 }

    init(
        _ replica: Replica,
        _ hub: DeviceKey,
        _ purpose: ClientSync.Purpose,
        _ transport: Connection
    ) throws {
        // What can fail comes before anything of `self` is there.
        let chain = try replica.ownHead()
        let start = try Self.start(replica, hub, chain, purpose.ofSession)
        self.replica = replica
        self.hub = hub
        self.transport = transport
        self.chain = chain
        session = ClientSession(start)
        makeRecord = purpose.makeRecord
    }

    private static func start(
        _ replica: Replica,
        _ hub: DeviceKey,
        _ chain: ChainPosition?,
        _ purpose: ClientSession.Purpose
    ) throws -> ClientSession.Start {
        guard let remote = try replica.remotes().first(where: { $0.hub == hub }) else {
            throw SyncError(
                .replica(.notFound),
                "The replica does not follow this hub. Add it first (`galley remote add`)."
            )
        }
        var start = ClientSession.Start(
            library: replica.library,
            cursor: Cursor(remote.cursor),
            purpose: purpose
        )
        start.unsentCount = UInt64(try replica.unplacedCount())
        start.chain = chain.map { Hello.ChainHead(chain: $0.chain, head: $0.mark) }
        start.membership = try membershipMark(of: replica)
        return start
    }

    /// A replica that is about to join has no membership log yet.
    private static func membershipMark(of replica: Replica) throws -> Mark? {
        do {
            return try replica.membership().mark
        } catch {
            guard error.code == .membership, try replica.membershipRecords(after: nil).isEmpty
            else { throw error }
            return nil
        }
    }

    mutating func toEnd() throws -> ClientSync.Report {
        perform(session.open())
        while outcome == nil {
            let bytes = try exchange()
            if bytes.isEmpty {
                perform(session.connectionLost())
                break
            }
            decoder.append(bytes)
            do throws(ProtocolError) {
                while outcome == nil, let frame = try decoder.next() {
                    guard frame.stream == 0 else {
                        throw ProtocolError(.badFrame, "The hub used a stream not opened here.")
                    }
                    perform(session.receive(frame))
                }
            } catch {
                perform(session.abort(error))
            }
        }
        // The end was found by either side; that it cannot be told does not change it.
        try? flush()
        if let failure { throw failure }
        switch outcome {
        case .success(let summary)?:
            return ClientSync.Report(summary: summary, faults: faults, recordCount: recordCount)
        case .failure(let error)?:
            if !error.fromPeer, error.code == .shutdown {
                throw SyncError(.network, error.message, cause: error)
            }
            throw error
        case nil:
            throw SyncError(.network, "The hub ended the connection.")
        }
    }

    private mutating func exchange() throws -> [UInt8] {
        do {
            try flush()
            return try transport.receive()
        } catch {
            throw SyncError(.network, "\(error)", cause: error)
        }
    }

    private mutating func flush() throws {
        guard !outbox.isEmpty else { return }
        let bytes = outbox
        outbox = []
        try transport.send(bytes)
    }

    /// Does actions and those that follow from them, in order.
    private mutating func perform(_ actions: [ClientSession.Action]) {
        // A stack of its own, the next on top: one action leads to the next as often as there is
        // credit.
        var todo = Array(actions.reversed())
        while let action = todo.popLast() {
            if failure != nil {
                // What the session wants after a failure is at most to tell the hub.
                if case .send(let bytes) = action { outbox += bytes }
                continue
            }
            do {
                todo.append(contentsOf: try follow(action).reversed())
            } catch {
                failure = error
                outcome = nil
                let told = session.abort(ProtocolError(.internal, Self.told(of: error)))
                for case .send(let bytes) in told { outbox += bytes }
                outcome = .failure(ProtocolError(.internal, "\(error)"))
            }
        }
    }

    /// What the hub is told of a failure here: nothing of the machine's own business.
    private static func told(of error: any Error) -> String {
        switch error {
        case let error as ReplicaError: error.message
        case let error as MembershipError: error.message
        default: "The client could not go on."
        }
    }

    /// Does an action; gives what the session wants next because of it.
    private mutating func follow(
        _ action: ClientSession.Action
    ) throws -> [ClientSession.Action] {
        switch action {
        case .send(let bytes):
            outbox += bytes
            if outbox.count > Self.outboxSizeMax {
                do { try flush() } catch { throw SyncError(.network, "\(error)", cause: error) }
            }
            return []
        case .takeRecords(let records):
            let entries = try records.map { try MembershipLog.Entry($0) }
            try replica.appendMembership(entries)
            recordCount += entries.count
            return session.recordsTaken(head: try Self.membershipMark(of: replica))
        case .readRecords(let last):
            let records = try replica.membershipRecords(after: last)
            return session.recordsRead(records.map { Members.Record($0) })
        case .makeRecord:
            return session.recordMade(try makeRecord(try replica.membership()).bytes)
        case .readUnsent(let known, let byteCount):
            return try readUnsent(known: known, byteCount: byteCount)
        case .take(let items, let cursor):
            let before = LogHead(try cursorBefore(items, cursor))
            let (reached, _) = try replica.receive(
                items.map { PositionedItem($0) },
                following: before,
                from: hub
            )
            guard reached == LogHead(cursor) else {
                throw SyncError(
                    .protocol(.badFrame),
                    "The hub's log does not lead where it should; sync again."
                )
            }
            return session.taken()
        case .refused(let fault):
            faults.append(fault)
            return []
        case .finish(let summary):
            outcome = .success(summary)
            return []
        case .fail(let error):
            outcome = .failure(error)
            return []
        }
    }

    /// The cursor of the replica, which what is taken has to follow.
    private func cursorBefore(_ items: [RunItem], _ cursor: Cursor) throws -> Cursor {
        guard let remote = try replica.remotes().first(where: { $0.hub == hub }),
            remote.cursor.position + UInt64(items.count) == cursor.position
        else {
            throw SyncError(
                .replica(.cursorMismatch),
                "Another process has synced this replica meanwhile; sync again."
            )
        }
        return Cursor(remote.cursor)
    }

    private mutating func readUnsent(
        known: Mark?,
        byteCount: Int
    ) throws -> [ClientSession.Action] {
        let stored = try replica.unplacedEntries(afterRow: lastRow, sizeMax: byteCount)
        if let last = stored.last { lastRow = last.row }
        var skipped: (chain: ChainID, sequence: UInt64)?
        if let known, let chain {
            let here = try replica.entryIDs(ofChain: chain.chain, at: known.position)
            // On a chain that forked, what lies below a common entry cannot be told by number.
            if here.count == 1, here[0].bytes.starts(with: known.prefix) {
                skipped = (chain.chain, known.position)
            }
        }
        let entries = stored.filter { entry in
            guard let skipped, entry.signed.header.chain == skipped.chain else { return true }
            return entry.signed.header.sequence > skipped.sequence
        }
        return session.unsentRead(entries.map { Entry($0) }, isLast: stored.isEmpty)
    }
}

extension ClientSync.Purpose {
    fileprivate var ofSession: ClientSession.Purpose {
        switch self {
        case .sync: .sync
        case .append: .append
        case .join(let invitation, _): .join(invitation: invitation)
        case .register(let claim): .register(claim: claim)
        }
    }

    fileprivate var makeRecord: (MembershipLog) throws -> MembershipRecord {
        switch self {
        case .append(let make), .join(_, let make):
            make
        case .sync, .register:
            { _ in throw SyncError(.membership, "No membership record was to be made.") }
        }
    }
}
