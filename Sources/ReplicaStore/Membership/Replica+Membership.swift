import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// The membership log, checked from genesis.
    ///
    /// Read once and kept until another connection writes.
    public func membership() throws(ReplicaError) -> MembershipLog {
        try readLog { try membershipLog() }
    }

    func membershipLog() throws -> MembershipLog {
        guard let log = try membershipLogIfAny() else {
            throw ReplicaError(
                .membership,
                "The library at \(path) has no members yet: its first membership record has not "
                    + "come. Sync it."
            )
        }
        return log
    }

    private func membershipLogIfAny() throws -> MembershipLog? {
        if let known = kept.membership { return known }
        let records = try storedRecords(after: nil)
        guard !records.isEmpty else { return nil }
        // Signatures were checked when the records came; `verify` looks at them again.
        let log = try MembershipLog(restoring: records)
        guard log.library == library else { throw damagedLog("the membership log") }
        kept.membership = log
        return log
    }

    /// The records after the one numbered `sequence`, or all of them for nil.
    public func membershipRecords(
        after sequence: UInt64?
    ) throws(ReplicaError) -> [MembershipLog.Entry] {
        try readLog { try storedRecords(after: sequence) }
    }

    private func storedRecords(after sequence: UInt64?) throws -> [MembershipLog.Entry] {
        let rows = try database.statement(
            "SELECT record, receipt FROM member WHERE seq > ? ORDER BY seq",
            .integer(sequence.map { Int64(clamping: $0) } ?? -1)
        )
        var records: [MembershipLog.Entry] = []
        while try rows.step() {
            do {
                records.append(
                    MembershipLog.Entry(
                        record: try MembershipRecord(decoding: rows.bytes(0)),
                        receipt: try rows.bytes(ifAny: 1).map { try Receipt(decoding: $0) }
                    )
                )
            } catch {
                throw damagedLog("the membership log", cause: error)
            }
        }
        return records
    }

    /// Appends records to the membership log, the next ones in their order, and takes in the
    /// entries that waited for them.
    ///
    /// A record that is here already is passed over. All of them are kept, or none.
    @discardableResult
    public func appendMembership(
        _ records: [MembershipLog.Entry]
    ) throws(ReplicaError) -> ReceiveReport {
        try appendMembership(records, placement: .none)
    }

    /// Appends records to the membership log as the hub, which gives entries that waited for them
    /// their positions; see ``appendMembership(_:)``.
    @discardableResult
    public func appendMembershipAsHub(
        _ records: [MembershipLog.Entry]
    ) throws(ReplicaError) -> ReceiveReport {
        try appendMembership(records, placement: .assigned)
    }

    private func appendMembership(
        _ records: [MembershipLog.Entry],
        placement: Receiver.Placement
    ) throws(ReplicaError) -> ReceiveReport {
        try write { try takeRecords(records, placement: placement) }
    }

    /// Appends records within the transaction that is open.
    @discardableResult
    func takeRecords(
        _ records: [MembershipLog.Entry],
        placement: Receiver.Placement
    ) throws -> ReceiveReport {
        var log = try membershipLogIfAny()
        var arrived: [UInt64] = []
        for item in records {
            let record = item.record
            if let log, try isKnown(item, in: log) { continue }
            if log == nil {
                log = try genesisLog(record)
            } else {
                try log?.append(record, receipt: item.receipt)
            }
            try database.run(
                "INSERT INTO member (seq, id, record, receipt) VALUES (?, ?, ?, ?)",
                .integer(Int64(clamping: record.sequence)),
                .bytes(record.id.bytes),
                .bytes(record.bytes),
                .bytes(ifAny: item.receipt?.bytes)
            )
            arrived.append(record.sequence)
        }
        kept.membership = log
        guard let device = log?.devices.first?.key else {
            return ReceiveReport(head: try storedHead())
        }
        var receiver = try Receiver(self, from: device, placement: placement)
        for sequence in arrived { try receiver.recordArrived(at: sequence) }
        return receiver.report
    }

    /// Whether the record is here already, or throws where another one is in its place.
    private func isKnown(_ item: MembershipLog.Entry, in log: MembershipLog) throws -> Bool {
        let record = item.record
        guard let known = log.reference(at: record.sequence) else { return false }
        guard known == MembershipReference(sequence: record.sequence, id: record.id) else {
            throw ReplicaError(
                .membership,
                "There are two membership records number \(record.sequence): the one here stays. "
                    + "Somebody shows different logs to different people; ask the library's owner."
            )
        }
        return true
    }

    private func genesisLog(_ record: MembershipRecord) throws -> MembershipLog {
        let log = try MembershipLog(genesis: record)
        guard log.library == library else {
            throw ReplicaError(
                .otherLibrary,
                "The membership log begins another library, \(log.library.handle.prefix(8))."
            )
        }
        return log
    }
}

// MARK: - Claim codes of a hub

extension Replica {
    /// Keeps the hash of a code by which one device may claim the hub, once.
    public func addClaim(hash: [UInt8]) throws(ReplicaError) {
        try write {
            try database.run("INSERT OR IGNORE INTO claim (hash) VALUES (?)", .bytes(hash))
        }
    }

    /// Uses up the code of `hash`; false where there is none, or it was used before.
    public func takeClaim(hash: [UInt8]) throws(ReplicaError) -> Bool {
        try write {
            try database.run("DELETE FROM claim WHERE hash = ?", .bytes(hash))
            return database.changedRowCount > 0
        }
    }
}
