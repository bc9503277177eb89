extension HubSession {
    /// Answers ``Action/readRecords(after:)``; `head` is the last record now.
    public mutating func recordsRead(_ records: [Members.Record], head: Mark?) -> [Action] {
        isReadingRecords = false
        switch phase {
        case .new, .opening, .over: return []
        case .entering, .active: break
        }
        membership = head
        sentMembership = head?.position
        var actions = Members.parted(records).map {
            Action.send(sender.immediate(.members($0)))
        }
        pump(&actions)
        return actions
    }

    /// Answers ``Action/takeRecords(_:)``: they are in the membership log.
    ///
    /// `records` are those that were given a receipt, with it; `standing` is what the device is to
    /// the library now, `head` the last record, `log` the end of the log.
    public mutating func recordsTaken(
        _ records: [Members.Record],
        standing: Welcome.Standing,
        head: Mark?,
        log: Cursor
    ) -> [Action] {
        switch phase {
        case .new, .opening, .over: return []
        case .entering where standing == .member:
            phase = .active
        case .entering, .active: break
        }
        if log.position > self.head.position { self.head = log }
        membership = head
        if let head { sentMembership = max(sentMembership ?? 0, head.position) }
        var actions = Members.parted(records).map {
            Action.send(sender.immediate(.members($0)))
        }
        pump(&actions)
        return actions
    }

    /// Answers ``Action/takeRecords(_:)``: they are not taken.
    ///
    /// After a conflict the driver says by ``advanced(head:membership:)`` first what the log's
    /// head is, so that the client gets the records it lacks before it hears of the conflict.
    public mutating func recordsRefused(_ fault: Fault) -> [Action] {
        switch phase {
        case .new, .opening, .over: return []
        case .entering, .active: break
        }
        switch fault.severity {
        case .record, .chain: return [.send(sender.immediate(.error(fault)))]
        case .fatal, .retry: return refuse(fault)
        }
    }

    mutating func receive(_ members: Members) throws(ProtocolError) -> [Action] {
        switch phase {
        case .new, .opening:
            throw ProtocolError(.badFrame, "You sent records before you were welcomed.")
        case .entering, .active: break
        case .over: return []
        }
        pendingRecords.append(contentsOf: members.records)
        pendingRecordByteCount += members.records.reduce(0) {
            $0 + $1.record.count + ($1.receipt?.count ?? 0)
        }
        guard pendingRecords.count <= Self.pendingRecordCountMax,
            pendingRecordByteCount <= Self.pendingRecordByteCountMax
        else {
            throw ProtocolError(.tooLarge, "You sent too many membership records at once.")
        }
        if members.isContinued { return [] }
        defer {
            pendingRecords = []
            pendingRecordByteCount = 0
        }
        return [.takeRecords(pendingRecords)]
    }

    static let pendingRecordCountMax = 16 * ProtocolLimits.recordCountMax
}
