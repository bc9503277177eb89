import ArticleModel
import Membership

extension HubSession {
    /// Answers ``Action/readEntries(from:byteCount:)``.
    public mutating func entriesRead(_ entries: [Entry], from first: UInt64) -> [Action] {
        isReadingEntries = false
        guard case .active = phase else { return [] }
        var actions: [Action] = []
        // What was asked for may have been overtaken by an acknowledgement: then ask anew.
        if first == sent.position + 1, waitingEnd == nil, !entries.isEmpty { queue(entries) }
        pump(&actions)
        return actions
    }

    /// Answers ``Action/commit(_:)``: `positions` has one for each entry, 0 for those not taken,
    /// which `faults` are about; `head` is the end of the log with them.
    public mutating func committed(
        positions: [UInt64],
        faults: [Fault],
        head: Cursor
    ) -> [Action] {
        guard !beingCommitted.isEmpty else { return [] }
        let (ids, wireSize) = beingCommitted.removeFirst()
        guard case .active = phase else { return [] }
        if head.position > self.head.position { self.head = head }
        var actions = faults.map { Action.send(sender.immediate(.error($0))) }
        var overtaken = false
        for (id, position) in zip(ids, positions) where position > sent.position {
            if position == sent.position + 1 {
                // The client counts these by the acknowledgement alone.
                sent = sent.advanced(by: id)
                overtaken = true
            } else {
                clientHolds.insert(id)
            }
        }
        if overtaken, waitingEnd != nil {
            sender.dropWaiting()
            waitingEnd = nil
        }
        let taken = Acknowledgement.taken(positions: positions, head: self.head.mark)
        actions.append(.send(sender.immediate(.acknowledgement(taken))))
        if let credit = receiver?.settled(wireSize) {
            actions.append(.send(sender.immediate(.credit(credit))))
        }
        pump(&actions)
        return actions
    }

    mutating func receiveRun(_ frame: Frame) throws(ProtocolError) -> [Action] {
        try requireActive()
        guard let entries = try receiver?.receiveEntries(frame) else { return [] }
        beingCommitted.append((entries.map(\.id), frame.wireSize))
        return [.commit(entries)]
    }

    /// Sends what there is to send, as far as credit goes, and asks for more of it.
    mutating func pump(_ actions: inout [Action]) {
        switch phase {
        case .new, .opening, .over: return
        case .entering, .active: break
        }
        if let membership, sentMembership.map({ $0 < membership.position }) ?? true {
            guard !isReadingRecords else { return }
            isReadingRecords = true
            actions.append(.readRecords(after: sentMembership))
            return
        }
        guard case .active = phase else { return }
        actions.append(contentsOf: sender.drain().map(Action.send))
        if let end = waitingEnd, !sender.isBlocked {
            sent = end
            waitingEnd = nil
        }
        // What the client sent and is being committed may be what comes next: it is not sent back.
        guard waitingEnd == nil, !isReadingEntries, beingCommitted.isEmpty else { return }
        guard sent.position < head.position else {
            sender.release()
            return
        }
        isReadingEntries = true
        actions.append(
            .readEntries(from: sent.position + 1, byteCount: ProtocolLimits.runSizeTarget)
        )
    }

    /// Puts a run of the first of these entries, as many as fit one, up for sending.
    private mutating func queue(_ entries: [Entry]) {
        let items = entries.map { entry -> RunItem in
            isHeld(entry) ? .held(entry.id) : .entry(entry)
        }
        guard let part = RunSplitter.parts(of: items).first else { return }
        var end = sent
        for item in part {
            end = end.advanced(by: item.id)
            clientHolds.remove(item.id)
        }
        sender.enqueue(
            RunSplitter.messages(part, firstPosition: sent.position + 1, end: end.mark)
        )
        waitingEnd = end
    }

    /// Whether the client is known to hold an entry, so that naming it is enough.
    private func isHeld(_ entry: Entry) -> Bool {
        if clientHolds.contains(entry.id) { return true }
        guard hasClientChain, let chain = hello?.chain else { return false }
        return entry.header.chain == chain.chain && entry.header.sequence <= chain.head.position
    }
}
