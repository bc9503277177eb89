public import ArticleModel

/// The client's side of a session about one library: events in, actions out, no I/O.
///
/// A driver makes a session with what its replica has, does what ``open()`` returns, and from then
/// on gives every frame of the stream to ``receive(_:)``. It does the actions in their order and
/// answers those that ask for something by the method their comment names, whose actions it does in
/// turn. After ``Action/finish(_:)`` or ``Action/fail(_:)`` the session is over.
///
/// The session first brings both membership logs level, then lets the replica's own record be
/// added if that is its purpose, then sends what the hub lacks while it takes what the hub has. It
/// is over when the hub has acknowledged everything sent and the cursor stands at the hub's head.
public struct ClientSession: ~Copyable {
    /// What a session is for besides syncing.
    public enum Purpose: Hashable, Sendable {
        /// Nothing else.
        case sync
        /// Adding a membership record.
        case append
        /// Joining by the invitation with this public key.
        case join(invitation: [UInt8])
        /// Registering the library at a hub that does not have it yet.
        case register(claim: String)
    }

    /// What the replica has when the session begins.
    public struct Start: Sendable {
        /// The library.
        public var library: LibraryID
        /// Up to where it has the hub's log.
        public var cursor: Cursor
        /// How many entries it has without a position in the hub's log.
        public var unsentCount: UInt64
        /// The head of the chain it writes to.
        public var chain: Hello.ChainHead?
        /// The beginnings of large bodies that the hub sent in earlier sessions.
        public var pieces: [PartialBody] = []
        /// Its last membership record: sequence number, first 16 bytes of the id.
        public var membership: Mark?
        /// What the session is for.
        public var purpose: Purpose
        /// Whether the session goes on when both sides have the same.
        public var isLive = false
        /// Whether both sides are to compare what they have first: the replica has many entries
        /// without a position that others wrote, which the hub may have got from these.
        public var comparesFirst = false
        /// 16 bytes that nobody can foresee, for comparing.
        public var salt: [UInt8] = []

        /// A start with a replica that holds `cursor` of `library` and nothing else.
        public init(library: LibraryID, cursor: Cursor, purpose: Purpose = .sync) {
            self.library = library
            self.cursor = cursor
            self.purpose = purpose
            unsentCount = 0
        }
    }

    /// What the driver is to do.
    public enum Action: Sendable {
        /// Send these bytes to the hub.
        case send([UInt8])
        /// Check records of the membership log and keep them, those known left out; answer by
        /// ``recordsTaken(head:)``.
        case takeRecords([Members.Record])
        /// Give all records after this one, or all there are; answer by ``recordsRead(_:)``.
        case readRecords(after: UInt64?)
        /// Make and sign the record the session is for (a JOIN, an INVITE …) on top of the log's
        /// present head, without keeping it yet; answer by ``recordMade(_:)``.
        case makeRecord
        /// Give the next entries that have no position, in causal order, none twice in a session,
        /// about as many bytes as said; leave out those of the own chain up to the place `known`
        /// if the entry there has an id that begins so: the hub has these. Answer by
        /// ``unsentRead(_:isLast:)``.
        case readUnsent(known: Mark?, byteCount: Int)
        /// Compare the chain named in the greeting with the last entry the hub has of it: where the
        /// replica lacks that, has another in its place, or the chain has forked, sign no more on it.
        case compareChain(Mark, isForked: Bool)
        /// Check and keep what follows in the hub's log together with the cursor after it, in one
        /// transaction; answer by ``taken()`` when it is durable. Entries by name alone are here.
        case take([RunItem], cursor: Cursor)
        /// Keep a piece of a large body until its entry comes, so that a later session goes on from
        /// there.
        case keepPiece(BlobPiece)
        /// Forget the pieces of a large body, which is not what its hash says.
        case dropPieces(hash: [UInt8])
        /// Tell that the hub does not take a chain from an entry on; the session goes on.
        case refused(Fault)
        /// Give the marks of the hub's log as known here at these positions; answer by
        /// ``marksFound(_:)``.
        case findMarks([UInt64])
        /// Take the hub's positions after this one away from their entries, for good: the hub does
        /// not have them any more. Answer by ``rewound(to:)``.
        case rewind(to: UInt64)
        /// Say what there is at the ends of all chains; answer by ``compared(_:)``.
        case beginComparing(salt: [UInt8])
        /// Compare these parts with what there is; answer by ``compared(_:)``.
        case compare([RangePart], salt: [UInt8])
        /// Say what to ask for: of these, the hub has what is missing here. Answer by
        /// ``located(_:)``.
        case locate([RangeItem])
        /// What the hub wants is what is read first for ``readUnsent(known:byteCount:)``, and of
        /// entries without a position only those that came after the comparison began.
        case prepare(Wants)
        /// Both sides have the same now; a live session goes on.
        case level
        /// The session is over and all is well; close the connection when the bytes are out.
        case finish(Summary)
        /// The session is over, for this reason; nothing kept so far is lost by it.
        case fail(ProtocolError)
    }

    /// What a session did.
    public struct Summary: Hashable, Sendable {
        /// Entries the hub took.
        public internal(set) var sentCount = 0
        /// Entries the hub did not take.
        public internal(set) var refusedCount = 0
        /// Entries that came from the hub.
        public internal(set) var receivedCount = 0
        /// Whether the hub had gone back in time.
        public internal(set) var isHubRewound = false
        /// Entries sent that the hub had held before it went back in time.
        public internal(set) var sentAgainCount = 0
        /// Bytes of frames sent.
        public internal(set) var sentByteCount: UInt64 = 0
        /// Bytes of frames received.
        public internal(set) var receivedByteCount: UInt64 = 0
        /// The cursor at the end.
        public internal(set) var cursor: Cursor
    }

    enum Phase {
        case new
        case greeted
        /// Records of the hub are to come.
        case awaitingRecords
        /// The hub lacks records; the driver reads them.
        case readingRecords
        /// The hub lacked records; its answer is to come.
        case awaitingConfirmation
        /// The driver makes the record the session is for.
        case makingRecord
        /// The record was sent; its receipt is to come.
        case awaitingReceipt
        /// Where the hub's log and the one known here part is looked for.
        case probing
        /// What both have is compared.
        case comparing
        /// Entries go both ways.
        case exchanging
        case over
    }

    static let recordAttemptCountMax = 32

    let start: Start
    var phase = Phase.new
    var sender: CreditedSender
    var receiver: RunReceiver
    /// What the session did so far.
    public internal(set) var summary: Summary
    /// In a live session, the hub's interval of heartbeats, once it has greeted.
    public internal(set) var heartbeatMilliseconds: UInt64?

    /// The hub's end of the log, as far as is known.
    var hubHead: Mark
    /// The hub's last membership record.
    var hubMembership: Mark?
    var ownMembership: Mark?
    /// What the hub has of the own chain.
    var knownChain: Mark?
    var needsRecord = false
    var proposed: Members.Record?
    var recordAttemptCount = 0
    /// Whether the peer said that records follow at once.
    var recordsContinue = false

    /// Whether the hub's log is not the one that was followed, or both are compared anyway.
    var needsProbing = false
    var needsComparing = false
    /// Where the two logs are the same, and where they are not any more.
    var common: (agreed: UInt64, different: UInt64) = (0, 0)
    /// What was asked last, and the last that the hub agreed with.
    var probed: [Mark] = []
    var isCheckingHead = false
    var probeAnswer: Mark?
    var comparison = Comparison(level: .frontier)
    var isLocating = false
    var hasSentWant = false

    /// Entries sent and not acknowledged, in order.
    var inFlight: [ChangeSetID] = []
    /// Whether the hub knows that there are entries, or that there are none after all.
    var hasAnsweredForUnsent = false
    var isReadingUnsent = false
    var unsentIsExhausted: Bool
    /// The cursor after all that came; the driver may still be keeping it.
    var cursor: Cursor
    /// The runs the driver is keeping: their sizes on the wire, the positions they end at.
    var beingTaken: [(wireSize: Int, end: UInt64)] = []
    /// Whether the session stays when there is nothing left to do.
    var isLive: Bool
    /// Whether the driver was told that both sides have the same, and nothing came since.
    var isLevel = false
    /// How much the hub may yet say that leads nowhere.
    var patience = Patience()
    /// Errors about single chains that came: no more than there were entries to be wrong.
    var chainFaultCount = 0
    /// Where the last run that came ends, and up to where runs were acknowledged.
    var receivedEnd: UInt64 = 0
    var acknowledgedEnd: UInt64 = 0

    /// A session on stream `stream` of a connection.
    public init(_ start: Start, stream: UInt64 = 0) {
        self.start = start
        sender = CreditedSender(stream: stream)
        receiver = RunReceiver(library: start.library)
        summary = Summary(cursor: start.cursor)
        cursor = start.cursor
        hubHead = start.cursor.mark
        ownMembership = start.membership
        unsentIsExhausted = start.unsentCount == 0
        isLive = start.isLive
        needsComparing = start.comparesFirst
        switch start.purpose {
        case .sync, .register: needsRecord = false
        case .append, .join: needsRecord = true
        }
    }

    /// The first actions: the greeting, which may go out before the hub has said anything.
    public mutating func open() -> [Action] {
        guard case .new = phase else { return [] }
        phase = .greeted
        var hello = Hello(library: start.library, cursor: start.cursor.mark)
        hello.unsentCount = start.unsentCount
        hello.chain = start.chain
        hello.heldBodies = start.pieces.prefix(HeldBody.countMax).map(\.held)
        receiver.resume(start.pieces)
        hello.membership = start.membership
        if isLive { hello.mode = .live }
        hello.comparesFirst = start.comparesFirst
        switch start.purpose {
        case .sync, .append: break
        case .join(let invitation): hello.invitation = invitation
        case .register(let claim): hello.claim = claim
        }
        return [.send(sender.immediate(.hello(hello)))]
    }

    /// Takes a frame of the session's stream.
    public mutating func receive(_ frame: Frame) -> [Action] {
        if case .over = phase { return [] }
        summary.receivedByteCount += UInt64(frame.wireSize)
        do {
            try patience.spend()
            return try dispatch(frame)
        } catch {
            return fail(error, telling: true)
        }
    }

    /// Ends the session as the driver cannot go on: a check failed, the disk is full.
    public mutating func abort(_ error: ProtocolError) -> [Action] { fail(error, telling: true) }

    /// Ends the session as the connection is gone.
    public mutating func connectionLost() -> [Action] {
        if case .over = phase { return [] }
        return fail(
            ProtocolError(
                .shutdown,
                "The connection to the hub was lost; what was acknowledged is kept, so try again."
            ),
            telling: false
        )
    }

    /// Says that there may be new entries without a position: in a live session as they are made, in
    /// any where entries that waited were stored because of what came.
    public mutating func unsentAppeared() -> [Action] {
        if case .over = phase { return [] }
        unsentIsExhausted = false
        var actions: [Action] = []
        readMore(&actions)
        return actions
    }

    /// Makes a live session end as soon as both sides have the same.
    public mutating func endWhenLevel() -> [Action] {
        guard isLive else { return [] }
        isLive = false
        var actions: [Action] = []
        do {
            try finishIfDone(&actions)
        } catch {
            return actions + fail(error, telling: true)
        }
        return actions
    }

    /// Says that time has passed: a peer that sends little in much time is no nuisance.
    public mutating func timePassed() { patience.renew() }

    /// Asks the hub for a sign of life.
    public mutating func ping(_ number: UInt64) -> [Action] {
        switch phase {
        case .new, .over: return []
        case .greeted, .awaitingRecords, .readingRecords, .awaitingConfirmation, .makingRecord,
            .awaitingReceipt, .probing, .comparing, .exchanging:
            return [.send(sender.immediate(.ping(number)))]
        }
    }

    mutating func fail(_ error: ProtocolError, telling: Bool) -> [Action] {
        if case .over = phase { return [] }
        phase = .over
        guard telling, !error.fromPeer else { return [.fail(error)] }
        let fault = Fault(error.code, .fatal, text: error.message)
        let dropped = receiver.spoiled.map { [Action.dropPieces(hash: $0)] } ?? []
        return dropped + [.send(sender.immediate(.error(fault))), .fail(error)]
    }

    /// Ends the session if there is nothing left to do.
    mutating func finishIfDone(_ actions: inout [Action]) throws(ProtocolError) {
        guard case .exchanging = phase, unsentIsExhausted, inFlight.isEmpty, beingTaken.isEmpty,
            !isReadingUnsent, !sender.isBlocked, cursor.position >= hubHead.position
        else { return }
        guard cursor.mark == hubHead else { throw Self.diverged }
        if isLive, isLevel { return }
        if receivedEnd > acknowledgedEnd {
            let held = Acknowledgement.held(position: cursor.position)
            actions.append(.send(sender.immediate(.acknowledgement(held))))
            acknowledgedEnd = cursor.position
        }
        if isLive {
            isLevel = true
            sender.release()
            actions.append(.level)
            return
        }
        phase = .over
        actions.append(.send(sender.immediate(.bye)))
        summary.cursor = cursor
        if summary.isHubRewound {
            let newCount = Int(clamping: start.unsentCount)
            summary.sentAgainCount = max(0, summary.sentCount - newCount)
        }
        summary.sentByteCount = sender.sentByteCount
        actions.append(.finish(summary))
    }

    static var diverged: ProtocolError {
        ProtocolError(
            .rewound,
            "The hub's log is not what the hub said it is. Nothing of yours is lost; sync again, and"
                + " if it happens again, tell the hub's operator."
        )
    }
}
