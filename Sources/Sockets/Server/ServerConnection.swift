/// One connection of a server: its socket, its TLS session and what is still to be sent.
final class ServerConnection {
    enum State {
        case handshake
        case open
        /// This side sends what is queued and then closes.
        case closing
        /// Everything is said; what still comes is thrown away until the peer has closed.
        ///
        /// A socket that is closed with unread bytes is reset, and a reset destroys what the peer
        /// has not read yet: the error that explains all.
        case lingering
    }

    let id: ConnectionID
    let address: String
    let network: PeerNetwork
    let descriptor: FileDescriptor
    let session: TLSSession
    var state = State.handshake
    /// When the server gives up, by its clock.
    var deadline: Int64

    /// What the socket is watched for.
    var watchesReading = true
    var watchesWriting = false
    /// The owner has asked for a rest.
    var isPaused = false
    /// The peer has announced its end.
    var hasPeerEnded = false
    /// A read waits for the socket to be writable, or a write for it to be readable.
    var readWantsWrite = false
    var writeWantsRead = false
    /// Someone was told that the connection is full, and is owed a word.
    var owesDrain = false

    private var queue: [UInt8] = []
    private var queueStart = 0

    init(
        id: ConnectionID,
        address: String,
        network: PeerNetwork,
        descriptor: consuming FileDescriptor,
        session: consuming TLSSession,
        deadline: Int64
    ) {
        self.id = id
        self.address = address
        self.network = network
        self.descriptor = descriptor
        self.session = session
        self.deadline = deadline
    }

    var outgoingByteCount: Int { queue.count - queueStart }

    func enqueue(_ bytes: some Collection<UInt8>) {
        // Sent bytes at the front are dropped once they are the greater part: each byte moves at
        // most twice, whatever the sizes.
        if queueStart > queue.count / 2 {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
        queue.append(contentsOf: bytes)
    }

    /// Writes until all is out or the socket is full; how it ended, and whether anything went.
    func flush() -> (step: TLSSession.Step, hasProgress: Bool) {
        var hasProgress = false
        while outgoingByteCount > 0 {
            let step = session.write(queue[queueStart...])
            guard case .done(let count) = step else { return (step, hasProgress) }
            queueStart += count
            hasProgress = true
        }
        // An idle connection holds no memory for its queue.
        queue = []
        queueStart = 0
        return (.done(0), hasProgress)
    }
}
