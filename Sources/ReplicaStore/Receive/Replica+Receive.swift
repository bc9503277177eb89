public import ArticleModel
public import Membership
import SQLite

extension Replica {
    /// Takes in entries that `peer` sent, in causal order, and keeps each that breaks no rule.
    ///
    /// All that is kept is durable when this returns. They wait for the hub's positions.
    public func receive(
        _ entries: [IncomingEntry],
        from peer: DeviceKey,
        verifying policy: SignaturePolicy
    ) throws(ReplicaError) -> ReceiveReport {
        try write {
            var receiver = try Receiver(self, from: peer, placement: .none)
            try receiver.receive(entries, policy)
            return receiver.report
        }
    }

    /// Takes in, as the hub, entries that `peer` sent, and gives each that is kept a position.
    ///
    /// Verifies every signature. Positions are dense and in the order of commits; all that is kept
    /// is durable when this returns.
    public func receiveAsHub(
        _ entries: [IncomingEntry],
        from peer: DeviceKey
    ) throws(ReplicaError) -> ReceiveReport {
        let reports = try receiveAsHub([IncomingBatch(entries, from: peer)])
        guard let report = reports.first else {
            throw ReplicaError(.damaged, "A batch gave no report.")
        }
        return report
    }

    /// Takes in, as the hub, what several peers sent, batch after batch in one transaction, which
    /// costs one wait for the disk; see ``receiveAsHub(_:from:)``.
    ///
    /// What breaks a rule is left out; where the replica itself fails, nothing of all is kept.
    public func receiveAsHub(
        _ batches: some Sequence<IncomingBatch>
    ) throws(ReplicaError) -> [ReceiveReport] {
        try write {
            // Each is asked for when the one before is written, so that it may be made meanwhile.
            var reports: [ReceiveReport] = []
            for batch in batches {
                var receiver = try Receiver(self, from: batch.peer, placement: .assigned)
                try receiver.receive(batch.entries, .all)
                reports.append(receiver.report)
            }
            return reports
        }
    }

    /// The device whose chain an entry belongs to, as the entry itself or the log says; nil where
    /// neither does.
    public func deviceOfChain(of header: ChangeSetHeader) throws(ReplicaError) -> DeviceKey? {
        try readLog { try device(of: header) }
    }

    /// Takes in what comes after `cursor` in the log of `hub`, and moves the cursor along in the
    /// same transaction; gives the new cursor.
    ///
    /// All or nothing: a hub that sends what breaks a rule, or what does not follow the cursor,
    /// leaves no trace.
    public func receive(
        _ items: [PositionedItem],
        following cursor: LogHead,
        from hub: DeviceKey,
        verifying policy: SignaturePolicy = .lastOfEachBranch
    ) throws(ReplicaError) -> (cursor: LogHead, report: ReceiveReport) {
        try write {
            guard try self.cursor(of: hub) == cursor, try storedHead() == cursor else {
                throw ReplicaError(
                    .cursorMismatch,
                    "The hub's entries do not follow what is stored here; another process may have "
                        + "synced meanwhile. Sync again."
                )
            }
            var entries: [IncomingEntry] = []
            for case .entry(let entry) in items { entries.append(entry) }
            var receiver = try Receiver(self, from: hub, placement: .given)
            try receiver.receive(entries, policy)
            var report = receiver.report
            try checkAllTaken(report)
            try place(items, rows: receiver.rows, &report)
            try database.run(
                "UPDATE remote SET position = ?, accumulator = ? WHERE hub = ?",
                .integer(Int64(clamping: report.head.position)),
                .bytes(report.head.accumulator),
                .bytes(hub.bytes)
            )
            return (report.head, report)
        }
    }

    /// What a hub sends by position is all or nothing.
    private func checkAllTaken(_ report: ReceiveReport) throws {
        for outcome in report.outcomes {
            switch outcome {
            case .stored, .duplicate: break
            case .refused(let error): throw error
            case .parked(let missing):
                throw ReplicaError(
                    .wrongDependencies,
                    "The hub sent an entry before \(missing.count) others it depends on, or "
                        + "before the membership record it names. Sync again; if it happens "
                        + "again, tell the hub's operator."
                )
            }
        }
    }

    /// Gives the items, whose entries are in the log by now, the next positions.
    ///
    /// `rows` are those of the entries among them that are new, nil for others.
    private func place(
        _ items: [PositionedItem],
        rows: [Int64?],
        _ report: inout ReceiveReport
    ) throws {
        var rows = rows.makeIterator()
        for item in items {
            let id: ChangeSetID
            switch item {
            case .entry(let entry):
                id = entry.signed.id
                if let row = rows.next() ?? nil {
                    report.head = try place(id, row: row, after: report.head, isUnplaced: false)
                    continue
                }
            case .known(let known):
                id = known
            }
            guard let place = try place(of: id) else {
                throw ReplicaError(
                    .cursorMismatch,
                    "The hub takes it that entry \(id.handle.prefix(8)) is here, which it is not. "
                        + "Sync again."
                )
            }
            guard try position(ofRow: place.row) == nil else {
                throw ReplicaError(
                    .cursorMismatch,
                    "The hub sent entry \(id.handle.prefix(8)) at two positions. Tell the hub's "
                        + "operator."
                )
            }
            report.head = try self.place(
                id,
                row: place.row,
                after: report.head,
                isUnplaced: true
            )
        }
    }
}

extension KnownEntry {
    init(_ place: EntryPlace) {
        self.init(
            device: place.device,
            chain: place.chain,
            sequence: place.sequence,
            lamport: place.lamport,
            membershipSequence: place.membership
        )
    }
}

extension ReplicaError {
    /// What a refusal by the rules of membership and chains means to a replica.
    init(_ error: MembershipError) {
        let code: Code =
            switch error.code {
            case .malformed, .unknownKind, .openingMisplaced, .previousMisplaced, .chainMismatch,
                .dependenciesUnsorted, .articlesUnsorted, .bodyMisplaced:
                .malformed
            case .tooLarge: .tooLarge
            case .unknownVersion: .unknownVersion
            case .badSignature, .badKey: .badSignature
            case .wrongLibrary: .otherLibrary
            case .missingPrevious, .wrongPrevious: .chainGap
            case .missingDependencies, .dependencyOfOwnChain: .wrongDependencies
            case .wrongLamport: .wrongLamport
            case .missingRecord, .membershipWentBack, .wrongRecord: .wrongMembership
            case .unknownDevice, .roleTooLow: .notAllowed
            default: .membership
            }
        self.init(code, error.message, cause: error)
    }

    /// Whether it says that an entry breaks a rule, and not that the replica has failed.
    var isRefusal: Bool {
        switch code {
        case .malformed, .otherLibrary, .badSignature, .chainGap, .wrongLamport, .wrongMembership,
            .wrongDependencies, .wrongBody, .unknownVersion, .refusedChain,
            .tooLarge, .notAllowed:
            true
        case .missing, .exists, .notAReplica, .damaged, .newerVersion, .busy, .full, .readOnly,
            .noPermission, .ioError, .notFound, .ambiguous, .deleted, .needsNewer, .faultyChange,
            .membership, .cursorMismatch:
            false
        }
    }
}
