import Glibc
public import Signing

/// Accepts TLS connections and carries bytes for thousands of them, on one thread.
///
/// Make it, ``run(delegate:)`` it on the thread it was made on, and talk to it from the delegate's
/// calls; only ``waker`` may be used from elsewhere. Each turn looks at what the kernel reports,
/// reads a bounded share of every connection, and writes what the delegate handed in.
public final class TLSServer {
    /// Where it listens; the port is the real one even if 0 was asked for.
    public let address: SocketAddress
    /// Wakes the server from any thread.
    public let waker: Waker

    let limits: TLSServerLimits
    let clock: () -> Int64
    let context: TLSContext
    var epoll: Epoll
    var delegate: (any TLSServerDelegate)?
    var connections: [UInt64: ServerConnection] = [:]
    /// How many of them come from one place.
    var networkCounts: [PeerNetwork: Int] = [:]
    /// Connections with something to do at the end of the turn.
    var unflushed: [UInt64] = []
    /// Connections whose bytes wait inside OpenSSL, where the kernel does not see them.
    var unread: Set<UInt64> = []
    /// No connection's deadline is before it.
    var nextDeadline = Int64.max

    private var listener: TCP.Listener?
    private var isListening = true
    private var signals: SignalWatch?
    private var nextNumber = Token.firstConnection
    private var timers: [Timer] = []
    private var timerCount = 0
    private var stopDeadline: Int64?
    var scratch = [UInt8](repeating: 0, count: 64 * 1024)

    enum Token {
        static let listener: UInt64 = 0
        static let waker: UInt64 = 1
        static let signals: UInt64 = 2
        static let firstConnection: UInt64 = 16
    }

    private struct Timer {
        let time: Int64
        let number: Int
        let action: () -> Void
    }

    /// Starts to listen; connections wait in the kernel until the server runs.
    ///
    /// `clock` gives milliseconds that never go back.
    public init(
        host: String,
        port: Int,
        key: PrivateKey,
        limits: TLSServerLimits = TLSServerLimits(),
        signals: SignalWatch? = nil,
        clock: @escaping () -> Int64
    ) throws(SocketError) {
        ignoreBrokenPipes()
        self.limits = limits
        self.clock = clock
        self.signals = signals
        context = try TLSContext.server(key: key)
        let listener = try TCP.listen(host: host, port: port)
        address = listener.address
        waker = try Waker()
        epoll = try Epoll()
        var isWatching = epoll.add(
            listener.descriptor.number,
            token: Token.listener,
            reading: true,
            writing: false
        )
        self.listener = consume listener
        isWatching =
            isWatching
            && epoll.add(
                waker.descriptor.number,
                token: Token.waker,
                reading: true,
                writing: false
            )
        if let signals {
            isWatching =
                isWatching
                && epoll.add(
                    signals.descriptor.number,
                    token: Token.signals,
                    reading: true,
                    writing: false
                )
        }
        guard isWatching else {
            throw SocketError(.system, "The system watches no further file: \(systemText(errno)).")
        }
    }

    /// Open connections, those in their handshake included.
    public var connectionCount: Int { connections.count }

    /// Serves until ``stop(withinMilliseconds:)`` is called and every connection has ended.
    public func run(delegate: any TLSServerDelegate) {
        self.delegate = delegate
        defer { self.delegate = nil }
        while !isFinished {
            turn()
        }
        for id in connections.keys.sorted() { drop(id, reason: .stopped) }
    }

    /// Stops accepting, and ends ``run(delegate:)`` when the last connection has.
    ///
    /// The delegate closes connections; those that are left after the time given are dropped.
    public func stop(withinMilliseconds milliseconds: Int) {
        stopAccepting()
        stopDeadline = clock() + Int64(milliseconds)
    }

    /// Calls `action` once, on the server's thread, when the time has passed.
    public func schedule(afterMilliseconds milliseconds: Int, _ action: @escaping () -> Void) {
        timerCount += 1
        let timer = Timer(time: clock() + Int64(milliseconds), number: timerCount, action: action)
        let index = timers.firstIndex { $0.time > timer.time } ?? timers.count
        timers.insert(timer, at: index)
    }

    private var isFinished: Bool {
        guard let stopDeadline else { return false }
        return connections.isEmpty || clock() >= stopDeadline
    }

    private func turn() {
        var events = epoll.wait(milliseconds: waitMilliseconds)
        let end = clock() + Int64(limits.gatherMilliseconds)
        repeat {
            for event in events { dispatch(event) }
            events = epoll.wait(milliseconds: 0)
            // What is left when the time is over is reported again in the next turn.
        } while !events.isEmpty && clock() < end
        for id in unread.sorted() { continueReading(id) }
        let now = clock()
        while let timer = timers.first, timer.time <= now {
            timers.removeFirst()
            timer.action()
        }
        if now >= nextDeadline { dropOverdue(now) }
        delegate?.turnDidEnd()
        flushAll()
    }

    private func dispatch(_ event: Epoll.Event) {
        switch event.token {
        case Token.listener: accept()
        case Token.waker:
            waker.clear()
            delegate?.serverDidWake()
        case Token.signals:
            while let signal = signals?.next() { delegate?.serverDidReceive(signal: signal) }
        default: handle(event)
        }
    }

    /// How long the kernel may wait for the next event.
    private var waitMilliseconds: Int64? {
        guard unread.isEmpty, unflushed.isEmpty else { return 0 }
        let next = min(nextDeadline, timers.first?.time ?? .max, stopDeadline ?? .max)
        // Never longer than a minute: a clock that is not the kernel's may have moved.
        return next == .max ? nil : min(max(0, next - clock()), 60_000)
    }

    private func accept() {
        // A bound, so that a flood of connections does not starve those that are there.
        for _ in 0..<64 {
            guard isListening, let accepted = listener?.accept() else { return }
            switch consume accepted {
            case .none: return
            case .exhausted:
                restAccepting()
                return
            case .connection(let descriptor, from: let peer, let network):
                guard connections.count < limits.connectionCountMax,
                    networkCounts[network, default: 0] < limits.networkConnectionCountMax
                else {
                    delegate?.connectionWasRefused(from: peer, reason: .overflow)
                    continue
                }
                switch delegate?.admission(of: network, address: peer) ?? .now {
                case .now: add(descriptor, peer, network, afterMilliseconds: 0)
                case .after(let time): add(descriptor, peer, network, afterMilliseconds: time)
                case .refused: delegate?.connectionWasRefused(from: peer, reason: .overflow)
                }
            }
        }
    }

    /// Begins the handshake with a peer, now or later: until then it waits in the kernel.
    private func add(
        _ descriptor: consuming FileDescriptor,
        _ peer: String,
        _ network: PeerNetwork,
        afterMilliseconds delay: Int
    ) {
        let session: TLSSession
        do throws(SocketError) {
            session = try context.session(over: descriptor, peer: peer)
        } catch {
            delegate?.connectionWasRefused(from: peer, reason: .failed(error))
            return
        }
        let deadline = clock() + Int64(delay) + Int64(limits.handshakeMilliseconds)
        let number = descriptor.number
        let connection = ServerConnection(
            id: ConnectionID(number: nextNumber),
            address: peer,
            network: network,
            descriptor: descriptor,
            session: session,
            deadline: deadline
        )
        let isNow = delay == 0
        connection.watchesReading = isNow
        guard epoll.add(number, token: nextNumber, reading: isNow, writing: false) else { return }
        connections[nextNumber] = connection
        networkCounts[network, default: 0] += 1
        if !isNow {
            let id = nextNumber
            schedule(afterMilliseconds: delay) { [unowned self] in
                if let connection = connections[id] { watch(connection) }
            }
        }
        nextNumber += 1
        nextDeadline = min(nextDeadline, deadline)
    }

    /// Leaves new connections to the kernel for a while: there are no descriptors left.
    private func restAccepting() {
        guard isListening, let number = listener?.descriptor.number else { return }
        isListening = false
        epoll.change(number, token: Token.listener, reading: false, writing: false)
        schedule(afterMilliseconds: 100) { [unowned self] in
            guard let number = listener?.descriptor.number else { return }
            isListening = true
            epoll.change(number, token: Token.listener, reading: true, writing: false)
        }
    }

    private func stopAccepting() {
        guard let number = listener?.descriptor.number else { return }
        epoll.remove(number)
        listener = nil
    }
}
