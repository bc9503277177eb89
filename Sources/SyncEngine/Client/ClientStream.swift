import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// One library's session on a connection to a hub, with its replica.
final class ClientStream {
    let number: UInt64
    let replica: Replica
    let hub: DeviceKey
    let chain: ChainPosition?
    let makeRecord: (MembershipLog) throws -> MembershipRecord
    private var session: ClientSession
    private let outbox: Outbox

    /// The last row of entries without a position that the session was given.
    var lastRow: Int64 = 0
    /// What the hub wants after a comparison; read first.
    var wanted = WantedEntries()
    /// What there was when a comparison began.
    var compared: SortedItems?
    var faults: [Fault] = []
    /// How many of the faults the replica keeps in mind.
    var notedFaultCount = 0
    var recordCount = 0
    /// Whether entries that waited here were stored because of what came: the hub may lack them.
    var hasUnparked = false
    /// What the session has done since that was last asked for.
    var progress = ClientProgress()
    private var toldSentCount = 0
    /// How the session ended.
    private(set) var outcome: Result<ClientSync.Report, SyncError>?
    /// Whether the replica failed: the session is told, and nothing more is done.
    private var hasFailed = false
    /// Runs that came and are not stored yet.
    private var gathered = GatheredRuns()

    var library: LibraryID { replica.library }
    var heartbeatMilliseconds: UInt64? { session.heartbeatMilliseconds }

    init(
        _ number: UInt64,
        _ replica: Replica,
        _ hub: DeviceKey,
        _ purpose: ClientSync.Purpose,
        _ options: ClientEngine.Options,
        _ outbox: Outbox
    ) throws {
        self.number = number
        self.replica = replica
        self.hub = hub
        self.outbox = outbox
        chain = try replica.ownHead()
        makeRecord = purpose.makeRecord
        var start = try replica.start(with: hub, purpose.ofSession, chain)
        start.isLive = options.isLive
        start.salt = options.salt.isEmpty ? start.unlikelySalt : options.salt
        session = ClientSession(start, stream: number)
    }

    // MARK: Events

    func open() { perform(session.open()) }

    func receive(_ frame: Frame) {
        perform(session.receive(frame))
        // Whatever ended the session: what came before that is kept.
        if outcome != nil { storeGathered() }
    }

    func localChanged() { perform(session.unsentAppeared()) }

    func endWhenLevel() { perform(session.endWhenLevel()) }

    func timePassed() { session.timePassed() }

    func ping(_ number: UInt64) { perform(session.ping(number)) }

    func abort(_ error: ProtocolError) {
        storeGathered()
        perform(session.abort(error))
    }

    func connectionLost() {
        storeGathered()
        perform(session.connectionLost())
    }

    /// Stores the runs that came; to be called when no more bytes are at hand.
    func storeGathered() {
        guard !gathered.isEmpty else { return }
        do { perform(try takeGathered()) } catch { fail(error) }
    }

    /// What the session has done since the last time; nil where that is nothing.
    func takeProgress() -> ClientProgress? {
        progress.sentCount = session.summary.sentCount - toldSentCount
        toldSentCount = session.summary.sentCount
        defer { progress = ClientProgress() }
        return progress == ClientProgress() ? nil : progress
    }

    // MARK: Actions

    /// Does actions and those that follow from them, in order.
    private func perform(_ actions: [ClientSession.Action]) {
        // A stack of its own, the next on top: one action leads to the next as often as there is
        // credit.
        var todo = Array(actions.reversed())
        while let action = todo.popLast() {
            do {
                todo.append(contentsOf: try follow(action).reversed())
            } catch {
                fail(error)
            }
        }
    }

    private func fail(_ error: any Error) {
        hasFailed = true
        if outcome == nil { outcome = .failure(SyncError(wrapping: error)) }
        // What the session wants after a failure is at most to tell the hub.
        let told = session.abort(ProtocolError(.internal, Self.told(of: error)))
        for case .send(let bytes) in told { outbox.append(bytes) }
    }

    private func takeGathered() throws -> [ClientSession.Action] {
        let runs = gathered
        gathered = GatheredRuns()
        guard let cursor = runs.cursor else { return [] }
        try take(runs.items, upTo: cursor)
        return sendUnparked() + (0..<runs.count).flatMap { _ in session.taken() }
    }

    /// Has what waited here until now sent as well, before the session finds that nothing is left.
    private func sendUnparked() -> [ClientSession.Action] {
        guard hasUnparked else { return [] }
        hasUnparked = false
        return session.unsentAppeared()
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
    private func follow(_ action: ClientSession.Action) throws -> [ClientSession.Action] {
        if hasFailed, action.isWork { return [] }
        switch action {
        case .send(let bytes):
            outbox.append(bytes)
            return []
        case .takeRecords(let records):
            let head = try take(records)
            return sendUnparked() + session.recordsTaken(head: head)
        case .readRecords(let last):
            let records = try replica.membershipRecords(after: last)
            return session.recordsRead(records.map { Members.Record($0) })
        case .makeRecord:
            return session.recordMade(try makeRecord(try replica.membership()).bytes)
        case .readUnsent(let known, let byteCount):
            let (entries, isLast) = try readUnsent(known: known, byteCount: byteCount)
            return session.unsentRead(entries, isLast: isLast)
        case .take(let items, let cursor):
            gathered.append(items, upTo: cursor)
            return gathered.isFull ? try takeGathered() : []
        case .keepPiece(let piece):
            try replica.keep(piece, from: hub)
            return []
        case .dropPieces(let hash):
            try replica.dropPieces(ofBody: hash, from: hub)
            return []
        case .refused(let fault):
            faults.append(fault)
            progress.faults.append(fault)
            return []
        case .compareChain(let known, let isForked):
            try compareChain(with: known, isForked: isForked)
            return []
        case .findMarks(let positions):
            let heads = try positions.compactMap { try replica.hubHead(at: $0) }
            return session.marksFound(heads.map { Cursor($0).mark })
        case .rewind(let position):
            return session.rewound(to: try rewind(to: position))
        case .beginComparing(let salt):
            return session.compared(try beginComparing(salt))
        case .compare(let parts, let salt):
            let items = try compared ?? replica.frontierItems(salt: salt)
            return session.compared(try RangeAnswer(to: parts, from: items))
        case .locate(let lacking):
            return session.located(try replica.wants(for: lacking))
        case .prepare(let wants):
            compared = nil
            wanted = try WantedEntries(wants, in: replica)
            return []
        case .level:
            try noteRefusals()
            progress.isLevel = true
            return []
        case .finish(let summary):
            try noteRefusals()
            progress.isLevel = true
            outcome = .success(
                ClientSync.Report(summary: summary, faults: faults, recordCount: recordCount)
            )
            return []
        case .fail(let error):
            if !error.fromPeer, error.code == .shutdown {
                outcome = .failure(SyncError(.network, error.message, cause: error))
            } else {
                outcome = .failure(SyncError(wrapping: error))
            }
            return []
        }
    }
}

extension ClientSession.Action {
    /// Whether it is anything but bytes for the hub.
    fileprivate var isWork: Bool {
        if case .send = self { false } else { true }
    }
}
