import ArticleModel
import Membership
import SyncProtocol

/// A client's store in memory, and the driver of its sessions.
final class FakeReplica {
    let library: LibraryID
    var cursor: Cursor
    private(set) var entries: [ChangeSetID: Entry] = [:]
    /// Entries without a position, in causal order.
    private(set) var unsent: [Entry] = []
    private(set) var positions: [ChangeSetID: UInt64] = [:]
    var records: [Members.Record] = []
    var chain: Hello.ChainHead?
    private(set) var outcome: Result<ClientSession.Summary, ProtocolError>?
    private(set) var faults: [Fault] = []
    /// Pieces of large bodies, in order of arrival.
    private(set) var pieces: [BlobPiece] = []
    private(set) var levelCount = 0
    /// What the session told of the own chain.
    private(set) var comparisons: [(known: Mark, isForked: Bool)] = []
    private(set) var fullCount = 0
    private(set) var namedCount = 0
    /// What the session has been given of `unsent`.
    private var offered = 0
    private var madeCount: UInt8 = 100
    /// What the hub wants after a comparison.
    private var wanted: [Entry] = []
    private(set) var rewoundTo: [UInt64] = []

    init(library: LibraryID) {
        self.library = library
        cursor = Cursor(library: library)
    }

    func start(_ purpose: ClientSession.Purpose = .sync) -> ClientSession.Start {
        outcome = nil
        offered = 0
        var start = ClientSession.Start(library: library, cursor: cursor, purpose: purpose)
        start.unsentCount = UInt64(unsent.count)
        start.chain = chain
        start.membership = Sample.mark(of: records)
        start.salt = [UInt8](repeating: 7, count: 16)
        return start
    }

    /// Takes an entry of this replica's own.
    func add(_ entry: Entry) {
        entries[entry.id] = entry
        unsent.append(entry)
        chain = Hello.ChainHead(
            chain: entry.header.chain,
            head: Mark(position: entry.header.sequence, prefix: Array(entry.id.bytes.prefix(16)))
        )
    }

    /// Does the actions of a session and of what they lead to; gives the bytes to send.
    func perform(_ actions: [ClientSession.Action], _ session: inout ClientSession) -> [[UInt8]] {
        var sent: [[UInt8]] = []
        for action in actions {
            switch action {
            case .send(let bytes):
                sent.append(bytes)
            case .takeRecords(let new):
                for record in new {
                    if let index = records.firstIndex(where: { $0.record == record.record }) {
                        records[index] = record
                    } else {
                        records.append(record)
                    }
                }
                let head = Sample.mark(of: records)
                sent += perform(session.recordsTaken(head: head), &session)
            case .readRecords(let last):
                let rest = records.dropFirst(last.map { Int($0) + 1 } ?? 0)
                sent += perform(session.recordsRead(Array(rest)), &session)
            case .makeRecord:
                madeCount += 1
                let made = [UInt8](repeating: madeCount, count: 120)
                sent += perform(session.recordMade(made), &session)
            case .readUnsent(let known, let byteCount):
                sent += perform(read(known, byteCount, &session), &session)
            case .compareChain(let known, let isForked):
                comparisons.append((known, isForked))
            case .take(let items, let end):
                take(items, end)
                sent += perform(session.taken(), &session)
            case .keepPiece(let piece):
                pieces.append(piece)
            case .dropPieces(let hash):
                pieces.removeAll { $0.hash == hash }
            case .refused(let fault):
                faults.append(fault)
            case .findMarks(let places):
                sent += perform(session.marksFound(places.map(mark)), &session)
            case .rewind(let position):
                rewind(to: position)
                sent += perform(session.rewound(to: cursor), &session)
            case .beginComparing(let salt):
                offered = unsent.count
                let ends = FakeComparison.ends(of: entries.values, salt: salt)
                guard let answer = try? RangeAnswer(beginningWith: ends) else { return sent }
                sent += perform(session.compared(answer), &session)
            case .compare(let parts, let salt):
                let ends = FakeComparison.ends(of: entries.values, salt: salt)
                guard let answer = try? RangeAnswer(to: parts, from: ends) else { return sent }
                sent += perform(session.compared(answer), &session)
            case .locate(let lacking):
                let wants = FakeComparison.wants(lacking, entries.values)
                sent += perform(session.located(wants), &session)
            case .prepare(let wants):
                let spans = FakeComparison.spans(wants, entries.values)
                wanted = entries.values.filter { entry in
                    spans.contains { span in
                        span.chain == entry.header.chain
                            && entry.header.sequence <= span.through
                            && span.after.map { entry.header.sequence > $0 } ?? true
                    }
                }.sorted { $0.header.lamport < $1.header.lamport }
            case .level:
                levelCount += 1
            case .finish(let summary):
                settleUnsent()
                outcome = .success(summary)
            case .fail(let error):
                settleUnsent()
                outcome = .failure(error)
            }
        }
        return sent
    }

    private func read(
        _ known: Mark?,
        _ byteCount: Int,
        _ session: inout ClientSession
    ) -> [ClientSession.Action] {
        if !wanted.isEmpty {
            defer { wanted = [] }
            return session.unsentRead(wanted, isLast: false)
        }
        var batch: [Entry] = []
        var size = 0
        while offered < unsent.count, size < byteCount {
            let entry = unsent[offered]
            offered += 1
            if let known, let chain, entry.header.chain == chain.chain,
                entry.header.sequence <= known.position,
                unsent.contains(where: {
                    $0.header.sequence == known.position && $0.header.chain == chain.chain
                        && $0.id.bytes.starts(with: known.prefix)
                })
            {
                continue
            }
            batch.append(entry)
            size += entry.changeSet.bytes.count + (entry.body?.count ?? 0)
        }
        return session.unsentRead(batch, isLast: offered == unsent.count)
    }

    private func take(_ items: [RunItem], _ end: Cursor) {
        var position = end.position - UInt64(items.count)
        for item in items {
            position += 1
            positions[item.id] = position
            switch item {
            case .entry(let entry):
                fullCount += 1
                entries[entry.id] = entry
            case .held(let id):
                namedCount += 1
                precondition(entries[id] != nil, "an entry was named that is not here")
            }
        }
        cursor = end
    }

    /// The cursor at a place of the hub's log.
    private func cursor(at position: UInt64) -> Cursor {
        let placed = positions.filter { $0.value <= position }.sorted { $0.value < $1.value }
        return placed.reduce(Cursor(library: library)) { $0.advanced(by: $1.key) }
    }

    private func mark(at position: UInt64) -> Mark { cursor(at: position).mark }

    private func rewind(to position: UInt64) {
        cursor = cursor(at: position)
        rewoundTo.append(position)
        let lost = positions.filter { $0.value > position }.keys
        for id in lost { positions[id] = nil }
        unsent += lost.compactMap { entries[$0] }
        unsent.sort { $0.header.lamport < $1.header.lamport }
    }

    private func settleUnsent() { unsent.removeAll { positions[$0.id] != nil } }
}
