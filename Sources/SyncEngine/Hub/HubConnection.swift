import ArticleModel
import ReplicaStore
import SyncProtocol

/// A client's connection.
final class HubConnection {
    let number: HubEngine.ConnectionNumber
    let device: DeviceKey
    var decoder = FrameDecoder()
    /// The sessions that are not over.
    var streams: [UInt64: HubStream] = [:]
    /// Watched while one of the sessions is live.
    var heartbeat = Heartbeat()
    /// Whether bytes are being dealt with that may open further streams.
    var isReceiving = false
    /// Why the last session ended, once one has.
    var ending: ProtocolError??
    /// The number a new stream has at least: those below were opened before.
    private var nextStream: UInt64 = 0

    /// When it came, by the engine's monotonic time.
    let since: Int64
    /// Whether it has named a library that it may have to do with.
    private(set) var isAdmitted = false
    /// Bytes for it that have not gone out yet, as far as known.
    var outgoingByteCount = 0
    /// What its sessions want to read, put off until more of that has gone out.
    var heldBack: [(stream: HubStream, action: HubSession.Action)] = []

    init(_ number: HubEngine.ConnectionNumber, _ device: DeviceKey, at time: Int64) {
        since = time
        self.number = number
        self.device = device
        // Anybody can make a key and connect; who is no member gets little memory.
        decoder.frameSizeMax = ProtocolLimits.firstFrameSizeMax
    }

    /// Takes frames of every size from now on: somebody the hub knows is at the other end.
    func admit() {
        isAdmitted = true
        decoder.frameSizeMax = ProtocolLimits.frameSizeMax
    }

    /// The stream a frame belongs to, made if it is new; nil where its session is over.
    func stream(of frame: Frame) throws(ProtocolError) -> HubStream? {
        if let stream = streams[frame.stream] { return stream }
        // What comes for a session that is over was under way when it ended.
        guard frame.stream >= nextStream else { return nil }
        guard streams.count < HubEngine.streamCountMax else {
            throw ProtocolError(.tooLarge, "You opened too many streams.")
        }
        nextStream = frame.stream + 1
        let stream = HubStream(frame.stream, self)
        streams[frame.stream] = stream
        return stream
    }
}

/// A stream of a connection: one library.
final class HubStream {
    let number: UInt64
    let connection: HubConnection
    var session: HubSession
    var library: LibraryID?
    var replica: Replica?
    /// The code by which the library is to be registered.
    var claim: String?
    /// The session, where the client repairs its log.
    var repair: PeerRun?
    /// The last membership record of an owner's device that came; nil for anybody else.
    var ownersMark: Mark?
    /// Whether it waits for credit, as its device is over its rate.
    var isSlowed = false
    /// When it was told last that the hub is there.
    var reassured: Int64 = 0

    init(_ number: UInt64, _ connection: HubConnection) {
        self.number = number
        self.connection = connection
        session = HubSession(stream: number)
    }
}
