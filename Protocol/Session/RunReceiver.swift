import ArticleModel
import Signing

/// Takes runs and the large bodies before them, within the credit given for them.
struct RunReceiver {
    private let library: LibraryID
    private var credit = CreditedReceiver()
    /// Large bodies that are whole, by their hash, for the next run.
    private var whole: [[UInt8]: [UInt8]] = [:]
    /// The large body that is coming.
    private var coming: (hash: [UInt8], total: Int, bytes: [UInt8])?
    /// The bytes of large bodies that are held.
    private(set) var heldByteCount = 0
    /// Whether somebody else decides when the credit that is due is given.
    private(set) var isMetered = false

    /// Large bodies held for the next run come to this many bytes at most.
    static let heldByteCountMax = 2 * Limits.bodySizeMax

    init(library: LibraryID) { self.library = library }

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
            heldByteCount -= coming?.bytes.count ?? 0
            coming = (piece.hash, piece.total, [])
        }
        guard var body = coming, body.hash == piece.hash, body.total == piece.total,
            body.bytes.count == piece.offset
        else { throw ProtocolError(.badFrame, "The peer sent a piece of a body out of order.") }
        heldByteCount += piece.bytes.count
        guard heldByteCount <= Self.heldByteCountMax else {
            throw ProtocolError(.tooLarge, "The peer sent more large bodies than a run can have.")
        }
        coming = nil
        body.bytes.append(contentsOf: piece.bytes)
        if body.bytes.count == body.total {
            guard SHA256.hash(body.bytes) == body.hash else {
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
        let run = try RunDecoder.decode(frame.payload, library: library, blobs: whole)
        whole = [:]
        coming = nil
        heldByteCount = 0
        return run
    }

    private mutating func count(_ wireSize: Int) throws(ProtocolError) {
        guard credit.received(wireSize) else {
            throw ProtocolError(.badFrame, "The peer sent more than it had credit for.")
        }
    }
}
