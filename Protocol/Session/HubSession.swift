public import ArticleModel

/// The hub's side of a session with one client about one library: events in, actions out, no I/O.
///
/// A driver makes a session when a HELLO opens a stream, and gives it every frame of that stream by
/// ``receive(_:)``. It does the actions in their order; those that ask for something are answered
/// by the method their comment names, at once or later, in any order among different kinds and in
/// the order asked within one kind. ``Action/close(_:)`` is the last.
public struct HubSession: ~Copyable {
    /// What the driver found out about a client that says hello.
    public struct Opening: Sendable {
        /// What the client's device is to the library.
        public var standing: Welcome.Standing
        /// The end of the hub's log.
        public var head: Cursor
        /// The accumulator at the client's position; nil where the hub's log ends before it.
        public var accumulatorAtClient: [UInt8]?
        /// The last entry the hub has of the client's chain.
        public var chain: Mark?
        /// The beginnings of large bodies that the client sent in earlier sessions.
        public var pieces: [PartialBody] = []
        /// Whether the hub has several branches of the client's chain.
        public var isChainForked = false
        /// Whether the hub has the very head of the chain the client names, so that it need not be
        /// sent anything of that chain.
        public var hasClientChain: Bool
        /// The hub's last membership record.
        public var membership: Mark?
        /// The first 16 bytes of the id of the record at the client's place in the membership log;
        /// nil where the hub's ends before it or the client has none.
        public var membershipAtClient: [UInt8]?
        /// For a live session, after how long without a sign of life a side asks for one.
        public var heartbeatMilliseconds: UInt64?

        /// Describes a library that ends at `head` to a client of `standing`.
        public init(standing: Welcome.Standing, head: Cursor) {
            self.standing = standing
            self.head = head
            hasClientChain = false
        }
    }

    /// What the driver is to do.
    public enum Action: Sendable {
        /// Send these bytes to the client.
        case send([UInt8])
        /// Look at who the client is and what it has; answer by ``opened(_:)`` or ``refuse(_:)``.
        case open(Hello)
        /// Give the entries from this position on, about as many bytes as said, at least one;
        /// answer by ``entriesRead(_:from:)``.
        case readEntries(from: UInt64, byteCount: Int)
        /// Give all membership records after this one, or all there are, with their receipts;
        /// answer by ``recordsRead(_:head:)``.
        case readRecords(after: UInt64?)
        /// Check these entries and append them to the log, those known left out; answer by
        /// ``committed(positions:faults:head:)`` when that is durable.
        case commit([Entry])
        /// Take records the client sent: one without a receipt is to be given one if it may be
        /// appended; when the client is to register the library these are its first. Answer by
        /// ``recordsTaken(_:standing:head:log:)`` or ``recordsRefused(_:)``.
        case takeRecords([Members.Record])
        /// Keep a piece of a large body until its entry comes, so that a later session goes on from
        /// there.
        case keepPiece(BlobPiece)
        /// Forget the pieces of a large body, which is not what its hash says.
        case dropPieces(hash: [UInt8])
        /// Find the last of these places that the log goes through; answer by ``probed(_:)``.
        case probe([Mark])
        /// Compare these parts with the ends of all chains; answer by ``compared(_:)``.
        case compare([RangePart], salt: [UInt8])
        /// Say what to ask for: of these, the client has what is missing here. Answer by
        /// ``located(_:)``.
        case locate([RangeItem])
        /// Find out what these wants come to, as far as the log goes; answer by ``wantsFound(_:)``.
        case findWants(Wants)
        /// Note that the client's replica holds the log up to here.
        case held(position: UInt64)
        /// The session is over; close the stream when the bytes are out. The error says why, if
        /// all is not well.
        case close(ProtocolError?)
    }

    enum Phase {
        case new
        case opening
        /// The client has to join or to register first.
        case entering(Welcome.Standing)
        case active
        case over
    }

    var phase = Phase.new
    var sender: CreditedSender
    var receiver: RunReceiver?
    var hello: Hello?

    /// The end of the hub's log.
    var head: Cursor
    /// The cursor the client has when it has taken all that was sent.
    var sent: Cursor
    /// How much was sent of the large body that comes before the next run.
    var pieces: (hash: [UInt8], sentCount: Int) = ([], 0)
    var membership: Mark?
    /// The last membership record the client has, or was sent.
    var sentMembership: UInt64?
    var clientChain = ClientChain()
    var isReadingEntries = false
    var isReadingRecords = false
    /// Entries the client sent, not yet committed: with their sizes on the wire.
    var beingCommitted: [(ids: [ChangeSetID], wireSize: Int)] = []
    /// Membership records of the message under way.
    var pendingRecords: [Members.Record] = []
    /// The bytes of ``pendingRecords``.
    var pendingRecordByteCount = 0
    /// Entries the client sent that lie beyond `sent`.
    var clientHolds: Set<ChangeSetID> = []
    /// What both have is compared before entries go to the client, where that is due.
    var comparison: Comparison?
    var isProbing = false
    var hasSentWant = false
    var isLocating = false
    /// The end of the log when the comparison began, and what of it the client does not hold.
    var comparedThrough: UInt64 = 0
    var wantedSpans: [ChainID: WantedSpan]?
    /// How much the client may yet say that leads nowhere.
    var patience = Patience()
    /// The credit the client begins with.
    var initialCredit = ProtocolLimits.window
    /// Credit that is due to the client and not given yet, where the driver decides when it is.
    public internal(set) var withheldCredit: UInt64 = 0

    /// A session on stream `stream` of a connection.
    public init(stream: UInt64 = 0) {
        sender = CreditedSender(stream: stream)
        head = Cursor(position: 0, accumulator: [])
        sent = head
    }

    /// Takes a frame of the session's stream.
    public mutating func receive(_ frame: Frame) -> [Action] {
        if case .over = phase { return [] }
        do {
            try patience.spend()
            return try dispatch(frame)
        } catch {
            return end(Fault(error.code, .fatal, text: error.message), error)
        }
    }

    /// Answers ``Action/open(_:)``.
    public mutating func opened(_ opening: Opening) -> [Action] {
        guard case .opening = phase, let hello else { return [] }
        head = opening.head
        membership = opening.membership
        clientChain = ClientChain(hello, opening)
        sentMembership = hello.membership?.position
        if let own = hello.membership, let known = opening.membershipAtClient, own.prefix != known {
            return refuse(
                Fault(
                    .membershipFork,
                    .fatal,
                    text: "Your membership log differs from the hub's. Ask an owner."
                )
            )
        }
        let agrees = opening.accumulatorAtClient?.prefix(16).elementsEqual(hello.cursor.prefix)
        let verdict: Welcome.Verdict =
            switch agrees {
            case true?: hello.cursor == head.mark ? .current : .behind
            case false?, nil: .rewound
            }
        var welcome = Welcome(verdict: verdict, standing: opening.standing, head: head.mark)
        welcome.chain = opening.chain
        welcome.isChainForked = opening.chain != nil && opening.isChainForked
        welcome.heldBodies = opening.pieces.prefix(HeldBody.countMax).map(\.held)
        receiver?.resume(opening.pieces)
        sender.peerHolds(hello.heldBodies)
        welcome.membership = membership
        welcome.credit = initialCredit
        if hello.mode == .live { welcome.heartbeatMilliseconds = opening.heartbeatMilliseconds }
        var actions: [Action] = [.send(sender.immediate(.welcome(welcome)))]
        if verdict == .rewound {
            // What each side holds is compared anyway.
            clientChain.settle()
            // Where the two logs part, the client finds out by asking.
            isProbing = true
            sent = Cursor(library: hello.library)
        } else {
            sent = Cursor(
                position: hello.cursor.position,
                accumulator: opening.accumulatorAtClient ?? []
            )
        }
        if verdict == .rewound || hello.comparesFirst { comparison = Comparison(level: .frontier) }
        phase = opening.standing == .member ? .active : .entering(opening.standing)
        sender.grant(hello.credit)
        pump(&actions)
        return actions
    }

    /// Refuses the client, or ends the session: it was revoked, the hub is being stopped.
    public mutating func refuse(_ fault: Fault) -> [Action] {
        if case .over = phase { return [] }
        return end(fault, ProtocolError(fault.code, fault.text))
    }

    /// Says that the log or the membership log has grown, by whomever.
    public mutating func advanced(head: Cursor, membership: Mark?) -> [Action] {
        switch phase {
        case .new, .opening, .over: return []
        case .entering, .active: break
        }
        if head.position > self.head.position { self.head = head }
        if let membership, self.membership.map({ $0.position < membership.position }) ?? true {
            self.membership = membership
        }
        var actions: [Action] = []
        pump(&actions)
        return actions
    }

    /// Says that time has passed: a peer that sends little in much time is no nuisance.
    public mutating func timePassed() { patience.renew() }

    /// Asks the client for a sign of life.
    public mutating func ping(_ number: UInt64) -> [Action] {
        switch phase {
        case .new, .opening, .over: return []
        case .entering, .active: return [.send(sender.immediate(.ping(number)))]
        }
    }

    /// Says that chains have forked: of the client's, entries are known by number no more.
    public mutating func forked(_ chains: [ChainID]) {
        if let chain = hello?.chain, chains.contains(chain.chain) { clientChain.forget() }
    }

    mutating func end(_ fault: Fault, _ error: ProtocolError) -> [Action] {
        phase = .over
        if error.fromPeer { return [.close(error)] }
        let dropped = (receiver?.spoiled).map { [Action.dropPieces(hash: $0)] } ?? []
        return dropped + [.send(sender.immediate(.error(fault))), .close(error)]
    }

    private mutating func dispatch(_ frame: Frame) throws(ProtocolError) -> [Action] {
        guard let type = MessageType(rawValue: frame.type) else { return [] }
        if type == .run { return try receiveRun(frame) }
        switch try Message(type: type, payload: frame.payload) {
        case .hello(let hello):
            return try receive(hello)
        case .members(let members):
            return try receive(members)
        case .acknowledgement(.held(let position)):
            try requireActive()
            guard position <= sent.position else {
                throw ProtocolError(.badFrame, "You acknowledged what was not sent.")
            }
            var actions: [Action] = [.held(position: position)]
            clientChain.settle()
            pump(&actions)
            return actions
        case .welcome, .run, .acknowledgement(.taken):
            throw ProtocolError(.badFrame, "You sent what only a hub may: \(type).")
        case .probe(let probe):
            return try receive(probe)
        case .ranges(let ranges):
            return try receive(ranges)
        case .want(let wants):
            return try receive(wants)
        case .credit(let count):
            sender.grant(count)
            var actions: [Action] = []
            pump(&actions)
            return actions
        case .blob(let piece):
            try requireActive()
            var actions: [Action] = []
            give(try receiver?.receive(piece, wireSize: frame.wireSize), &actions)
            actions.append(.keepPiece(piece))
            return actions
        case .ping(let number):
            return [.send(sender.immediate(.pong(number)))]
        case .pong:
            return []
        case .bye:
            phase = .over
            return [.close(nil)]
        case .error(let fault):
            throw fault.asError
        }
    }

    private mutating func receive(_ hello: Hello) throws(ProtocolError) -> [Action] {
        guard case .new = phase else {
            throw ProtocolError(.badFrame, "You said hello a second time.")
        }
        try ProtocolLimits.checkFeatures(hello.features)
        switch hello.mode {
        case .once, .live: break
        case .peer, .repair:
            throw ProtocolError(.badFrame, "This is a hub; you asked for a session with a client.")
        }
        self.hello = hello
        receiver = RunReceiver(library: hello.library)
        phase = .opening
        return [.open(hello)]
    }

    func requireActive() throws(ProtocolError) {
        switch phase {
        case .active: return
        case .new, .opening:
            throw ProtocolError(.badFrame, "You sent something before you were welcomed.")
        case .entering:
            throw ProtocolError(.notMember, "You have to be a member before you send or take.")
        case .over: return
        }
    }
}
