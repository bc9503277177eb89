public import ArticleModel

extension PeerSession {
    /// Answers ``Action/beginComparing(_:salt:)`` and ``Action/compare(_:_:salt:)``.
    public mutating func compared(_ answer: RangeAnswer) -> [Action] {
        guard case .comparing = phase, !hasSentWant, !isLocating else { return [] }
        let messages =
            comparison.salt.isEmpty
            ? comparison.begin(answer, salt: start.salt) : comparison.answered(answer)
        summary.comparisonCount += messages.count
        var actions = messages.map { Action.send(sender.immediate($0)) }
        locateIfOver(&actions)
        return actions
    }

    /// Answers ``Action/locate(_:_:)``: what to ask the peer for.
    public mutating func located(_ chains: [WantedChain], ids: [ChangeSetID] = []) -> [Action] {
        guard isLocating, !hasSentWant else { return [] }
        hasSentWant = true
        let wants = Wants.parted(chains, ids, turn: comparison.turn)
        var actions = wants.map { Action.send(sender.immediate(.want($0))) }
        goOn(&actions)
        return actions
    }

    /// Answers ``Action/readWanted(byteCount:)``; `isLast` if there are no more.
    public mutating func wantedRead(_ entries: [Entry], isLast: Bool) -> [Action] {
        guard isReading else { return [] }
        isReading = false
        isExhausted = isLast
        sentCount += UInt64(entries.count)
        for part in RunSplitter.parts(
            of: entries.map(RunItem.entry),
            sizeTarget: sender.runSizeTarget
        ) {
            sender.enqueueUnplaced(part)
        }
        var actions: [Action] = []
        goOn(&actions)
        return actions
    }

    /// Answers ``Action/take(_:)``: what breaks no rule is durable; `faults` are about the rest.
    public mutating func taken(storedCount: Int, faults: [Fault]) -> [Action] {
        guard !beingTaken.isEmpty else { return [] }
        let run = beingTaken.removeFirst()
        takenCount += UInt64(run.count)
        summary.storedCount += storedCount
        if case .over = phase { return [] }
        var actions = faults.map { Action.send(sender.immediate(.error($0))) }
        let held = Acknowledgement.held(position: takenCount)
        actions.append(.send(sender.immediate(.acknowledgement(held))))
        if let credit = receiver.settled(run.wireSize) {
            actions.append(.send(sender.immediate(.credit(credit))))
        }
        goOn(&actions)
        return actions
    }

    mutating func dispatch(_ frame: Frame) throws(ProtocolError) -> [Action] {
        guard let type = MessageType(rawValue: frame.type) else { return [] }
        if type == .run {
            try requireComparing()
            let entries = try receiver.receiveEntries(frame)
            beingTaken.append((frame.wireSize, entries.count))
            summary.receivedCount += entries.count
            return [.take(entries)]
        }
        switch try Message(type: type, payload: frame.payload) {
        case .hello(let hello): return try receive(hello)
        case .welcome(let welcome): return try receive(welcome)
        case .members(let members): return try receive(members)
        case .ranges(let ranges):
            try requireComparing()
            summary.comparisonCount += 1
            let parts = try comparison.receive(ranges)
            return [.compare(parts, comparison.level, salt: comparison.salt)]
        case .want(let wants):
            try requireComparing()
            return try receive(wants)
        case .acknowledgement(.held(let count)):
            try requireComparing()
            return try receive(held: count)
        case .credit(let count):
            sender.grant(count)
            return goingOn()
        case .blob(let piece):
            try requireComparing()
            guard let credit = try receiver.receive(piece, wireSize: frame.wireSize) else {
                return []
            }
            return [.send(sender.immediate(.credit(credit)))]
        case .ping(let number):
            return [.send(sender.immediate(.pong(number)))]
        case .pong:
            return []
        case .bye:
            try requireComparing()
            guard comparison.isWantedKnown, !peerHasSaidBye else {
                throw ProtocolError(.badFrame, "The peer ended the session too early.")
            }
            peerHasSaidBye = true
            return goingOn()
        case .error(let fault):
            return try receive(fault)
        case .acknowledgement(.taken), .probe, .run:
            throw ProtocolError(.badFrame, "The peer sent what only a hub may: \(type).")
        }
    }

    private mutating func receive(_ wants: Wants) throws(ProtocolError) -> [Action] {
        try comparison.receive(wants)
        var actions: [Action] = []
        if comparison.isWantedKnown {
            // Before anything else, as what follows may lead to reading at once.
            isPrepared = true
            actions.append(.prepare(comparison.wanted))
        }
        locateIfOver(&actions)
        goOn(&actions)
        return actions
    }

    private mutating func receive(held count: UInt64) throws(ProtocolError) -> [Action] {
        guard count > heldCount, count <= sentCount else {
            throw ProtocolError(.badFrame, "The peer acknowledged what was not sent.")
        }
        heldCount = count
        return goingOn()
    }

    private mutating func receive(_ fault: Fault) throws(ProtocolError) -> [Action] {
        switch fault.severity {
        case .fatal, .retry, .record: throw fault.asError
        case .chain: return [.refused(fault)]
        }
    }

    /// Asks for what to want when this side knows what it lacks.
    private mutating func locateIfOver(_ actions: inout [Action]) {
        guard comparison.isOver, !isLocating else { return }
        isLocating = true
        summary.lackingCount = comparison.lacking.count
        actions.append(.locate(comparison.lacking, comparison.level))
    }

    private mutating func goingOn() -> [Action] {
        var actions: [Action] = []
        goOn(&actions)
        return actions
    }

    /// Sends what there is to send, as far as credit goes, asks for more, and ends when all is done.
    private mutating func goOn(_ actions: inout [Action]) {
        guard case .comparing = phase else { return }
        actions += sender.drain().map(Action.send)
        guard isPrepared, hasSentWant, !isReading else { return }
        if !isExhausted, !sender.isBlocked, sender.hasCreditForAnyFrame {
            isReading = true
            actions.append(.readWanted(byteCount: sender.runSizeTarget))
            return
        }
        if isExhausted, !sender.isBlocked, heldCount == sentCount, !hasSaidBye {
            hasSaidBye = true
            actions.append(.send(sender.immediate(.bye)))
        }
        guard hasSaidBye, peerHasSaidBye, beingTaken.isEmpty else { return }
        phase = .over
        summary.sentCount = Int(clamping: sentCount)
        summary.sentByteCount = sender.sentByteCount
        actions.append(.finish(summary))
    }

    private func requireComparing() throws(ProtocolError) {
        guard case .comparing = phase else {
            throw ProtocolError(.badFrame, "The peer sent something before its time.")
        }
    }
}
