import ArticleModel

extension ClientSession {
    /// Answers ``Action/readUnsent(known:byteCount:)``; `isLast` if there are no more.
    public mutating func unsentRead(_ entries: [Entry], isLast: Bool) -> [Action] {
        guard isReadingUnsent else { return [] }
        isReadingUnsent = false
        unsentIsExhausted = isLast
        for part in RunSplitter.parts(
            of: entries.map(RunItem.entry),
            sizeTarget: sender.runSizeTarget
        ) { enqueue(part) }
        var actions = sender.drain().map(Action.send)
        if isLast, start.unsentCount > 0, !hasAnsweredForUnsent {
            hasAnsweredForUnsent = true
            // The hub may wait for a run; it is told that there is none.
            let held = Acknowledgement.held(position: start.cursor.position)
            actions.append(.send(sender.immediate(.acknowledgement(held))))
        }
        readMore(&actions)
        do {
            try finishIfDone(&actions)
        } catch {
            return actions + fail(error, telling: true)
        }
        return actions
    }

    private mutating func enqueue(_ part: [RunItem]) {
        isLevel = false
        hasAnsweredForUnsent = true
        inFlight.append(contentsOf: part.map(\.id))
        sender.enqueueUnplaced(part)
    }

    /// Answers ``Action/take(_:cursor:)``: the entries and the cursor are durable.
    public mutating func taken() -> [Action] {
        guard !beingTaken.isEmpty else { return [] }
        let run = beingTaken.removeFirst()
        if case .over = phase { return [] }
        var actions: [Action] = []
        if let credit = receiver.settled(run.wireSize) {
            let held = Acknowledgement.held(position: run.end)
            actions.append(.send(sender.immediate(.acknowledgement(held))))
            actions.append(.send(sender.immediate(.credit(credit))))
            acknowledgedEnd = run.end
        }
        do {
            try finishIfDone(&actions)
        } catch {
            return actions + fail(error, telling: true)
        }
        return actions
    }

    mutating func dispatch(_ frame: Frame) throws(ProtocolError) -> [Action] {
        guard let type = MessageType(rawValue: frame.type) else { return [] }
        if type == .run {
            try requireWelcomed()
            return try receiveRun(frame)
        }
        switch try Message(type: type, payload: frame.payload) {
        case .welcome(let welcome):
            guard case .greeted = phase else {
                throw ProtocolError(.badFrame, "The hub greeted a second time.")
            }
            return try receive(welcome)
        case .members(let members):
            try requireWelcomed()
            return try receive(members)
        case .acknowledgement(.taken(let positions, let head)):
            try requireWelcomed()
            return try receive(positions: positions, head: head)
        case .probe(let probe):
            return try receive(probe)
        case .ranges(let ranges):
            return try receive(ranges)
        case .want(let wants):
            return try receive(wants)
        case .acknowledgement(.held), .hello, .run:
            throw ProtocolError(.badFrame, "The hub sent what only a client may: \(type).")
        case .credit(let count):
            sender.grant(count)
            var actions = sender.drain().map(Action.send)
            readMore(&actions)
            try finishIfDone(&actions)
            return actions
        case .blob(let piece):
            try requireWelcomed()
            guard let credit = try receiver.receive(piece, wireSize: frame.wireSize) else {
                return [.keepPiece(piece)]
            }
            return [.keepPiece(piece), .send(sender.immediate(.credit(credit)))]
        case .ping(let number):
            return [.send(sender.immediate(.pong(number)))]
        case .pong:
            return []
        case .bye:
            throw ProtocolError(
                .shutdown,
                "The hub ended the session; what was acknowledged is kept, so try again later."
            )
        case .error(let fault):
            return try receive(fault)
        }
    }

    /// Asks for more to send while there is credit for it.
    mutating func readMore(_ actions: inout [Action]) {
        guard case .exchanging = phase, !unsentIsExhausted, !isReadingUnsent, !sender.isBlocked,
            sender.hasCreditForAnyFrame, inFlight.count < Acknowledgement.entryCountMax
        else { return }
        isReadingUnsent = true
        actions.append(
            .readUnsent(known: knownChain, byteCount: sender.runSizeTarget)
        )
    }

    private func requireWelcomed() throws(ProtocolError) {
        switch phase {
        case .new, .greeted:
            throw ProtocolError(.badFrame, "The hub sent something before its greeting.")
        case .awaitingRecords, .readingRecords, .awaitingConfirmation, .makingRecord,
            .awaitingReceipt, .probing, .comparing, .exchanging, .over:
            return
        }
    }

    private mutating func receive(_ welcome: Welcome) throws(ProtocolError) -> [Action] {
        try ProtocolLimits.checkFeatures(welcome.features)
        patience.renew()
        switch welcome.verdict {
        case .current, .behind: break
        case .rewound:
            needsProbing = true
            needsComparing = true
            summary.isHubRewound = true
        }
        sender.grant(welcome.credit)
        heartbeatMilliseconds = welcome.heartbeatMilliseconds
        hubHead = welcome.head
        hubMembership = welcome.membership
        knownChain = welcome.chain
        sender.peerHolds(welcome.heldBodies)
        // A device that joined in a session whose end it missed is a member already.
        if case .join = start.purpose, welcome.standing == .member { needsRecord = false }
        var actions: [Action] = []
        if let chain = welcome.chain {
            guard start.chain != nil else {
                throw ProtocolError(.badFrame, "The hub told of a chain that was not named to it.")
            }
            // Before anything is signed or sent.
            actions.append(.compareChain(chain, isForked: welcome.isChainForked))
        }
        try settle(&actions)
        return actions
    }

    private mutating func receiveRun(_ frame: Frame) throws(ProtocolError) -> [Action] {
        let run = try receiver.receiveRun(frame, after: cursor)
        cursor = run.end
        receivedEnd = run.end.position
        isLevel = false
        summary.receivedCount += run.items.count
        patience.renew()
        if cursor.position > hubHead.position { hubHead = cursor.mark }
        beingTaken.append((frame.wireSize, run.end.position))
        return [.take(run.items, cursor: cursor)]
    }

    private mutating func receive(
        positions: [UInt64],
        head: Mark
    ) throws(ProtocolError) -> [Action] {
        guard positions.count <= inFlight.count else {
            throw ProtocolError(.badFrame, "The hub acknowledged what was not sent.")
        }
        var following: [RunItem] = []
        for (id, position) in zip(inFlight, positions) {
            guard position <= head.position else {
                throw ProtocolError(.badFrame, "The hub acknowledged beyond its log's end.")
            }
            guard position > 0 else {
                summary.refusedCount += 1
                continue
            }
            summary.sentCount += 1
            // The hub sends no run for entries that follow at once: both sides count them alike.
            // Others are named in a run when their turn comes.
            guard position == cursor.position + 1 else { continue }
            cursor = cursor.advanced(by: id)
            following.append(.held(id))
        }
        inFlight.removeFirst(positions.count)
        if !positions.isEmpty { patience.renew() }
        if head.position >= hubHead.position { hubHead = head }
        var actions: [Action] = []
        if !following.isEmpty {
            isLevel = false
            beingTaken.append((0, cursor.position))
            actions.append(.take(following, cursor: cursor))
        }
        readMore(&actions)
        try finishIfDone(&actions)
        return actions
    }

    private mutating func receive(_ fault: Fault) throws(ProtocolError) -> [Action] {
        switch fault.severity {
        case .fatal, .retry: throw fault.asError
        case .chain:
            chainFaultCount += 1
            guard chainFaultCount <= summary.sentCount + summary.refusedCount + inFlight.count
            else {
                throw ProtocolError(.badFrame, "The hub complained of more than was sent to it.")
            }
            return [.refused(fault)]
        case .record: return try recordRefused(fault)
        }
    }
}
