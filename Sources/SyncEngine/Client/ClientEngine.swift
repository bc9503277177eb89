public import ArticleModel
public import ReplicaStore
import SyncProtocol

/// The client's end of one connection to a hub, for any number of libraries: bytes in, effects
/// out.
///
/// Synchronous, for one thread at a time; knows no clock and no socket. Each library has a stream
/// of its own, and what ends one session leaves the others alone. Whatever happens, what was
/// acknowledged or kept stays so, and the next connection goes on from there.
public final class ClientEngine {
    /// How it syncs.
    public struct Options: Sendable {
        /// Whether the sessions go on when both sides have the same, until ``finish()``.
        public var isLive = false
        /// 16 random bytes, by which nobody can foresee what a comparison with the hub looks at;
        /// where there are none, they are made of what is synced.
        public var salt: [UInt8] = []

        /// Sessions that end when both sides have the same.
        public init() {}
    }

    /// What is to be done outside.
    public enum Effect: Sendable {
        /// Send bytes to the hub.
        case send([UInt8])
        /// What is named here is durable now, here or at the hub.
        case progressed(LibraryID, ClientProgress)
        /// The session about a library is over.
        case ended(LibraryID, Result<ClientSync.Report, SyncError>)
        /// All sessions are over: close the connection when the bytes are out.
        case close
    }

    /// Streams that a hub takes on one connection.
    public static let streamCountMax = HubEngine.streamCountMax

    let hub: DeviceKey
    let options: Options
    let outbox = Outbox()
    var effects: [Effect] = []
    private var decoder = FrameDecoder()
    /// The sessions that are not over, the oldest first.
    var streams: [ClientStream] = []
    private var nextStream: UInt64 = 0
    private var isClosed = false
    /// Whether something came since the last tick.
    private var isBusy = false
    var heartbeat = Heartbeat()

    /// The client's end of a connection to `hub`, that has just been made or is being made.
    public init(hub: DeviceKey, options: Options = Options()) {
        self.hub = hub
        self.options = options
    }

    /// Begins a session about the library of `replica`, of which the hub is a remote.
    public func open(_ replica: Replica, _ purpose: ClientSync.Purpose = .sync) -> [Effect] {
        open([(replica, purpose)])
    }

    /// Begins sessions about several libraries; their greetings leave together.
    public func open(
        _ libraries: [(replica: Replica, purpose: ClientSync.Purpose)]
    ) -> [Effect] {
        for (replica, purpose) in libraries {
            do {
                guard streams.count < Self.streamCountMax else {
                    throw SyncError(
                        .protocol(.tooLarge),
                        "A connection carries at most \(Self.streamCountMax) libraries."
                    )
                }
                let stream = try ClientStream(nextStream, replica, hub, purpose, options, outbox)
                nextStream += 1
                streams.append(stream)
                isClosed = false
                stream.open()
            } catch {
                effects.append(.ended(replica.library, .failure(SyncError(wrapping: error))))
            }
        }
        return takeEffects()
    }

    /// Takes bytes of the hub's.
    public func receive(_ bytes: some Collection<UInt8>) -> [Effect] {
        guard !isClosed else { return [] }
        heartbeat.heard()
        isBusy = true
        decoder.append(bytes)
        do throws(ProtocolError) {
            while !streams.isEmpty, let frame = try decoder.next() {
                guard frame.stream < nextStream else {
                    throw ProtocolError(.badFrame, "The hub used a stream not opened here.")
                }
                // What comes for a session that is over was under way when it ended.
                guard let stream = streams.first(where: { $0.number == frame.stream }) else {
                    continue
                }
                stream.receive(frame)
                if stream.outcome != nil { collect(stream) }
            }
            for stream in streams { stream.storeGathered() }
        } catch {
            // Where one frame ends and the next begins is lost, so no stream can go on.
            for stream in streams { stream.abort(error) }
        }
        return takeEffects()
    }

    /// Says that entries may have come into the replicas by commits, of this process or others.
    ///
    /// Of use while sessions are live.
    public func localChanged() -> [Effect] {
        for stream in streams { stream.localChanged() }
        return takeEffects()
    }

    /// Ends live sessions as soon as what is under way has arrived.
    public func finish() -> [Effect] {
        for stream in streams { stream.endWhenLevel() }
        return takeEffects()
    }

    /// Says what time it is, in milliseconds of a clock that never goes back; some times in an
    /// interval of heartbeats, while sessions are live.
    public func tick(now: Int64) -> [Effect] {
        guard options.isLive, let first = streams.first else { return [] }
        for stream in streams { stream.timePassed() }
        if !isBusy { decoder.release() }
        isBusy = false
        heartbeat.intervalMilliseconds =
            streams.compactMap(\.heartbeatMilliseconds).min()
            ?? ProtocolLimits.heartbeatMillisecondsDefault
        switch heartbeat.tick(now: now) {
        case .fine: return []
        case .ask(let number): first.ping(number)
        case .silent: return connectionLost()
        }
        return takeEffects()
    }

    /// Says that the connection is gone.
    public func connectionLost() -> [Effect] {
        for stream in streams { stream.connectionLost() }
        return takeEffects()
    }

    /// Notes what a session has done, and lets go of it where it is over.
    private func collect(_ stream: ClientStream) {
        if let progress = stream.takeProgress() {
            effects.append(.progressed(stream.library, progress))
        }
        guard let outcome = stream.outcome else { return }
        streams.removeAll { $0 === stream }
        effects.append(.ended(stream.library, outcome))
    }

    private func takeEffects() -> [Effect] {
        for stream in streams { collect(stream) }
        let bytes = outbox.take()
        if !bytes.isEmpty {
            // Whoever hears that a session is over may close the connection.
            let index = effects.firstIndex {
                if case .ended = $0 { true } else { false }
            }
            effects.insert(.send(bytes), at: index ?? effects.endIndex)
        }
        if streams.isEmpty, !isClosed, !effects.isEmpty {
            isClosed = true
            effects.append(.close)
        }
        defer { effects = [] }
        return effects
    }
}
