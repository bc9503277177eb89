import ArticleModel
import Membership
import SQLite

/// What an entry waits for.
enum ParkingReason {
    case entry(ChangeSetID)
    case record(UInt64)

    /// As the table `waiting` holds it: the two have different lengths.
    var key: [UInt8] {
        switch self {
        case .entry(let id): id.bytes
        case .record(let sequence):
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: sequence >> $0) }
        }
    }
}

extension Receiver {
    func parkingReasons(
        of header: ChangeSetHeader,
        previousIsHere: Bool
    ) throws -> [ParkingReason] {
        var reasons: [ParkingReason] = []
        if !previousIsHere, let previous = header.previous,
            try !replica.containsEntry(previous)
        {
            reasons.append(.entry(previous))
        }
        for id in header.dependencies where try !replica.containsEntry(id) {
            reasons.append(.entry(id))
        }
        if header.membership.sequence > log.head.sequence {
            reasons.append(.record(header.membership.sequence))
        }
        return reasons
    }

    mutating func park(_ entry: IncomingEntry, _ reasons: [ParkingReason]) throws
        -> EntryOutcome
    {
        var missing: [ChangeSetID] = []
        for case .entry(let id) in reasons { missing.append(id) }
        let isThere = try replica.database.integer(
            "SELECT 1 FROM parked WHERE id = ?",
            .bytes(entry.signed.id.bytes)
        )
        if isThere != nil { return .parked(missing: missing) }
        let size = Self.parkedSize(of: entry, reasons.count)
        try makeRoom(for: size)
        try replica.database.run(
            """
            INSERT INTO parked (id, peer, turn, size, header, body)
            VALUES (?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM parked), ?, ?, ?)
            """,
            .bytes(entry.signed.id.bytes),
            .bytes(peer.bytes),
            .integer(size),
            .bytes(entry.signed.bytes),
            .bytes(ifAny: entry.body)
        )
        hasWaiting = true
        for reason in reasons {
            try replica.database.run(
                "INSERT OR IGNORE INTO waiting (missing, parked) VALUES (?, ?)",
                .bytes(reason.key),
                .bytes(entry.signed.id.bytes)
            )
        }
        return .parked(missing: missing)
    }

    /// Takes in what waited for what has arrived, and what waited for that, and so on.
    mutating func unpark() throws {
        guard hasWaiting else { return arrived.removeAll(keepingCapacity: true) }
        while let key = arrived.popLast() {
            let rows = try replica.database.statement(
                "SELECT parked FROM waiting WHERE missing = ? ORDER BY parked",
                .bytes(key)
            )
            var ids: [[UInt8]] = []
            while try rows.step() { ids.append(rows.bytes(0)) }
            guard !ids.isEmpty else { continue }
            try replica.database.run("DELETE FROM waiting WHERE missing = ?", .bytes(key))
            for id in ids { try unpark(id) }
        }
    }

    private mutating func unpark(_ id: [UInt8]) throws {
        guard
            try replica.database.integer(
                "SELECT 1 FROM waiting WHERE parked = ? LIMIT 1",
                .bytes(id)
            )
                == nil
        else { return }
        let row = try replica.database.statement(
            "SELECT header, body FROM parked WHERE id = ?",
            .bytes(id)
        )
        guard try row.step() else { return }
        let entry = IncomingEntry(
            try replica.readHeader(row.bytes(0)),
            body: row.bytes(ifAny: 1)
        )
        try replica.database.run("DELETE FROM parked WHERE id = ?", .bytes(id))
        parkedSizes = nil
        switch try receiveAfterWaiting(entry) {
        case .stored: report.unparked.append(entry.signed.id)
        case .refused(let error): report.refusedAfterParking.append((entry.signed.id, error))
        case .duplicate, .parked: break
        }
    }
}
