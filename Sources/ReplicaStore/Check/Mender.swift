import ArticleModel
import Membership
import SQLite
import Signing

/// Mends a log within one transaction, by entries that somebody else has.
struct Mender {
    let replica: Replica
    var report = MendReport()
    /// What came and breaks no rule, in causal order.
    private var accepted: [Accepted] = []
    private var places: [ChangeSetID: KnownEntry] = [:]
    /// Rows to be replaced, by their numbers.
    private var damaged: [Int64: LogDamage.Row] = [:]
    private var unsound: [Int64: LogDamage.Row] = [:]
    private let log: MembershipLog
    private var keys: [DeviceKey: PublicKey] = [:]

    /// An entry that came.
    struct Accepted {
        let signed: SignedChangeSet
        let body: [UInt8]?
    }

    /// Looks again at what was found damaged: somebody may have mended it meanwhile.
    init(_ replica: Replica, _ damage: LogDamage) throws {
        self.replica = replica
        log = try replica.membershipLog()
        var inspector = LogInspector(replica)
        for row in (damage.damaged + damage.unsound).map(\.row).sorted() {
            try inspector.look(atRow: row)
        }
        for row in inspector.damage.damaged { damaged[row.row] = row }
        for row in inspector.damage.unsound { unsound[row.row] = row }
    }

    /// Takes an entry if it is what it should be; to be called in causal order.
    mutating func consider(_ entry: IncomingEntry) throws {
        let signed = entry.signed
        guard places[signed.id] == nil else { return }
        let row = try replica.database.integer(
            "SELECT row FROM entry WHERE id = ?",
            .bytes(signed.id.bytes)
        )
        // What is here and sound needs no mending.
        if let row, damaged[row] == nil, unsound[row] == nil { return }
        do {
            try check(entry)
        } catch let error as MembershipError {
            report.refused.append((signed.id, error.message))
        } catch let error as ReplicaError where error.isRefusal {
            report.refused.append((signed.id, error.message))
        }
    }

    private mutating func check(_ entry: IncomingEntry) throws {
        let header = entry.signed.header
        if let reference = header.body {
            guard let body = entry.body, reference.size <= Limits.bodySizeMax,
                body.count == reference.size, ChangeIdentity.body(body) == reference.hash
            else { throw ReplicaError(.wrongBody, "Its body is not the one that was signed.") }
        } else if entry.body != nil {
            throw ReplicaError(.wrongBody, "It has no body, yet one came along.")
        }
        guard let device = try device(of: header), log.user(of: device) != nil else {
            throw ReplicaError(.chainGap, "The opening of its chain is missing.")
        }
        let key = try keys[device] ?? device.publicKey()
        keys[device] = key
        _ = try entry.signed.verified(by: key)
        try ChainRules.check(
            header,
            by: device,
            previous: try header.previous.flatMap(known),
            dependencies: try header.dependencies.map(known),
            in: log
        )
        places[entry.signed.id] = KnownEntry(header, by: device)
        accepted.append(Accepted(signed: entry.signed, body: entry.body))
    }

    /// What the opening says; the chain's row follows from that.
    private func device(of header: ChangeSetHeader) throws -> DeviceKey? {
        if let opening = header.opening { return opening.device }
        if let previous = header.previous.flatMap({ places[$0] }) { return previous.device }
        let rows = try replica.database.statement(
            "SELECT header FROM entry WHERE chain = ? AND seq = 0",
            .bytes(header.chain.bytes)
        )
        while try rows.step() {
            if let first = try? SignedChangeSet(decoding: rows.bytes(0)).header,
                first.chain == header.chain, let opening = first.opening
            {
                return opening.device
            }
        }
        return try replica.device(ofChain: header.chain)
    }

    private func known(_ id: ChangeSetID) throws -> KnownEntry? {
        if let known = places[id] { return known }
        let rows = try replica.database.statement(
            "SELECT row, header FROM entry WHERE id = ?",
            .bytes(id.bytes)
        )
        guard try rows.step(), damaged[rows.integer(0)] == nil else { return nil }
        let header = try replica.readHeader(rows.bytes(1), knownID: id).header
        return try device(of: header).map { KnownEntry(header, by: $0) }
    }
}

// MARK: - Damaged rows

extension Mender {
    /// Puts what came in the place of what is damaged; what is left over fills holes.
    mutating func replace() throws {
        try claim { row, entry in row.id == entry.id }
        try claim { row, entry in row.headerID == entry.id }
        try claim { row, entry in
            row.chain == entry.header.chain
                && row.sequence == Int64(clamping: entry.header.sequence)
        }
        report.left = damaged.values.sorted { $0.row < $1.row }
        report.waitingCount = report.left.isEmpty ? 0 : accepted.count
        try replica.noteUnsound(unsound.keys.sorted())
    }

    /// Gives each damaged row the entry that is its by `belongs`.
    private mutating func claim(_ belongs: (LogDamage.Row, SignedChangeSet) -> Bool) throws {
        guard !damaged.isEmpty || !unsound.isEmpty else { return }
        var rows: [ChainID?: [LogDamage.Row]] = [:]
        var byID: [ChangeSetID: LogDamage.Row] = [:]
        for row in damaged.values.sorted(by: { $0.row < $1.row }) + unsound.values {
            rows[row.chain, default: []].append(row)
            if let id = row.headerID { byID[id] = row }
            if let id = row.id { byID[id] = row }
        }
        var rest: [Accepted] = []
        for entry in accepted {
            let near = byID[entry.signed.id].map { [$0] } ?? rows[entry.signed.header.chain] ?? []
            let row = near.first {
                (damaged[$0.row] ?? unsound[$0.row]) != nil && belongs($0, entry.signed)
            }
            guard let row else {
                rest.append(entry)
                continue
            }
            try write(entry, row: row.row, isNew: false)
            try replica.database.run("DELETE FROM unsound WHERE entry = ?", .integer(row.row))
            if damaged.removeValue(forKey: row.row) != nil {
                report.replaced.append(entry.signed.id)
            } else {
                unsound[row.row] = nil
                report.signed.append(entry.signed.id)
            }
        }
        accepted = rest
    }

    private func write(_ entry: Accepted, row: Int64, isNew: Bool) throws {
        let header = entry.signed.header
        try replica.database.run(
            isNew
                ? """
                INSERT INTO entry
                    (id, chain, seq, lamport, membership, signature, size, header, body, row)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
                : """
                UPDATE entry SET id = ?, chain = ?, seq = ?, lamport = ?, membership = ?,
                    signature = ?, size = ?, header = ?, body = ? WHERE row = ?
                """,
            .bytes(entry.signed.id.bytes),
            .bytes(header.chain.bytes),
            .integer(Int64(clamping: header.sequence)),
            .integer(Int64(clamping: header.lamport)),
            .integer(Int64(clamping: header.membership.sequence)),
            .integer(SignatureStatus.verified.rawValue),
            .integer(entry.body?.count ?? 0),
            .bytes(entry.signed.bytes),
            .bytes(ifAny: entry.body.map(replica.packed)),
            .integer(row)
        )
    }
}

// MARK: - Holes

extension Mender {
    /// Stores what was missing: where it was, if the hub's order tells; else between what it follows
    /// from and what follows from it, as order of arrival is a causal order; else at the end.
    mutating func fillHoles() throws {
        guard !accepted.isEmpty else { return }
        var rows = try rowsInHubOrder()
        var finder = try PlaceFinder(replica, accepted.map(\.signed), placed: rows)
        rows.merge(try finder.run()) { known, _ in known }
        for entry in accepted {
            guard let row = rows[entry.signed.id] else {
                report.refused.append(
                    (entry.signed.id, "There is no room before what follows from it.")
                )
                continue
            }
            try write(entry, row: row, isNew: true)
            let id = Value.bytes(entry.signed.id.bytes)
            try replica.database.run("DELETE FROM parked WHERE id = ?", id)
            try replica.database.run("DELETE FROM waiting WHERE parked = ?", id)
            report.stored.append(entry.signed.id)
        }
        accepted = []
    }

    /// Rows that the hub's order names and that are not there: the accumulator tells whose they are.
    private func rowsInHubOrder() throws -> [ChangeSetID: Int64] {
        let rows = try replica.database.statement(
            """
            SELECT position, entry, accumulator FROM hub_log
            WHERE entry NOT IN (SELECT row FROM entry) ORDER BY position
            """
        )
        var found: [ChangeSetID: Int64] = [:]
        var tries = 0
        while try rows.step(), tries < Self.triesMax {
            let position = UInt64(clamping: rows.integer(0))
            guard position > 0, let before = try replica.hubHead(at: position - 1) else { continue }
            let accumulator = rows.bytes(2)
            for entry in accepted where found[entry.signed.id] == nil {
                tries += 1
                guard before.followed(by: entry.signed.id).accumulator == accumulator else {
                    continue
                }
                found[entry.signed.id] = rows.integer(1)
                break
            }
        }
        return found
    }

    /// About a second's worth; what is not found by then gets its position from the hub again.
    private static let triesMax = 2_000_000
}
