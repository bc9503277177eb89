import ArticleMerge
public import ArticleModel
import Membership
import SQLite
import Signing

/// What a check of everything that was signed found.
public struct VerifyReport: Sendable {
    /// Something that should not be.
    public struct Problem: Hashable, Sendable {
        /// The entry it was found in; nil where it is about the whole.
        public let entry: ChangeSetID?
        /// What is wrong.
        public let message: String
    }

    /// A change that is stored and passed on but has no effect, by the rules of merging.
    public struct FaultyPart: Hashable, Sendable {
        /// The article it was meant for.
        public let article: ArticleID
        /// The change.
        public let change: ChangeID
        /// What is wrong with it.
        public let message: String
    }

    /// Entries checked.
    public internal(set) var entryCount = 0
    /// Chains checked.
    public internal(set) var chainCount = 0
    /// Membership records checked.
    public internal(set) var recordCount = 0
    /// What should not be; empty for a sound replica.
    public internal(set) var problems: [Problem] = []
    /// Changes without effect: no problem of this replica, but worth knowing.
    public internal(set) var faults: [FaultyPart] = []
    /// Chains of which two entries have one sequence number: their device, or a copy of it, signed
    /// twice.
    public internal(set) var forkedChains: [ChainID] = []
    /// Entries whose own signature does not hold, though a later one proves them: no problem of
    /// what they say, but a good signature is to be fetched.
    public internal(set) var unsound: [ChangeSetID] = []
}

extension Replica {
    /// Checks every signature, chain, hash, body and membership record, and the file itself.
    public func verify() throws(ReplicaError) -> VerifyReport {
        let damage = try integrityProblems()
        let report = try read {
            var verifier = try Verifier(self)
            verifier.report.problems += damage.map { .init(entry: nil, message: $0) }
            try verifier.run()
            return verifier.report
        }
        let known = try unsoundEntries()
        let found = report.unsound.filter { !known.contains($0) }
        if !found.isEmpty {
            try write { try noteUnsound(found.compactMap { try place(of: $0)?.row }) }
        }
        return report
    }
}

/// Goes through the log in order of arrival and believes nothing that is stored beside it.
private struct Verifier {
    var report = VerifyReport()
    private let replica: Replica
    private let log: MembershipLog
    private var keys: [DeviceKey: PublicKey] = [:]
    private var devices: [ChainID: DeviceKey] = [:]
    /// Entries without a good signature of their own, by the last entry that goes on from them
    /// without one.
    private var unproven: [ChangeSetID: [(id: ChangeSetID, why: String)]] = [:]

    init(_ replica: Replica) throws {
        self.replica = replica
        log = try replica.membershipLog()
    }

    mutating func run() throws {
        try checkMembership()
        var row: Int64 = 0
        while let next = try replica.database.integer(
            "SELECT min(row) FROM entry WHERE row > ?",
            .integer(row)
        ) {
            row = next
            try checkEntry(row)
        }
        for entries in unproven.values {
            for entry in entries { note(entry.why, in: entry.id) }
        }
        report.problems.sort { ($0.entry?.handle ?? "") < ($1.entry?.handle ?? "") }
        report.chainCount = devices.count
        try checkHubLog()
        try collectFaults()
        try collectForks()
    }

    private mutating func note(_ message: String, in entry: ChangeSetID? = nil) {
        report.problems.append(VerifyReport.Problem(entry: entry, message: message))
    }

    private mutating func checkMembership() throws {
        report.recordCount = log.entries.count
        do {
            var again: MembershipLog?
            for item in log.entries {
                if again == nil {
                    again = try MembershipLog(genesis: item.record)
                } else {
                    try again?.append(item.record, receipt: item.receipt)
                }
            }
        } catch {
            note("membership: \(error.message)")
        }
    }

    private mutating func checkEntry(_ row: Int64) throws {
        let stored = try replica.database.statement(
            "SELECT id, chain, seq, lamport, membership, header, size, body FROM entry WHERE row = ?",
            .integer(row)
        )
        guard try stored.step() else { return }
        report.entryCount += 1
        let id = ChangeSetID(stored.bytes(0))
        let signed: SignedChangeSet
        do { signed = try SignedChangeSet(decoding: stored.bytes(5)) } catch {
            return note(error.message, in: id)
        }
        let header = signed.header
        guard signed.id == id, header.chain.bytes == stored.bytes(1),
            Int64(clamping: header.sequence) == stored.integer(2),
            Int64(clamping: header.lamport) == stored.integer(3),
            Int64(clamping: header.membership.sequence) == stored.integer(4)
        else { return note("the header is not the one it is stored as", in: id) }
        do {
            if let opening = header.opening { devices[header.chain] = opening.device }
            guard let device = devices[header.chain] else {
                return note("the opening of its chain is missing", in: id)
            }
            func known(_ other: ChangeSetID) throws -> KnownEntry? {
                guard let place = try replica.place(of: other), place.row < row else { return nil }
                return KnownEntry(place)
            }
            try ChainRules.check(
                header,
                by: device,
                previous: try header.previous.flatMap(known),
                dependencies: try header.dependencies.map(known),
                in: log
            )
            try checkSignature(of: signed, by: device)
        } catch let error as MembershipError {
            note(error.message, in: id)
        }
        try checkBody(
            header,
            replica.unpacked(stored.bytes(ifAny: 7), size: stored.integer(6)),
            in: id
        )
    }

    /// Checks an entry's own signature; one that does not hold may be made up for by a later one,
    /// which holds the entry's hash.
    private mutating func checkSignature(
        of signed: SignedChangeSet,
        by device: DeviceKey
    ) throws {
        let before = signed.header.previous.flatMap { unproven.removeValue(forKey: $0) } ?? []
        do {
            _ = try signed.verified(by: try key(of: device))
            report.unsound += before.map(\.id)
        } catch {
            unproven[signed.id] = before + [(signed.id, error.message)]
        }
    }

    private mutating func checkBody(
        _ header: ChangeSetHeader,
        _ body: [UInt8]?,
        in id: ChangeSetID?
    ) throws {
        guard let reference = header.body, let body else { return }
        guard body.count == reference.size, ChangeIdentity.body(body) == reference.hash else {
            return note("the body is not the one that was signed", in: id)
        }
    }

    private mutating func key(of device: DeviceKey) throws(MembershipError) -> PublicKey {
        if let known = keys[device] { return known }
        let key = try device.publicKey()
        keys[device] = key
        return key
    }

    private mutating func checkHubLog() throws {
        let rows = try replica.database.statement(
            """
            SELECT position, entry.id, accumulator FROM hub_log
            JOIN entry ON entry.row = hub_log.entry ORDER BY position
            """
        )
        var head = LogHead.start(of: replica.library)
        while try rows.step() {
            guard let id = ChangeSetID(rows.bytes(1)) else { continue }
            head = head.followed(by: id)
            guard Int64(clamping: head.position) == rows.integer(0),
                head.accumulator == rows.bytes(2)
            else { return note("the hub's order is broken at position \(rows.integer(0))") }
        }
        let strays = try replica.database.integer(
            """
            SELECT count(*) FROM entry WHERE
                (row IN (SELECT entry FROM hub_log)) = (row IN (SELECT entry FROM unplaced))
            """
        )
        if let strays, strays > 0 {
            note("\(strays) entries neither have a position nor wait for one, or both")
        }
    }

    private mutating func collectFaults() throws {
        let rows = try replica.database.statement(
            "SELECT article, id, fault FROM change WHERE fault IS NOT NULL ORDER BY article, id"
        )
        while try rows.step() {
            guard let article = ArticleID(rows.bytes(0)), let change = ChangeID(rows.bytes(1)),
                let fault = ChangeFault(column: rows.integer(ifAny: 2))
            else { continue }
            let message =
                switch fault {
                case .faulty(let code): Fault(code).message
                case .needsNewer: "needs a newer galley"
                }
            add(VerifyReport.FaultyPart(article: article, change: change, message: message))
        }
        let states = try replica.database.statement(
            """
            SELECT id, state FROM article_state JOIN article ON row = article_state.article
            ORDER BY id
            """
        )
        while try states.step() {
            guard let article = ArticleID(states.bytes(0)) else { continue }
            do {
                for faulty in try ArticleState(decoding: states.bytes(1)).faults {
                    add(
                        VerifyReport.FaultyPart(
                            article: article,
                            change: faulty.change,
                            message: faulty.fault.message
                        )
                    )
                }
            } catch {
                note("the state of article \(article.handle) cannot be read: \(error)")
            }
        }
    }

    private mutating func add(_ fault: VerifyReport.FaultyPart) {
        // What is found from the change set alone is a part of the state as well.
        if !report.faults.contains(where: { $0.change == fault.change }) {
            report.faults.append(fault)
        }
    }

    private mutating func collectForks() throws {
        let rows = try replica.database.statement(
            "SELECT id FROM chain WHERE forked > 0 ORDER BY id"
        )
        while try rows.step() {
            if let chain = ChainID(rows.bytes(0)) { report.forkedChains.append(chain) }
        }
    }
}
