import ArticleModel

// What a client does when the hub went back in time, or when it has entries of many others: it finds
// where the two logs part, takes the positions beyond that away, and both compare what they hold, so
// that neither sends what the other has.

extension ClientSession {
    /// Answers ``Action/findMarks(_:)``.
    public mutating func marksFound(_ marks: [Mark]) -> [Action] {
        guard case .probing = phase else { return [] }
        guard !marks.isEmpty else {
            return fail(Self.diverged, telling: true)
        }
        if isCheckingHead {
            isCheckingHead = false
            // The usual case: the hub has the beginning of what it had.
            if marks == [hubHead] {
                common = (hubHead.position, hubHead.position + 1)
            } else {
                common.different = hubHead.position
            }
            var actions: [Action] = []
            goOnProbing(&actions)
            return actions
        }
        probed = marks
        return [.send(sender.immediate(.probe(Probe(marks: marks))))]
    }

    /// Answers ``Action/rewind(to:)``: the cursor stands there now.
    public mutating func rewound(to cursor: Cursor) -> [Action] {
        guard case .probing = phase else { return [] }
        self.cursor = cursor
        phase = .comparing
        return [.beginComparing(salt: start.salt)]
    }

    /// Answers ``Action/beginComparing(salt:)`` and ``Action/compare(_:salt:)``.
    public mutating func compared(_ answer: RangeAnswer) -> [Action] {
        guard case .comparing = phase, !isLocating else { return [] }
        let messages =
            comparison.salt.isEmpty
            ? comparison.begin(answer, salt: start.salt) : comparison.answered(answer)
        var actions = messages.map { Action.send(sender.immediate($0)) }
        locateIfOver(&actions)
        return actions
    }

    /// Answers ``Action/locate(_:)``: what to ask the hub for.
    public mutating func located(_ chains: [WantedChain]) -> [Action] {
        guard isLocating, !hasSentWant else { return [] }
        hasSentWant = true
        var actions = Wants.parted(chains, [], turn: comparison.turn).map {
            Action.send(sender.immediate(.want($0)))
        }
        do {
            try endComparing(&actions)
        } catch {
            return actions + fail(error, telling: true)
        }
        return actions
    }

    /// Begins to find out what both sides hold.
    mutating func beginProbing(_ actions: inout [Action]) {
        guard needsProbing else {
            phase = .comparing
            actions.append(.beginComparing(salt: start.salt))
            return
        }
        phase = .probing
        // Nobody has an entry before the first.
        common = (0, min(start.cursor.position, hubHead.position))
        if hubHead.position <= start.cursor.position {
            isCheckingHead = true
            actions.append(.findMarks([hubHead.position]))
        } else {
            goOnProbing(&actions)
        }
    }

    mutating func receive(_ probe: Probe) throws(ProtocolError) -> [Action] {
        guard case .probing = phase, let answer = probe.marks.first, probe.marks.count == 1,
            let index = probed.firstIndex(of: answer)
        else { throw ProtocolError(.badFrame, "The hub answers what it was not asked.") }
        probeAnswer = answer
        common.agreed = answer.position
        if index + 1 < probed.count { common.different = probed[index + 1].position }
        patience.renew()
        var actions: [Action] = []
        goOnProbing(&actions)
        return actions
    }

    mutating func receive(_ ranges: Ranges) throws(ProtocolError) -> [Action] {
        guard case .comparing = phase else {
            throw ProtocolError(.badFrame, "The hub compares what was not to be compared.")
        }
        let parts = try comparison.receive(ranges)
        return [.compare(parts, salt: comparison.salt)]
    }

    mutating func receive(_ wants: Wants) throws(ProtocolError) -> [Action] {
        guard case .comparing = phase else {
            throw ProtocolError(.badFrame, "The hub wants entries before they were compared.")
        }
        try comparison.receive(wants)
        patience.renew()
        var actions: [Action] = []
        if comparison.isWantedKnown { actions.append(.prepare(comparison.wanted)) }
        locateIfOver(&actions)
        try endComparing(&actions)
        return actions
    }

    /// Asks about sixteen places between the last that is the same and the first that is not; where
    /// these are neighbours, all after the one is given up.
    private mutating func goOnProbing(_ actions: inout [Action]) {
        let (agreed, different) = common
        guard different > agreed + 1 else {
            // The hub has to know from where on the client follows it.
            if probeAnswer?.position == agreed {
                actions.append(.rewind(to: agreed))
            } else {
                actions.append(.findMarks([agreed]))
            }
            return
        }
        var positions = [agreed]
        let width = different - agreed
        for part in 1..<UInt64(Self.probeWidth) {
            let position =
                agreed + width / UInt64(Self.probeWidth) * part
                + width % UInt64(Self.probeWidth) * part / UInt64(Self.probeWidth)
            if position > positions[positions.count - 1], position < different {
                positions.append(position)
            }
        }
        actions.append(.findMarks(positions))
    }

    private mutating func locateIfOver(_ actions: inout [Action]) {
        guard comparison.isOver, !isLocating else { return }
        isLocating = true
        actions.append(.locate(comparison.lacking))
    }

    /// Goes on with entries when each side has said what it wants.
    private mutating func endComparing(_ actions: inout [Action]) throws(ProtocolError) {
        guard hasSentWant, comparison.isWantedKnown else { return }
        phase = .exchanging
        unsentIsExhausted = false
        readMore(&actions)
        try finishIfDone(&actions)
    }

    private static let probeWidth = 16
}
