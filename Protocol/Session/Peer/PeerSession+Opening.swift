import ArticleModel

extension PeerSession {
    /// Answers ``Action/open(_:)``: who calls is a member's device.
    ///
    /// `membership` is the last record here, `membershipAtPeer` the first 16 bytes of the id of the
    /// record at the peer's place; nil where the log here ends before it.
    public mutating func opened(membership: Mark?, membershipAtPeer: [UInt8]?) -> [Action] {
        guard case .opening = phase else { return [] }
        start.membership = membership
        if let peer = peerMembership, let here = membershipAtPeer, here != peer.prefix {
            return fail(Self.membershipFork, telling: true)
        }
        var welcome = Welcome(verdict: .current, standing: .member, head: start.cursor)
        welcome.membership = membership
        var actions: [Action] = [.send(sender.immediate(.welcome(welcome)))]
        settle(&actions)
        return actions
    }

    /// Answers ``Action/findRecord(_:)``: the first 16 bytes of that record's id here.
    public mutating func recordFound(prefix: [UInt8]?) -> [Action] {
        guard case .findingRecord = phase else { return [] }
        if let prefix, let peer = peerMembership, prefix != peer.prefix {
            return fail(Self.membershipFork, telling: true)
        }
        var actions: [Action] = []
        if isConfirming {
            isConfirming = false
            beginComparing(&actions)
        } else {
            settle(&actions)
        }
        return actions
    }

    /// Answers ``Action/takeRecords(_:)``: the records are kept, and `head` is the last one now.
    public mutating func recordsTaken(head: Mark?) -> [Action] {
        start.membership = head
        guard case .awaitingRecords = phase, !recordsContinue else { return [] }
        guard let head, let peer = peerMembership, head.position >= peer.position else {
            let error = ProtocolError(.badRecord, "The peer did not send the records it has.")
            return fail(error, telling: true)
        }
        guard head.position == peer.position else {
            // More came here meanwhile by another way; the peer sends and expects no more.
            isConfirming = true
            phase = .findingRecord
            return [.findRecord(peer.position)]
        }
        guard head == peer else { return fail(Self.membershipFork, telling: true) }
        var actions: [Action] = []
        beginComparing(&actions)
        return actions
    }

    /// Answers ``Action/readRecords(after:)``.
    public mutating func recordsRead(_ records: [Members.Record]) -> [Action] {
        guard case .readingRecords = phase else { return [] }
        var actions = Members.parted(records).map { Action.send(sender.immediate(.members($0))) }
        beginComparing(&actions)
        return actions
    }

    mutating func receive(_ hello: Hello) throws(ProtocolError) -> [Action] {
        guard case .new = phase, role == .answers else {
            throw ProtocolError(.badFrame, "The peer greeted a second time.")
        }
        try ProtocolLimits.checkFeatures(hello.features)
        switch hello.mode {
        case .peer, .repair: break
        case .once, .live:
            throw ProtocolError(
                .badFrame,
                "This is no hub but a client that listens; sync with it as such (`galley sync"
                    + " HOST:PORT`)."
            )
        }
        guard hello.library == start.library else {
            throw ProtocolError(
                .wrongLibrary,
                "Another library is served here. Sync with a machine that has yours."
            )
        }
        start.mode = hello.mode
        comparison = Comparison(level: Self.level(hello.mode))
        peerMembership = hello.membership
        sender.grant(hello.credit)
        phase = .opening
        return [.open(hello)]
    }

    mutating func receive(_ welcome: Welcome) throws(ProtocolError) -> [Action] {
        guard case .greeted = phase else {
            throw ProtocolError(.badFrame, "The peer greeted a second time.")
        }
        try ProtocolLimits.checkFeatures(welcome.features)
        guard welcome.standing == .member else {
            throw ProtocolError(.badFrame, "The peer answers what it was not asked.")
        }
        sender.grant(welcome.credit)
        peerMembership = welcome.membership
        guard let peer = welcome.membership, let own = start.membership,
            peer.position < own.position
        else {
            var actions: [Action] = []
            settle(&actions)
            return actions
        }
        phase = .findingRecord
        return [.findRecord(peer.position)]
    }

    mutating func receive(_ members: Members) throws(ProtocolError) -> [Action] {
        guard case .awaitingRecords = phase else {
            throw ProtocolError(.badFrame, "The peer sent records that nobody lacks.")
        }
        recordsContinue = members.isContinued
        return [.takeRecords(members.records)]
    }

    /// Sends or awaits the records one side lacks, or goes on where the logs are level.
    private mutating func settle(_ actions: inout [Action]) {
        let own = start.membership?.position
        let peer = peerMembership?.position
        switch (own, peer) {
        case (let own?, let peer?) where own == peer:
            guard start.membership == peerMembership else {
                actions += fail(Self.membershipFork, telling: true)
                return
            }
            beginComparing(&actions)
        case (let own?, let peer?) where own < peer:
            phase = .awaitingRecords
        case (nil, _?):
            phase = .awaitingRecords
        case (_?, _):
            phase = .readingRecords
            actions.append(.readRecords(after: peer))
        case (nil, nil):
            let error = ProtocolError(
                .wrongLibrary,
                "Neither side knows the library's members."
            )
            actions += fail(error, telling: true)
        }
    }

    private mutating func beginComparing(_ actions: inout [Action]) {
        phase = .comparing
        guard role == .calls else { return }
        actions.append(.beginComparing(comparison.level, salt: start.salt))
    }

    static var membershipFork: ProtocolError {
        ProtocolError(
            .membershipFork,
            "The two machines know different membership logs of the library. One of them is forged,"
                + " or the hub was restored wrongly; ask an owner of the library."
        )
    }
}
