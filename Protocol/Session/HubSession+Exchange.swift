import ArticleModel
import Membership

extension HubSession {
    /// Answers ``Action/readEntries(from:byteCount:)``.
    public mutating func entriesRead(_ entries: [Entry], from first: UInt64) -> [Action] {
        isReadingEntries = false
        guard case .active = phase, !isComparing else { return [] }
        var actions: [Action] = []
        guard !entries.isEmpty || first != sent.position + 1 else {
            // Asking again would never end: a file was put in the log's place.
            return refuse(Fault(.internal, .retry, text: "The hub's log ends too early."))
        }
        // What was asked for may have been overtaken by an acknowledgement: then ask anew.
        if first == sent.position + 1, !entries.isEmpty { send(entries, &actions) }
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
        for (id, position) in zip(ids, positions) where position > sent.position {
            if position == sent.position + 1 {
                // The client counts these by the acknowledgement alone.
                sent = sent.advanced(by: id)
            } else if clientHolds.count < Self.clientHoldsCountMax {
                clientHolds.insert(id)
            }
        }
        let taken = Acknowledgement.taken(positions: positions, head: self.head.mark)
        actions.append(.send(sender.immediate(.acknowledgement(taken))))
        give(receiver?.settled(wireSize), &actions)
        pump(&actions)
        return actions
    }

    mutating func receiveRun(_ frame: Frame) throws(ProtocolError) -> [Action] {
        try requireActive()
        guard let entries = try receiver?.receiveEntries(frame) else { return [] }
        clientChain.settle(by: entries)
        beingCommitted.append((entries.map(\.id), frame.wireSize))
        patience.renew()
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
        guard case .active = phase, !isComparing else { return }
        // What the client sent and is being committed may be what comes next: it is not sent back.
        guard !isReadingEntries, beingCommitted.isEmpty, !clientChain.isUnclear else { return }
        // A client that is slow to read costs no more than its cursor: nothing is prepared that
        // there is no credit for, and when that comes the log is read again.
        guard sent.position < head.position, sender.hasCreditForAnyFrame else {
            sender.release()
            return
        }
        isReadingEntries = true
        actions.append(
            .readEntries(from: sent.position + 1, byteCount: sender.runSizeTarget)
        )
    }

    /// Sends a run of the first of these entries, as many as fit one, or as much of the large body
    /// before it as there is credit for.
    private mutating func send(_ entries: [Entry], _ actions: inout [Action]) {
        let items = entries.enumerated().map { offset, entry -> RunItem in
            let position = sent.position + 1 + UInt64(offset)
            return isHeld(entry, at: position) ? .held(entry.id) : .entry(entry)
        }
        guard let part = RunSplitter.parts(of: items, sizeTarget: sender.runSizeTarget).first,
            sender.hasCreditForAnyFrame
        else {
            return
        }
        if let body = RunSplitter.largeBody(of: part) {
            if pieces.hash != body.hash { pieces = (body.hash, sender.start(of: body)) }
            while pieces.sentCount < body.bytes.count {
                guard sender.hasCreditForAnyFrame else { return }
                let piece = RunSplitter.piece(of: body, at: pieces.sentCount)
                let frame = sender.frame(.blob(piece))
                guard sender.spend(frame) else { return }
                actions.append(.send(frame))
                pieces.sentCount += piece.bytes.count
            }
        }
        guard sender.hasCreditForAnyFrame else { return }
        let start = sent
        let (frame, sentItems) = sender.run(part, firstPosition: sent.position + 1) { items in
            items.reduce(start) { $0.advanced(by: $1.id) }.mark
        }
        guard sender.spend(frame) else { return }
        actions.append(.send(frame))
        for item in sentItems {
            sent = sent.advanced(by: item.id)
            clientHolds.remove(item.id)
        }
        // With a run the receiver forgets the pieces before it.
        pieces = ([], 0)
    }

    /// Whether the client is known to hold an entry, so that naming it is enough.
    private func isHeld(_ entry: Entry, at position: UInt64) -> Bool {
        if clientHolds.contains(entry.id) { return true }
        if let wantedSpans, position <= comparedThrough {
            return wantedSpans[entry.header.chain]?.contains(entry.header.sequence) != true
        }
        return clientChain.holds(entry.header)
    }
}
