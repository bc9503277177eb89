/// Turns messages into frames, and holds back those the peer has given no credit for.
///
/// Runs and pieces of bodies need credit, bytes on the wire; all else goes at once.
struct CreditedSender: ~Copyable {
    private var encoder: FrameEncoder
    private var waiting: [[UInt8]] = []
    /// The bytes the peer still lets this side send.
    private(set) var credit: UInt64 = 0
    /// The bytes sent so far.
    private(set) var sentByteCount: UInt64 = 0
    /// What the peer holds of large bodies, from earlier sessions.
    private var heldByPeer: [[UInt8]: Int] = [:]
    /// The bytes of entries that the next run should have before compression.
    private(set) var runSizeTarget = ProtocolLimits.runSizeTarget

    init(stream: UInt64) { encoder = FrameEncoder(stream: stream) }

    /// Whether something waits for credit.
    var isBlocked: Bool { !waiting.isEmpty }

    mutating func grant(_ count: UInt64) {
        credit = min(ProtocolLimits.creditMax, credit + min(count, ProtocolLimits.creditMax))
    }

    /// The bytes of a message that needs no credit.
    mutating func immediate(_ message: Message) -> [UInt8] {
        let bytes = encoder.encode(type: message.type.rawValue, payload: message.encoded())
        sentByteCount += UInt64(bytes.count)
        return bytes
    }

    /// Whether any frame that needs credit could be sent at once.
    var hasCreditForAnyFrame: Bool { credit >= ProtocolLimits.sendCreditMin }

    /// Chooses the size of the next runs by how well this one was compressed: as large as fits, since
    /// many small runs cost bytes.
    private mutating func learn(plain: Int, wire: Int) {
        // A small one tells nothing of large ones.
        guard wire >= 32 * 1024 else { return }
        let fitting = ProtocolLimits.runWireSizeMax / 16 * 15 * plain / wire
        runSizeTarget = min(
            ProtocolLimits.runSizeTargetMax,
            max(ProtocolLimits.runWireSizeMax / 2, fitting)
        )
    }

    /// The bytes of a run of the first of `items`: all of them, unless that would be too large.
    ///
    /// `end` gives the end of the log after so many of them, for a hub.
    mutating func run(
        _ items: [RunItem],
        firstPosition: UInt64?,
        end: ([RunItem]) -> Mark?
    ) -> (frame: [UInt8], items: [RunItem]) {
        var part = items
        while true {
            let run = Run(firstPosition: firstPosition, end: end(part), items: part)
            let payload = run.encoded()
            let frame = encoder.encode(type: MessageType.run.rawValue, payload: payload)
            learn(plain: payload.count, wire: frame.count)
            if frame.count <= ProtocolLimits.runWireSizeMax || part.count < 2 {
                return (frame, part)
            }
            part.removeLast(part.count - part.count / 2)
        }
    }

    /// The bytes of a message that needs credit, which is not taken yet.
    mutating func frame(_ message: Message) -> [UInt8] {
        encoder.encode(type: message.type.rawValue, payload: message.encoded())
    }

    /// Takes the credit for a frame that is sent now; false where there is not enough.
    mutating func spend(_ frame: [UInt8]) -> Bool {
        guard UInt64(frame.count) <= credit else { return false }
        credit -= UInt64(frame.count)
        sentByteCount += UInt64(frame.count)
        return true
    }

    /// Puts frames that need credit behind those that wait.
    mutating func enqueue(_ frames: [[UInt8]]) { waiting.append(contentsOf: frames) }

    /// Puts the frames of one part of entries without positions behind those that wait.
    mutating func enqueueUnplaced(_ part: [RunItem]) {
        if let body = RunSplitter.largeBody(of: part) {
            for offset in stride(
                from: start(of: body),
                to: body.bytes.count,
                by: ProtocolLimits.inlineBodySizeMax
            ) {
                enqueue([frame(.blob(RunSplitter.piece(of: body, at: offset)))])
            }
        }
        var rest = part[...]
        while !rest.isEmpty {
            let (frame, sent) = run(Array(rest), firstPosition: nil) { _ in nil }
            enqueue([frame])
            rest = rest.dropFirst(sent.count)
        }
    }

    /// Notes what the peer holds of large bodies: pieces of them begin behind that.
    mutating func peerHolds(_ bodies: [HeldBody]) {
        for body in bodies { heldByPeer[body.hash] = body.byteCount }
    }

    /// Where the first piece of a large body begins that the peer lacks; it goes on from an earlier
    /// session once.
    mutating func start(of body: (hash: [UInt8], bytes: [UInt8])) -> Int {
        min(heldByPeer.removeValue(forKey: body.hash) ?? 0, body.bytes.count)
    }

    /// Takes the frames that credit is there for.
    mutating func drain() -> [[UInt8]] {
        var count = 0
        for frame in waiting {
            guard spend(frame) else { break }
            count += 1
        }
        guard count > 0 else { return [] }
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }

    /// Gives back the memory that compressing took.
    mutating func release() { encoder.release() }
}

/// Counts what came from the peer and when to let it send more.
///
/// Credit is given back in halves of the window, so that the peer can always send a whole frame
/// and little is said about it.
struct CreditedReceiver {
    private var pending: UInt64 = 0
    /// The bytes the peer may still send; what goes beyond is an error.
    private var left: UInt64 = ProtocolLimits.window

    /// Notes a frame that needed credit; false if the peer had none left for it.
    mutating func received(_ wireSize: Int) -> Bool {
        guard UInt64(wireSize) <= left else { return false }
        left -= UInt64(wireSize)
        return true
    }

    /// Notes that so many bytes are dealt with; the credit to give, if it is worth a message.
    ///
    /// It counts as given where it `isGranted` at once.
    mutating func settled(_ wireSize: Int, isGranted: Bool) -> UInt64? {
        pending += UInt64(wireSize)
        guard pending >= ProtocolLimits.window / 2 else { return nil }
        defer { pending = 0 }
        if isGranted { left += pending }
        return pending
    }

    /// Notes credit that was given later than it became due.
    mutating func granted(_ count: UInt64) { left += count }

    /// Begins with another window than the usual one.
    mutating func start(with credit: UInt64) { left = credit }
}
