import ArticleModel
import Membership
import SQLite
import Signing

/// Takes entries into the log within one transaction: checks each, and stores or parks it.
struct Receiver {
    /// Whether entries get hub positions as they are stored.
    enum Placement {
        /// They wait for the hub's.
        case none
        /// Those that came together get theirs from the caller, right after; others, which were
        /// waiting for them, wait for the hub's.
        case given
        /// The next ones: this replica is the hub's.
        case assigned
    }

    /// Bodies up to this size never come in pieces.
    private static let inlineBodySizeMax = 256 * 1024

    let replica: Replica
    let peer: DeviceKey
    let placement: Placement
    var report: ReceiveReport
    let log: MembershipLog
    private var keys: [DeviceKey: PublicKey] = [:]
    /// The chain this replica signs on.
    private let ownChain: ChainID?
    private var refusedChains: Set<ChainID> = []
    /// The rows of the entries that came together, in their order; nil for those not stored.
    private(set) var rows: [Int64?] = []
    /// Entries whose arrival others may be waiting for.
    var arrived: [[UInt8]] = []
    /// What waits, once that was counted.
    var parkedSizes: ParkedSizes?
    /// Whether any entry waits for another.
    var hasWaiting: Bool
    /// The row of the entry stored last.
    private var lastRow: Int64?

    init(_ replica: Replica, from peer: DeviceKey, placement: Placement) throws {
        self.replica = replica
        self.peer = peer
        self.placement = placement
        log = try replica.membershipLog()
        report = ReceiveReport(head: try replica.storedHead())
        ownChain = ChainID(try replica.database.meta(.chain)?.bytes ?? [])
        hasWaiting = try replica.database.integer("SELECT 1 FROM waiting LIMIT 1") != nil
    }

    /// Takes in entries that came together, in causal order.
    mutating func receive(_ entries: [IncomingEntry], _ policy: SignaturePolicy) throws {
        let proofs = policy == .all ? nil : try proofs(of: entries)
        report.outcomes.reserveCapacity(entries.count)
        rows.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            lastRow = nil
            let outcome = try receive(entry, proof: proofs?.proofs[index], isUnparked: false)
            if case .refused = outcome { refusedChains.insert(entry.signed.header.chain) }
            report.outcomes.append(outcome)
            rows.append(lastRow)
            try unpark()
        }
        if let proofs { try checkEndsOfBranches(of: entries, proofs) }
    }

    /// Tries again what waited for the membership record at `sequence`.
    mutating func recordArrived(at sequence: UInt64) throws {
        arrived.append(ParkingReason.record(sequence).key)
        try unpark()
    }

    /// Tries again what waited for entries that got into the log in another way.
    mutating func entriesArrived(_ ids: [ChangeSetID]) throws {
        arrived.append(contentsOf: ids.map(\.bytes))
        try unpark()
    }
}

// MARK: - One entry

extension Receiver {
    /// What is known of an entry's signature.
    private enum Proof {
        case verified(VerifiedChangeSet)
        case failed(any Error)

        /// Whether it was proven by a later entry alone.
        var isByLater: Bool {
            if case .verified(let verified) = self { verified.proof == .laterEntry } else { false }
        }
    }

    /// Takes in an entry that waited and has all it waited for.
    mutating func receiveAfterWaiting(_ entry: IncomingEntry) throws -> EntryOutcome {
        try receive(entry, proof: nil, isUnparked: true)
    }

    private mutating func receive(
        _ entry: IncomingEntry,
        proof: Proof?,
        isUnparked: Bool
    ) throws -> EntryOutcome {
        let signed = entry.signed
        let goesOn = try replica.goesOn(signed.header)
        if try !goesOn && replica.containsEntry(signed.id) {
            try replica.replaceUnsoundSignature(by: signed)
            return .duplicate
        }
        if refusedChains.contains(signed.header.chain) {
            return .refused(
                ReplicaError(.refusedChain, "An earlier entry of its chain was refused.")
            )
        }
        do {
            try check(entry)
            let reasons = try parkingReasons(of: signed.header, previousIsHere: goesOn)
            guard reasons.isEmpty else { return try park(entry, reasons) }
            switch try proof ?? self.proof(of: entry) {
            case .failed(let error): throw error
            case .verified(let verified):
                try store(verified, body: entry.body, isUnparked: isUnparked)
            }
            return .stored
        } catch let error as MembershipError {
            return .refused(ReplicaError(error))
        } catch let error as ReplicaError where error.isRefusal {
            return .refused(error)
        }
    }

    /// Checks what can be seen without other entries.
    private func check(_ entry: IncomingEntry) throws {
        let header = entry.signed.header
        guard header.library == replica.library else {
            throw ReplicaError(.otherLibrary, "The entry belongs to another library.")
        }
        guard let reference = header.body else {
            guard entry.body == nil else {
                throw ReplicaError(.wrongBody, "The entry has no body, yet one came along.")
            }
            return
        }
        guard reference.size <= Limits.bodySizeMax else {
            throw ReplicaError(
                .tooLarge,
                "The entry's body has \(reference.size) bytes; at most \(Limits.bodySizeMax) are "
                    + "taken."
            )
        }
        guard let body = entry.body, body.count == reference.size,
            entry.isBodyChecked || ChangeIdentity.body(body) == reference.hash
        else {
            throw ReplicaError(
                .wrongBody,
                "The body of entry \(entry.signed.id.handle.prefix(8)) is not the one that was "
                    + "signed."
            )
        }
    }

    private mutating func store(
        _ verified: VerifiedChangeSet,
        body: [UInt8]?,
        isUnparked: Bool
    ) throws {
        let header = verified.header
        try ChainRules.check(verified, in: log) { id in
            try replica.place(of: id).map(KnownEntry.init)
        }
        guard log.user(of: verified.device) != nil else {
            throw ReplicaError(.notAllowed, "The entry's device belongs to no member.")
        }
        let status: SignatureStatus
        switch verified.proof {
        case .ownSignature: status = .verified
        case .laterEntry: status = .provenByLater
        }
        let row = try replica.appendToLog(
            verified.signed,
            by: verified.device,
            body: body,
            status: status
        )
        if let reference = header.body, reference.size > Self.inlineBodySizeMax {
            try replica.dropPieces(ofStored: reference.hash)
        }
        lastRow = row
        if try replica.link(header, verified.id, by: verified.device, row: row) {
            report.forkedChains.append(header.chain)
        }
        switch placement {
        case .given where !isUnparked:
            break
        case .none, .given:
            try replica.statements().insertUnplaced.run(.integer(row))
        case .assigned:
            report.head = try replica.place(
                verified.id,
                row: row,
                after: report.head,
                isUnplaced: false
            )
        }
        // This replica's own entries are in its log before anybody else has them: whoever sent this
        // one signs on the same chain, so it may not be gone on with.
        if header.chain == ownChain { try replica.database.removeMeta(.chain) }
        if hasWaiting { arrived.append(verified.id.bytes) }
    }
}

// MARK: - Signatures

extension Receiver {
    /// What was found out about entries that came together, each by its index.
    private struct BatchProofs {
        var proofs: [Proof?]
        /// The entry before each on its chain, where it is among them.
        var previous: [Int?]
    }

    /// Checks the signature of the last of each branch among `entries`, which proves those before
    /// it, as far as the chain's device is known.
    private mutating func proofs(of entries: [IncomingEntry]) throws -> BatchProofs {
        var indexes = [ChangeSetID: Int](minimumCapacity: entries.count)
        var devices: [ChainID: DeviceKey] = [:]
        for (index, entry) in entries.enumerated() {
            indexes[entry.signed.id] = index
            if let opening = entry.signed.header.opening {
                devices[entry.signed.header.chain] = opening.device
            }
        }
        var result = BatchProofs(
            proofs: [Proof?](repeating: nil, count: entries.count),
            previous: entries.map { $0.signed.header.previous.flatMap { indexes[$0] } }
        )
        var isNamed = [Bool](repeating: false, count: entries.count)
        for case let index? in result.previous { isNamed[index] = true }
        for last in entries.indices where !isNamed[last] {
            let header = entries[last].signed.header
            guard let device = try devices[header.chain] ?? replica.device(of: header) else {
                continue
            }
            // From the end of the branch back to what is here, or is proven by another branch.
            var branch: [Int] = []
            var next: Int? = last
            while let index = next, result.proofs[index] == nil {
                branch.append(index)
                next = result.previous[index]
            }
            branch.reverse()
            do {
                let key = try key(of: device)
                let run = try SignedChangeSet.verified(
                    run: branch.map { entries[$0].signed },
                    by: key
                )
                for (index, verified) in zip(branch, run) {
                    result.proofs[index] = .verified(verified)
                }
            } catch {
                // The earlier ones may yet hold by themselves.
                for index in branch {
                    result.proofs[index] = try proof(of: entries[index].signed, by: device)
                }
            }
        }
        return result
    }

    /// What was found out beforehand if it is about the right device, else what is found now.
    private mutating func proof(of entry: IncomingEntry) throws -> Proof {
        guard let verified = entry.verified, verified.proof == .ownSignature,
            try replica.device(of: entry.signed.header) == verified.device
        else { return try proof(of: entry.signed) }
        return .verified(verified)
    }

    private mutating func proof(of signed: SignedChangeSet) throws -> Proof {
        guard let device = try replica.device(of: signed.header) else {
            throw ReplicaError(.chainGap, "The opening of the entry's chain is missing.")
        }
        return try proof(of: signed, by: device)
    }

    private mutating func proof(of signed: SignedChangeSet, by device: DeviceKey) throws -> Proof {
        do {
            return .verified(try signed.verified(by: try key(of: device)))
        } catch {
            return .failed(error)
        }
    }

    /// OpenSSL's form of a key costs more than a signature; each is made once.
    private mutating func key(of device: DeviceKey) throws(MembershipError) -> PublicKey {
        if let known = keys[device] { return known }
        let key = try device.publicKey()
        keys[device] = key
        return key
    }

    /// Looks at the signature of each entry that now ends its branch and was proven by one after
    /// it which, for another reason, was not taken.
    private mutating func checkEndsOfBranches(
        of entries: [IncomingEntry],
        _ batch: BatchProofs
    ) throws {
        var isFollowed = [Bool](repeating: false, count: entries.count)
        for (index, outcome) in report.outcomes.enumerated() {
            guard let previous = batch.previous[index] else { continue }
            switch outcome {
            case .stored, .duplicate: isFollowed[previous] = true
            case .refused, .parked: break
            }
        }
        for (index, entry) in entries.enumerated()
        where !isFollowed[index] && rows[index] != nil && batch.proofs[index]?.isByLater == true {
            if case .failed(let error) = try proof(of: entry.signed) { throw error }
            try replica.database.run(
                "UPDATE entry SET signature = 0 WHERE id = ?",
                .bytes(entry.signed.id.bytes)
            )
        }
    }
}
