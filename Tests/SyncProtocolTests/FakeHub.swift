import ArticleModel
import Membership
import Signing
import SyncProtocol

/// A hub's store in memory, and the driver of its sessions.
final class FakeHub {
    let library: LibraryID
    private(set) var log: [Entry] = []
    private(set) var cursors: [Cursor]
    private(set) var positions: [ChangeSetID: UInt64] = [:]
    var records: [Members.Record] = []
    /// The record that only this device's standing lacks; nil where it is a member.
    var standing = Welcome.Standing.member
    /// Entries the hub will not take.
    var refused: Set<ChangeSetID> = []
    /// Records that come in while a client makes its own.
    var rivals: [Members.Record] = []
    private(set) var held: UInt64 = 0
    private(set) var closing: [ProtocolError?] = []
    private(set) var namedInRuns = 0
    /// How often the log was read.
    private(set) var readCount = 0

    init(library: LibraryID) {
        self.library = library
        cursors = [Cursor(library: library)]
    }

    var head: Cursor { cursors[cursors.count - 1] }

    /// Takes an entry; its position, old or new.
    @discardableResult
    func append(_ entry: Entry) -> UInt64 {
        if let position = positions[entry.id] { return position }
        log.append(entry)
        cursors.append(head.advanced(by: entry.id))
        positions[entry.id] = head.position
        return head.position
    }

    /// Goes back in time, as a restored backup does.
    func rewind(to count: Int) {
        for entry in log[count...] { positions[entry.id] = nil }
        log.removeLast(log.count - count)
        cursors.removeLast(cursors.count - count - 1)
    }

    /// Does the actions of a session and of what they lead to; gives the bytes to send.
    func perform(_ actions: [HubSession.Action], _ session: inout HubSession) -> [[UInt8]] {
        var sent: [[UInt8]] = []
        for action in actions {
            switch action {
            case .send(let bytes):
                sent.append(bytes)
            case .open(let hello):
                sent += perform(open(hello, &session), &session)
            case .readEntries(let first, let byteCount):
                readCount += 1
                var entries: [Entry] = []
                var size = 0
                for entry in log.dropFirst(Int(first) - 1) where size < byteCount {
                    entries.append(entry)
                    size += entry.changeSet.bytes.count + (entry.body?.count ?? 0)
                }
                sent += perform(session.entriesRead(entries, from: first), &session)
            case .readRecords(let last):
                let rest = records.dropFirst(last.map { Int($0) + 1 } ?? 0)
                let actions = session.recordsRead(Array(rest), head: Sample.mark(of: records))
                sent += perform(actions, &session)
            case .commit(let entries):
                sent += perform(commit(entries, &session), &session)
            case .takeRecords(let new):
                sent += take(new, &session)
            case .keepPiece(let piece):
                pieces.append(piece)
            case .dropPieces(let hash):
                pieces.removeAll { $0.hash == hash }
            case .probe(let marks):
                let common = marks.last { mark in
                    mark.position < UInt64(cursors.count)
                        && cursors[Int(mark.position)].mark == mark
                }
                let cursor = cursors[Int(common?.position ?? 0)]
                sent += perform(session.probed(cursor), &session)
            case .compare(let parts, let salt):
                let ends = FakeComparison.ends(of: log, salt: salt)
                guard let answer = try? RangeAnswer(to: parts, from: ends) else { return sent }
                sent += perform(session.compared(answer), &session)
            case .locate(let lacking):
                let wants = FakeComparison.wants(lacking, log)
                sent += perform(session.located(wants), &session)
            case .findWants(let wants):
                let spans = FakeComparison.spans(wants, log)
                sent += perform(session.wantsFound(spans), &session)
            case .held(let position):
                held = max(held, position)
            case .close(let error):
                closing.append(error)
            }
        }
        return sent
    }

    /// Pieces of large bodies, in order of arrival.
    private(set) var pieces: [BlobPiece] = []

    private func open(_ hello: Hello, _ session: inout HubSession) -> [HubSession.Action] {
        guard hello.library == library else {
            return session.refuse(Fault(.wrongLibrary, .fatal, text: "That is not served here."))
        }
        var opening = HubSession.Opening(standing: standing, head: head)
        if hello.cursor.position < UInt64(cursors.count) {
            opening.accumulatorAtClient = cursors[Int(hello.cursor.position)].accumulator
        }
        if let chain = hello.chain {
            let last = log.last { $0.header.chain == chain.chain }
            opening.chain = last.map(mark)
            opening.hasClientChain = log.contains { mark($0) == chain.head }
        }
        opening.membership = Sample.mark(of: records)
        if let own = hello.membership, own.position < UInt64(records.count) {
            let upTo = Array(records.prefix(Int(own.position) + 1))
            opening.membershipAtClient = Sample.mark(of: upTo)?.prefix
        }
        return session.opened(opening)
    }

    private func commit(_ entries: [Entry], _ session: inout HubSession) -> [HubSession.Action] {
        var faults: [Fault] = []
        let positions = entries.map { entry -> UInt64 in
            guard !refused.contains(entry.id) else {
                faults.append(
                    Fault(
                        .role,
                        .chain,
                        text: "Your role does not permit it.",
                        chain: entry.header.chain,
                        sequence: entry.header.sequence
                    )
                )
                return 0
            }
            return append(entry)
        }
        return session.committed(positions: positions, faults: faults, head: head)
    }

    private func take(_ new: [Members.Record], _ session: inout HubSession) -> [[UInt8]] {
        if let rival = rivals.popLast() {
            records.append(rival)
            let told = session.advanced(head: head, membership: Sample.mark(of: records))
            let sent = perform(told, &session)
            let conflict = Fault(.membershipConflict, .record, text: "Another came first.")
            return sent + perform(session.recordsRefused(conflict), &session)
        }
        let given = new.map {
            Members.Record(record: $0.record, receipt: $0.receipt ?? [UInt8(records.count)])
        }
        records.append(contentsOf: given)
        standing = .member
        let actions = session.recordsTaken(
            given,
            standing: .member,
            head: Sample.mark(of: records),
            log: head
        )
        return perform(actions, &session)
    }

    private func mark(_ entry: Entry) -> Mark {
        Mark(position: entry.header.sequence, prefix: Array(entry.id.bytes.prefix(16)))
    }
}
