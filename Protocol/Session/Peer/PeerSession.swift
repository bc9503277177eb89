public import ArticleModel

/// One side of a session of two clients about one library: events in, actions out, no I/O.
///
/// The one that calls says hello, the other one answers; from then on both do the same. First the
/// membership logs are brought level: records have receipts, and nobody here gives any. Then the
/// two compare the ends of their chains (or, to repair, every entry), each says what it lacks, and
/// each sends the other that in causal order. A side that has sent all, and was told that it is
/// durable, says BYE; the session is over when both have said so.
///
/// A driver does the actions in their order and answers those that ask for something by the method
/// their comment names. After ``Action/finish(_:)`` or ``Action/fail(_:)`` the session is over.
public struct PeerSession: ~Copyable {
    /// Who has made the connection.
    public enum Role: Hashable, Sendable {
        /// This side.
        case calls
        /// The other side.
        case answers
    }

    /// What the replica has when the session begins.
    public struct Start: Sendable {
        /// The library.
        public var library: LibraryID
        /// How far it has its hub's log; only told.
        public var cursor: Mark
        /// Its last membership record.
        public var membership: Mark?
        /// Whether entries are exchanged, or what is damaged is fetched.
        public var mode: Hello.Mode
        /// 16 random bytes, by which nobody can foresee what is compared; used by who calls.
        public var salt: [UInt8]

        /// A start of a replica of `library`.
        public init(library: LibraryID, cursor: Mark, salt: [UInt8]) {
            self.library = library
            self.cursor = cursor
            self.salt = salt
            mode = .peer
        }
    }

    /// What the driver is to do.
    public enum Action: Sendable {
        /// Send these bytes to the peer.
        case send([UInt8])
        /// Look at who calls and about what; answer by ``opened(membership:membershipAtPeer:)`` or
        /// ``refuse(_:)``.
        case open(Hello)
        /// Look at whether the record the peer names is the one here; answer by
        /// ``recordFound(prefix:)``.
        case findRecord(UInt64)
        /// Check records of the membership log and keep them, those known left out; answer by
        /// ``recordsTaken(head:)``.
        case takeRecords([Members.Record])
        /// Give all records after this one, or all there are; answer by ``recordsRead(_:)``.
        case readRecords(after: UInt64?)
        /// Say what there is at a level; answer by ``compared(_:)``.
        case beginComparing(ComparisonLevel, salt: [UInt8])
        /// Compare these parts with what there is; answer by ``compared(_:)``.
        case compare([RangePart], ComparisonLevel, salt: [UInt8])
        /// Say what to ask for: of these, the peer has what is missing here. Answer by
        /// ``located(_:ids:)``.
        case locate([RangeItem], ComparisonLevel)
        /// What the peer wants is read from now on.
        case prepare(Wants)
        /// Give the next entries the peer wants, in causal order, about as many bytes as said;
        /// answer by ``wantedRead(_:isLast:)``.
        case readWanted(byteCount: Int)
        /// Check and keep entries the peer sent; answer by ``taken(storedCount:faults:)`` when that
        /// is durable.
        case take([Entry])
        /// Tell that the peer does not take a chain from an entry on; the session goes on.
        case refused(Fault)
        /// The session is over and all is well; close the connection when the bytes are out.
        case finish(Summary)
        /// The session is over, for this reason; nothing kept so far is lost by it.
        case fail(ProtocolError)
    }

    /// What a session did.
    public struct Summary: Hashable, Sendable {
        /// Entries sent, which the peer holds now or has refused.
        public internal(set) var sentCount = 0
        /// Entries that came.
        public internal(set) var receivedCount = 0
        /// Entries that came and were new here.
        public internal(set) var storedCount = 0
        /// Ends of branches, or entries, that the peer has and this side had not.
        public internal(set) var lackingCount = 0
        /// Messages in which the two compared what they have, of both sides.
        public internal(set) var comparisonCount = 0
        /// Bytes of frames sent.
        public internal(set) var sentByteCount: UInt64 = 0
        /// Bytes of frames received.
        public internal(set) var receivedByteCount: UInt64 = 0
    }

    enum Phase {
        case new
        /// The peer was greeted; its answer is to come.
        case greeted
        /// The peer is being looked at.
        case opening
        /// The record the peer has last is being looked for.
        case findingRecord
        /// Records of the peer are to come.
        case awaitingRecords
        /// The peer lacks records; the driver reads them.
        case readingRecords
        /// What each has is compared, then sent.
        case comparing
        case over
    }

    let role: Role
    var start: Start
    var phase = Phase.new
    var sender: CreditedSender
    var receiver: RunReceiver
    var summary = Summary()
    var comparison: Comparison

    var peerMembership: Mark?
    /// Whether the peer said that records follow at once.
    var recordsContinue = false
    /// Whether the peer's last record is looked for among those that came, as more are here by now.
    var isConfirming = false
    var isLocating = false
    var hasSentWant = false
    /// Whether the peer's wants were handed to the driver.
    var isPrepared = false
    var isReading = false
    var isExhausted = false
    /// Entries sent so far, and of these the ones the peer holds.
    var sentCount: UInt64 = 0
    var heldCount: UInt64 = 0
    /// Entries that came so far and are dealt with.
    var takenCount: UInt64 = 0
    /// The runs the driver is keeping: sizes on the wire and counts.
    var beingTaken: [(wireSize: Int, count: Int)] = []
    var hasSaidBye = false
    var peerHasSaidBye = false

    /// A session on stream `stream` of a connection.
    public init(_ start: Start, role: Role, stream: UInt64 = 0) {
        self.start = start
        self.role = role
        sender = CreditedSender(stream: stream)
        receiver = RunReceiver(library: start.library)
        comparison = Comparison(level: Self.level(start.mode))
    }

    /// About as many bytes as the session holds because of what the peer sent.
    public var heldByteCount: Int {
        receiver.heldByteCount + comparison.lacking.count * 128
            + comparison.wanted.ids.count * 32 + comparison.wanted.chains.count * 256
    }

    static func level(_ mode: Hello.Mode) -> ComparisonLevel {
        switch mode {
        case .once, .live, .peer: .frontier
        case .repair: .entries
        }
    }

    /// The first actions of who calls: the greeting.
    public mutating func open() -> [Action] {
        guard case .new = phase, role == .calls else { return [] }
        phase = .greeted
        var hello = Hello(library: start.library, cursor: start.cursor)
        hello.mode = start.mode
        hello.membership = start.membership
        return [.send(sender.immediate(.hello(hello)))]
    }

    /// Takes a frame of the session's stream.
    public mutating func receive(_ frame: Frame) -> [Action] {
        if case .over = phase { return [] }
        summary.receivedByteCount += UInt64(frame.wireSize)
        do {
            return try dispatch(frame)
        } catch {
            return fail(error, telling: true)
        }
    }

    /// Ends the session as the driver cannot go on: a check failed, the disk is full.
    public mutating func abort(_ error: ProtocolError) -> [Action] { fail(error, telling: true) }

    /// Refuses who calls: a stranger, or about another library.
    public mutating func refuse(_ fault: Fault) -> [Action] {
        if case .over = phase { return [] }
        phase = .over
        return [
            .send(sender.immediate(.error(fault))), .fail(ProtocolError(fault.code, fault.text)),
        ]
    }

    /// Ends the session as the connection is gone.
    public mutating func connectionLost() -> [Action] {
        if case .over = phase { return [] }
        return fail(
            ProtocolError(
                .shutdown,
                "The connection to the other machine was lost; what came so far is kept, so try"
                    + " again."
            ),
            telling: false
        )
    }

    mutating func fail(_ error: ProtocolError, telling: Bool) -> [Action] {
        if case .over = phase { return [] }
        phase = .over
        guard telling, !error.fromPeer else { return [.fail(error)] }
        let fault = Fault(error.code, .fatal, text: error.message)
        return [.send(sender.immediate(.error(fault))), .fail(error)]
    }
}
