public import ArticleModel

/// Entries of a chain that a client asked for: those after one sequence number, or from the first, up
/// to another.
public struct WantedSpan: Hashable, Sendable {
    /// The chain.
    public let chain: ChainID
    /// The number they follow; nil from the first entry.
    public let after: UInt64?
    /// The number of the last.
    public let through: UInt64

    /// Names a part of a chain.
    public init(chain: ChainID, after: UInt64?, through: UInt64) {
        self.chain = chain
        self.after = after
        self.through = through
    }

    func contains(_ sequence: UInt64) -> Bool {
        sequence <= through && after.map { sequence > $0 } ?? true
    }
}

// What a hub does that went back in time, and one whose client has entries of many others.

extension HubSession {
    /// Whether entries have to wait until it is known what the client holds.
    var isComparing: Bool { comparison != nil }

    /// Answers ``Action/probe(_:)``: the last of the places that the log goes through.
    public mutating func probed(_ cursor: Cursor) -> [Action] {
        guard isComparing, isProbing else { return [] }
        sent = cursor
        return [.send(sender.immediate(.probe(Probe(marks: [cursor.mark]))))]
    }

    /// Answers ``Action/compare(_:salt:)``.
    public mutating func compared(_ answer: RangeAnswer) -> [Action] {
        guard isComparing, !isLocating, let messages = comparison?.answered(answer) else {
            return []
        }
        var actions = messages.map { Action.send(sender.immediate($0)) }
        locateIfOver(&actions)
        return actions
    }

    /// Answers ``Action/locate(_:)``: what to ask the client for.
    public mutating func located(_ chains: [WantedChain]) -> [Action] {
        guard isLocating, !hasSentWant, let turn = comparison?.turn else { return [] }
        hasSentWant = true
        var actions = Wants.parted(chains, [], turn: turn).map {
            Action.send(sender.immediate(.want($0)))
        }
        endComparing(&actions)
        return actions
    }

    /// Answers ``Action/findWants(_:)``: these parts of the log the client does not hold.
    public mutating func wantsFound(_ spans: [WantedSpan]) -> [Action] {
        guard isComparing, wantedSpans == nil else { return [] }
        var found: [ChainID: WantedSpan] = [:]
        for span in spans { found[span.chain] = span }
        wantedSpans = found
        var actions: [Action] = []
        endComparing(&actions)
        return actions
    }

    mutating func receive(_ probe: Probe) throws(ProtocolError) -> [Action] {
        try requireActive()
        guard isProbing, comparison?.turn == 0 else {
            throw ProtocolError(.badFrame, "You asked for what nobody is in doubt about.")
        }
        return [.probe(probe.marks)]
    }

    mutating func receive(_ ranges: Ranges) throws(ProtocolError) -> [Action] {
        try requireActive()
        guard isComparing else {
            throw ProtocolError(.badFrame, "You compare what was not to be compared.")
        }
        if comparison?.turn == 0 { comparedThrough = head.position }
        let parts = try comparison?.receive(ranges) ?? []
        return [.compare(parts, salt: comparison?.salt ?? [])]
    }

    mutating func receive(_ wants: Wants) throws(ProtocolError) -> [Action] {
        try requireActive()
        guard isComparing else {
            throw ProtocolError(.badFrame, "You want entries before they were compared.")
        }
        try comparison?.receive(wants)
        patience.renew()
        var actions: [Action] = []
        if let comparison, comparison.isWantedKnown {
            actions.append(.findWants(comparison.wanted))
        }
        locateIfOver(&actions)
        return actions
    }

    private mutating func locateIfOver(_ actions: inout [Action]) {
        guard let comparison, comparison.isOver, !isLocating else { return }
        isLocating = true
        actions.append(.locate(comparison.lacking))
    }

    /// Goes on with the log when each side has said what it wants.
    private mutating func endComparing(_ actions: inout [Action]) {
        guard hasSentWant, wantedSpans != nil else { return }
        comparison = nil
        isProbing = false
        pump(&actions)
    }
}
