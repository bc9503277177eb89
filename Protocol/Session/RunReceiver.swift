import ArticleModel
import Membership
import Signing

/// Takes runs and the large bodies before them, within the credit given for them.
struct RunReceiver {
    private let library: LibraryID
    private var credit = CreditedReceiver()
    /// Large bodies that are whole, by their hash, for the next run.
    private var whole: [[UInt8]: [UInt8]] = [:]
    /// The large body that is coming.
    private var coming: (hash: [UInt8], total: Int, bytes: [UInt8])?
    /// The beginnings of large bodies from earlier sessions, by their hash.
    private var resumable: [[UInt8]: PartialBody] = [:]
    /// The bytes of large bodies that came in this session.
    private var comingByteCount = 0
    /// The body that turned out not to be what its hash says.
    private(set) var spoiled: [UInt8]?
    /// The bytes of large bodies that are held.
    var heldByteCount: Int { resumable.values.reduce(comingByteCount) { $0 + $1.bytes.count } }
    /// Whether somebody else decides when the credit that is due is given.
    private(set) var isMetered = false

    /// Large bodies held for the next run come to this many bytes at most.
    static let heldByteCountMax = 2 * Limits.bodySizeMax

    init(library: LibraryID) { self.library = library }

    /// Lets the peer go on with bodies whose beginnings came in earlier sessions.
    mutating func resume(_ bodies: [PartialBody]) {
        for body in bodies { resumable[body.hash] = body }
    }

    /// A run of the hub's, with the cursor after it.
    struct Placed {
        let items: [RunItem]
        let end: Cursor
    }

    /// Takes a run that goes on from `cursor`.
    mutating func receiveRun(_ frame: Frame, after cursor: Cursor) throws(ProtocolError) -> Placed {
        let run = try receive(frame)
        guard let end = run.end, run.firstPosition == cursor.position + 1 else {
            throw ProtocolError(.badFrame, "The hub sent a run that does not follow the last one.")
        }
        var reached = cursor
        for item in run.items { reached = reached.advanced(by: item.id) }
        guard reached.mark == end else {
            throw ProtocolError(
                .badFrame,
                "The hub's run does not give the entries the hub says it does. It was altered on"
                    + " the way, or the hub's log is damaged; nothing of it was kept."
            )
        }
        return Placed(items: run.items, end: reached)
    }

    /// Takes a run of entries without positions, each in full.
    mutating func receiveEntries(_ frame: Frame) throws(ProtocolError) -> [Entry] {
        let run = try receive(frame)
        guard run.firstPosition == nil else {
            throw ProtocolError(.badFrame, "You sent a run with positions; only a hub gives them.")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(run.items.count)
        for item in run.items {
            guard case .entry(let entry) = item else {
                throw ProtocolError(.badFrame, "You named an entry instead of sending it.")
            }
            entries.append(entry)
        }
        return entries
    }

    /// Takes a piece of a large body; the credit to give for it, if it is worth a message.
    mutating func receive(
        _ piece: BlobPiece,
        wireSize: Int
    ) throws(ProtocolError) -> UInt64? {
        try count(wireSize)
        guard piece.total <= Limits.bodySizeMax else {
            throw ProtocolError(
                .tooLarge,
                "The peer sent a body of \(piece.total) bytes; at most \(Limits.bodySizeMax) are"
                    + " taken."
            )
        }
        if piece.offset == 0 {
            // The one before was given up, as its entry came another way.
            comingByteCount -= coming?.bytes.count ?? 0
            coming = (piece.hash, piece.total, [])
            resumable[piece.hash] = nil
        } else if coming?.hash != piece.hash, let begun = resumable[piece.hash],
            begun.total == piece.total, begun.bytes.count == piece.offset
        {
            comingByteCount += begun.bytes.count - (coming?.bytes.count ?? 0)
            coming = (begun.hash, begun.total, begun.bytes)
            resumable[piece.hash] = nil
        }
        guard var body = coming, body.hash == piece.hash, body.total == piece.total,
            body.bytes.count == piece.offset
        else {
            // One of its pieces was altered on the way, an earlier one perhaps: what is held of it
            // would meet every session with this error.
            spoiled = piece.hash
            throw ProtocolError(.badFrame, "The peer sent a piece of a body out of order.")
        }
        comingByteCount += piece.bytes.count
        guard comingByteCount <= Self.heldByteCountMax else {
            throw ProtocolError(.tooLarge, "The peer sent more large bodies than a run can have.")
        }
        coming = nil
        body.bytes.append(contentsOf: piece.bytes)
        if body.bytes.count == body.total {
            guard SHA256.hash(body.bytes) == body.hash else {
                spoiled = body.hash
                throw ProtocolError(.badFrame, "The peer sent a damaged body.")
            }
            whole[body.hash] = body.bytes
        } else {
            coming = body
        }
        // Pieces are bounded by what may be held, so they need not wait for what is durable.
        return settled(wireSize)
    }

    /// Notes that a run is dealt with; the credit to give, if it is worth a message.
    mutating func settled(_ wireSize: Int) -> UInt64? {
        credit.settled(wireSize, isGranted: !isMetered)
    }

    /// Leaves it to others when credit is given; the peer begins with `count`.
    mutating func meterCredit(startingWith count: UInt64) {
        isMetered = true
        credit.start(with: count)
    }

    /// Notes that credit which was due has been given.
    mutating func granted(_ count: UInt64) { credit.granted(count) }

    private mutating func receive(_ frame: Frame) throws(ProtocolError) -> Run {
        try count(frame.wireSize)
        for body in resumable.values where body.bytes.count == body.total {
            whole[body.hash] = body.bytes
        }
        let run = try RunDecoder.decode(frame.payload, library: library, blobs: whole)
        for case .entry(let entry) in run.items {
            if let hash = entry.header.body?.hash { resumable[hash.bytes] = nil }
        }
        whole = [:]
        coming = nil
        comingByteCount = 0
        return run
    }

    private mutating func count(_ wireSize: Int) throws(ProtocolError) {
        guard credit.received(wireSize) else {
            throw ProtocolError(.badFrame, "The peer sent more than it had credit for.")
        }
    }
}
