import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncProtocol

extension HubEngine {
    /// Takes membership records that a client sent.
    func take(
        _ records: [Members.Record],
        _ stream: HubStream
    ) throws -> [HubSession.Action] {
        do {
            guard let replica = stream.replica else { return try register(records, stream) }
            return try append(records, to: replica, stream)
        } catch let error as MembershipError {
            return refuse(error, stream)
        } catch let error as ReplicaError {
            guard error.code == .membership, let cause = error.cause as? MembershipError else {
                throw error
            }
            return refuse(cause, stream)
        }
    }

    private func refuse(_ error: MembershipError, _ stream: HubStream) -> [HubSession.Action] {
        let code = Fault.Code(error.code)
        var actions: [HubSession.Action] = []
        if code == .membershipConflict, let replica = stream.replica,
            let head = try? replica.hubHead(), let log = try? replica.membership()
        {
            // The client gets the records it lacks before it hears of the conflict.
            perform(stream.session.advanced(head: Cursor(head), membership: log.mark), stream)
        }
        actions += stream.session.recordsRefused(Fault(code, .record, text: error.message))
        return actions
    }

    /// Appends records: those with receipts that the hub lacks, and those that ask for one.
    private func append(
        _ records: [Members.Record],
        to replica: Replica,
        _ stream: HubStream
    ) throws -> [HubSession.Action] {
        var given: [Members.Record] = []
        for record in records {
            var entry = try MembershipLog.Entry(record)
            let log = try replica.membership()
            if entry.receipt == nil, !isKnown(entry.record, in: log) {
                guard try !replica.withholdsReceipts() else {
                    return stream.session.refuse(Self.restored)
                }
                let receipt = try Receipt.issue(
                    for: entry.record,
                    nextIn: log,
                    at: now(),
                    signedBy: key
                )
                entry = MembershipLog.Entry(record: entry.record, receipt: receipt)
                given.append(Members.Record(entry))
            }
            try replica.appendMembershipAsHub([entry])
        }
        let log = try replica.membership()
        try giveReceiptsAgain(stream, log)
        let head = Cursor(try replica.hubHead())
        let isMember = log.role(of: stream.connection.device) != nil
        let actions = stream.session.recordsTaken(
            given,
            standing: isMember ? .member : .invited,
            head: log.mark,
            log: head
        )
        announce(replica, head, log, except: stream)
        return actions
    }

    /// Ends the time after a restore in which nobody new is vouched for, where a stream is that of
    /// an owner's device whose records are all here.
    func giveReceiptsAgain(_ stream: HubStream, _ log: MembershipLog) throws {
        guard let replica = stream.replica, let mark = stream.ownersMark,
            log.prefix(at: mark.position) == mark.prefix
        else { return }
        // Kept in memory alone, so that no backup can bring it back.
        ownersSeen.insert(replica.library)
        guard try replica.withholdsReceipts() else { return }
        try replica.setWithholdsReceipts(false)
    }

    private static let restored = Fault(
        .overloaded,
        .retry,
        text: "The hub was restored from a backup. It takes new members and other new records"
            + " when a device of an owner has synced with it; ask one to."
    )

    private func isKnown(_ record: MembershipRecord, in log: MembershipLog) -> Bool {
        log.reference(at: record.sequence)
            == MembershipReference(sequence: record.sequence, id: record.id)
    }

    /// Takes the first records of a library that is to be served from now on.
    private func register(
        _ records: [Members.Record],
        _ stream: HubStream
    ) throws -> [HubSession.Action] {
        let entries = try records.map { try MembershipLog.Entry($0) }
        guard let first = entries.first, let claim = stream.claim, let library = stream.library
        else {
            return stream.session.refuse(
                Fault(.badRecord, .fatal, text: "A library is registered with all its records.")
            )
        }
        // The whole log is checked before anything is made of it.
        var log = try MembershipLog(genesis: first.record)
        for entry in entries.dropFirst() { try log.append(entry.record, receipt: entry.receipt) }
        guard log.library == library else {
            return stream.session.refuse(
                Fault(.wrongLibrary, .fatal, text: "The records are those of another library.")
            )
        }
        let hubKey = try DeviceKey(key.publicKey)
        guard let hub = log.hub, hub.keys.contains(hubKey) else {
            return stream.session.refuse(
                Fault(
                    .badRecord,
                    .fatal,
                    text: "The library's records do not name this hub. Add it first (`galley"
                        + " remote add` with this hub's key)."
                )
            )
        }
        guard log.role(of: stream.connection.device) == .owner else {
            return stream.session.refuse(
                Fault(.role, .fatal, text: "Only an owner can register a library.")
            )
        }
        guard let replica = try libraries.register(library, claim: claim, records: entries) else {
            return stream.session.refuse(Self.wrongClaim)
        }
        stream.replica = replica
        stream.claim = nil
        return stream.session.recordsTaken(
            [],
            standing: .member,
            head: log.mark,
            log: Cursor(try replica.hubHead())
        )
    }
}
