import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// A bundle that is being taken in, within one transaction.
struct BundleTaking {
    private let replica: Replica
    private let intake: Intake
    private let header: BundleHeader
    private var report: BundleImport.Report
    private var hasAuthor = false
    /// What the bundle goes on from and that is not here; once there is any, all is only looked at.
    private var missing: [BundleError.Missing] = []
    private var missingIDs: Set<ChangeSetID> = []
    /// Entries of the bundle that cannot be taken because of that.
    private var waiting: Set<ChangeSetID> = []

    private static let missingCountMax = 20
    private static let waitingCountMax = 100_000

    init(_ replica: Replica, _ header: BundleHeader, _ intake: Intake) {
        self.replica = replica
        self.intake = intake
        self.header = header
        report = BundleImport.Report(header: header)
    }

    mutating func take(_ part: BundleReader.Part) throws {
        switch part {
        case .header(let again):
            // It was read before; who changes a file meanwhile gets nothing in.
            guard again == header else {
                throw BundleError(.damaged, "The bundle was changed while it was read.")
            }
        case .records(let records): try take(records)
        case .entries(let entries):
            try checkAuthor()
            try take(entries)
        case .end: try checkAuthor()
        }
    }

    /// What was done; an error where the bundle does not connect to what is here.
    func finish() throws -> BundleImport.Report {
        guard missing.isEmpty else { throw notConnected }
        return report
    }

    private mutating func take(_ records: [Members.Record]) throws {
        do {
            report.recordCount += try intake.append(records.map { try MembershipLog.Entry($0) })
        } catch let error as MembershipError {
            throw try refusal(of: records, error)
        } catch let error as ReplicaError {
            guard let cause = error.cause as? MembershipError else { throw error }
            throw try refusal(of: records, cause)
        }
    }

    private func refusal(of records: [Members.Record], _ error: MembershipError) throws -> any Error
    {
        let next = try replica.membership().head.sequence + 1
        if error.code == .wrongSequence || error.code == .wrongPreviousRecord,
            let first = records.first, let record = try? MembershipRecord(decoding: first.record),
            record.sequence > next
        {
            return Self.notConnected([.record(next)], isAll: true)
        }
        return BundleError(
            .refused,
            "A membership record in the bundle does not hold: \(error.message) Nothing of the "
                + "bundle was kept."
        )
    }

    /// Refuses what was made by somebody who is no member, whose own records in it counted.
    private mutating func checkAuthor() throws {
        guard !hasAuthor else { return }
        guard try replica.membership().role(of: header.author) != nil else {
            throw BundleError(
                .notAMember,
                "The bundle was made by a device (\(header.author.handle.prefix(8))) that is no "
                    + "member of this library. Nothing of it was kept."
            )
        }
        hasAuthor = true
    }

    private mutating func take(_ entries: [Entry]) throws {
        guard missing.isEmpty else { return try entries.forEach { try look(at: $0) } }
        let received = try intake.receive(entries.map { IncomingEntry($0) })
        report.forkedChains += received.forkedChains
        for (entry, outcome) in zip(entries, received.outcomes) {
            switch outcome {
            case .stored: report.newCount += 1
            case .duplicate: report.knownCount += 1
            case .parked: try look(at: entry)
            case .refused(let error):
                // The first refusal after a gap is the gap's.
                guard missing.isEmpty else { continue }
                throw BundleError(
                    .refused,
                    "Entry \(entry.header.sequence) of chain \(entry.header.chain.handle.prefix(8)) "
                        + "in the bundle does not hold: \(error.message) Nothing of the bundle was "
                        + "kept."
                )
            }
        }
    }

    /// Notes what an entry needs that is neither here nor in the bundle.
    private mutating func look(at entry: Entry) throws {
        guard missing.count < Self.missingCountMax, waiting.count < Self.waitingCountMax else {
            return
        }
        let header = entry.header
        var lacks = false
        for id in [header.previous].compactMap(\.self) + header.dependencies {
            if waiting.contains(id) {
                lacks = true
            } else if try !replica.contains(id) {
                lacks = true
                if missingIDs.insert(id).inserted { missing.append(name(of: id, before: entry)) }
            }
        }
        let head = try replica.membership().head.sequence
        if header.membership.sequence > head, !missing.contains(.record(head + 1)) {
            missing.append(.record(head + 1))
            lacks = true
        }
        if lacks { waiting.insert(entry.id) }
    }

    private func name(of id: ChangeSetID, before entry: Entry) -> BundleError.Missing {
        if id == entry.header.previous {
            return .entry(
                ChainPosition(
                    chain: entry.header.chain,
                    sequence: entry.header.sequence - 1,
                    id: id
                )
            )
        }
        let bases = header.base?.heads ?? []
        return bases.first { $0.id == id }.map { .entry($0) } ?? .id(id)
    }

    private var notConnected: BundleError {
        Self.notConnected(missing, isAll: missing.count < Self.missingCountMax)
    }

    private static func notConnected(
        _ missing: [BundleError.Missing],
        isAll: Bool
    ) -> BundleError {
        let names = missing.map(\.description).joined(separator: ", ")
        return BundleError(
            .notConnected,
            "The bundle goes on from what is not here: \(names)\(isAll ? "" : " and more"). "
                + "Nothing of it was kept. Apply the bundle before it first, or have one made that "
                + "begins earlier.",
            missing: missing
        )
    }
}
