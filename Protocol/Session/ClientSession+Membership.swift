extension ClientSession {
    /// Answers ``Action/takeRecords(_:)``: the records are kept, and `head` is the last one now.
    public mutating func recordsTaken(head: Mark?) -> [Action] {
        if (head?.position ?? 0) > (ownMembership?.position ?? 0) { patience.renew() }
        ownMembership = head
        if let head, hubMembership.map({ $0.position < head.position }) ?? true {
            hubMembership = head
        }
        if recordsContinue { return [] }
        var actions: [Action] = []
        do {
            switch phase {
            case .awaitingRecords, .awaitingConfirmation:
                try settle(&actions)
            case .awaitingReceipt where proposed == nil:
                try settle(&actions)
            case .exchanging:
                try finishIfDone(&actions)
            case .new, .greeted, .readingRecords, .makingRecord, .awaitingReceipt, .probing,
                .comparing,
                .over:
                break
            }
        } catch {
            return actions + fail(error, telling: true)
        }
        return actions
    }

    /// Answers ``Action/readRecords(after:)``.
    public mutating func recordsRead(_ records: [Members.Record]) -> [Action] {
        guard case .readingRecords = phase else { return [] }
        phase = .awaitingConfirmation
        return Members.parted(records).map { .send(sender.immediate(.members($0))) }
    }

    /// Answers ``Action/makeRecord``.
    public mutating func recordMade(_ record: [UInt8]) -> [Action] {
        guard case .makingRecord = phase else { return [] }
        phase = .awaitingReceipt
        let record = Members.Record(record: record, receipt: nil)
        proposed = record
        return [.send(sender.immediate(.members(Members(records: [record]))))]
    }

    mutating func receive(_ members: Members) throws(ProtocolError) -> [Action] {
        recordsContinue = members.isContinued
        if let proposed, members.records.contains(where: { $0.record == proposed.record }) {
            // It is in the log now; the head the driver reports will show it.
            self.proposed = nil
            needsRecord = false
        }
        return [.takeRecords(members.records)]
    }

    /// Goes on where the membership logs may have become level.
    mutating func settle(_ actions: inout [Action]) throws(ProtocolError) {
        let own = ownMembership?.position
        let hub = hubMembership?.position
        switch (own, hub) {
        case (let own?, let hub?) where own == hub:
            guard ownMembership == hubMembership else {
                throw ProtocolError(
                    .membershipFork,
                    "The hub's membership log differs from the one known here. One of them is"
                        + " forged, or the hub was restored wrongly; ask an owner of the library."
                )
            }
        case (let own?, let hub?) where own < hub:
            phase = .awaitingRecords
            return
        case (nil, _?):
            phase = .awaitingRecords
            return
        case (_?, _):
            phase = .readingRecords
            actions.append(.readRecords(after: hub))
            return
        case (nil, nil):
            throw ProtocolError(.wrongLibrary, "Neither side knows the library's members.")
        }
        if needsRecord {
            phase = .makingRecord
            actions.append(.makeRecord)
            return
        }
        if needsProbing || needsComparing {
            beginProbing(&actions)
            return
        }
        phase = .exchanging
        readMore(&actions)
        try finishIfDone(&actions)
    }

    /// What an ERROR about the record sent last means.
    mutating func recordRefused(_ fault: Fault) throws(ProtocolError) -> [Action] {
        guard case .awaitingReceipt = phase else { throw fault.asError }
        guard fault.code == .membershipConflict, recordAttemptCount < Self.recordAttemptCountMax
        else { throw fault.asError }
        // Another record came first and was sent ahead of this; make ours anew on top of it.
        recordAttemptCount += 1
        proposed = nil
        var actions: [Action] = []
        try settle(&actions)
        return actions
    }
}

extension Members {
    /// Messages of at most a quarter of a megabyte that hold `records`; one at least.
    static func parted(_ records: [Record]) -> [Members] {
        var parts: [Members] = []
        var part: [Record] = []
        var size = 0
        for record in records {
            let recordSize = record.record.count + (record.receipt?.count ?? 0)
            let isFull =
                size + recordSize > ProtocolLimits.inlineBodySizeMax
                || part.count == ProtocolLimits.recordCountMax
            if isFull, !part.isEmpty {
                parts.append(Members(records: part, isContinued: true))
                part = []
                size = 0
            }
            part.append(record)
            size += recordSize
        }
        parts.append(Members(records: part))
        return parts
    }
}
