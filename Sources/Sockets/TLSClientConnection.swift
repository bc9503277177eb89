import Glibc
public import Signing

/// A client's connection to the hub whose key it has pinned; every call blocks, but not for ever.
///
/// What is sent first leaves in the flight of the handshake's last message, without a further
/// round trip; for the same reason a hub's refusal of this device shows only at the first
/// ``receive(timeoutMilliseconds:)``.
public final class TLSClientConnection {
    /// Bytes read ahead of ``receive(timeoutMilliseconds:)`` while a send waits, at most.
    ///
    /// Two sides that both only write would wait for each other for ever.
    private static let readAheadMax = 8 * 1024 * 1024
    /// Bytes that are given to whoever receives at once.
    private static let receivedMax = 1024 * 1024

    private let descriptor: FileDescriptor
    private let context: TLSContext
    private let session: TLSSession
    private let peer: String
    private let timeoutMilliseconds: Int
    private var scratch = [UInt8](repeating: 0, count: 16 * 1024)
    private var readAhead: [UInt8] = []
    private var state = State.open

    private enum State {
        case open
        /// The hub has announced its end.
        case peerEnded
        case closed
        case failed(SocketError)
    }

    /// Connects to `host` and proves that it holds `pinnedHubKey`, or one of `otherKeys`.
    ///
    /// `timeoutMilliseconds` bounds connecting with the handshake as a whole, and later each wait
    /// for progress.
    public init(
        host: String,
        port: Int,
        key: PrivateKey,
        pinnedHubKey: [UInt8],
        orKeys otherKeys: [[UInt8]] = [],
        timeoutMilliseconds: Int = 10_000
    ) throws(SocketError) {
        ignoreBrokenPipes()
        peer = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        self.timeoutMilliseconds = timeoutMilliseconds
        let deadline = monotonicMilliseconds() + Int64(timeoutMilliseconds)
        context = try TLSContext.client(key: key, pinned: pinnedHubKey, others: otherKeys)
        descriptor = try TCP.connect(host: host, port: port, deadline: deadline)
        session = try context.session(over: descriptor, peer: peer)
        handshake: while true {
            switch session.handshake(check: context.check) {
            case .done: break handshake
            case .wantsRead: try wait(for: Int32(POLLIN), until: deadline)
            case .wantsWrite: try wait(for: Int32(POLLOUT), until: deadline)
            case .ended: throw .closedEarly(peer: peer)
            case .failed(let error): throw error
            }
        }
    }

    deinit { close() }

    /// The key that the other side has proven to hold.
    public var peerKey: [UInt8]? { session.peerKey }

    /// Bytes that went over the network, TLS's own included.
    public var byteCountSent: Int { Int(clamping: session.byteCountSent) }

    /// Bytes that came over the network, TLS's own included.
    public var byteCountReceived: Int { Int(clamping: session.byteCountReceived) }

    /// Sends all of `bytes`; reads what comes meanwhile, so that both sides may write at once.
    ///
    /// A hub that has announced its end, or broke off after last words that are still to be
    /// received, listens no more: then the bytes are dropped, and ``receive(timeoutMilliseconds:)``
    /// says why.
    public func send(_ bytes: [UInt8]) throws(SocketError) {
        if hasLastWords { return }
        try checkOpen()
        var rest = bytes[...]
        while !rest.isEmpty, !hasLastWords {
            switch session.write(rest) {
            case .done(let count):
                rest = rest.dropFirst(count)
            case .wantsRead:
                try wait(for: Int32(POLLIN), until: deadline())
            case .wantsWrite:
                let canRead = readAhead.count < Self.readAheadMax && isOpen
                let events = Int32(POLLOUT) | (canRead ? Int32(POLLIN) : 0)
                let ready = try wait(for: events, until: deadline())
                if canRead, ready & Int32(POLLIN) != 0 { try readAheadOnce() }
            case .ended:
                throw fail(.closedEarly(peer: peer))
            case .failed(let error):
                let reason = betterReason(for: error)
                guard hasLastWords else { throw reason }
            }
        }
    }

    /// The next bytes the hub sent, at least one; empty when it has announced its end.
    public func receive(timeoutMilliseconds: Int? = nil) throws(SocketError) -> [UInt8] {
        if !readAhead.isEmpty {
            defer { readAhead = [] }
            return readAhead
        }
        if case .peerEnded = state { return [] }
        try checkOpen()
        let deadline =
            monotonicMilliseconds() + Int64(timeoutMilliseconds ?? self.timeoutMilliseconds)
        while true {
            switch session.read(into: &scratch) {
            case .done(let count):
                return readOn(Array(scratch[..<count]))
            case .wantsRead:
                try wait(for: Int32(POLLIN), until: deadline)
            case .wantsWrite:
                try wait(for: Int32(POLLOUT), until: deadline)
            case .ended:
                state = .peerEnded
                return []
            case .failed(let error):
                throw fail(error)
            }
        }
    }

    /// What the hub sent, as far as it is here: nil where that is nothing now, empty when it has
    /// announced its end.
    ///
    /// Never waits.
    public func receiveAvailable() throws(SocketError) -> [UInt8]? {
        if !readAhead.isEmpty {
            defer { readAhead = [] }
            return readAhead
        }
        if case .peerEnded = state { return [] }
        try checkOpen()
        switch session.read(into: &scratch) {
        case .done(let count):
            return readOn(Array(scratch[..<count]))
        case .wantsRead, .wantsWrite:
            return nil
        case .ended:
            state = .peerEnded
            return []
        case .failed(let error):
            throw fail(error)
        }
    }

    /// Waits until one of `connections` may have something to receive, a signal comes, or so many
    /// milliseconds pass; the signal, if one came.
    ///
    /// Look for bytes first: what OpenSSL has read already no socket shows.
    public static func wait(
        for connections: [TLSClientConnection],
        signals: SignalWatch?,
        milliseconds: Int
    ) -> Int32? {
        var requests = connections.map {
            pollfd(fd: $0.descriptor.number, events: Int16(POLLIN), revents: 0)
        }
        if let signals {
            requests.append(
                pollfd(fd: signals.descriptor.number, events: Int16(POLLIN), revents: 0)
            )
        }
        // Interrupted or not, the caller looks at everything anew.
        unsafe poll(&requests, nfds_t(requests.count), Int32(clamping: max(0, milliseconds)))
        return signals?.next()
    }

    /// Adds to `bytes` what else has come by now, up to a bound: whoever stores it waits for the
    /// disk once for all of it.
    private func readOn(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while bytes.count < Self.receivedMax {
            switch session.read(into: &scratch) {
            case .done(let count):
                bytes += scratch[..<count]
                continue
            case .wantsRead, .wantsWrite: break
            case .ended: state = .peerEnded
            // Told when what came before it was taken.
            case .failed(let error): _ = fail(error)
            }
            break
        }
        return bytes
    }

    /// Announces that nothing more is sent; what the hub still sends can be received.
    public func finishSending() {
        guard isOpen else { return }
        session.announceEnd()
    }

    /// Announces the end and leaves; nothing can be sent or received after it.
    public func close() {
        switch state {
        case .open, .peerEnded:
            session.announceEnd()
            shutdown(descriptor.number, Int32(SHUT_WR))
        case .closed, .failed:
            break
        }
        state = .closed
    }

    private var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    private var hasLastWords: Bool {
        switch state {
        case .peerEnded: true
        case .failed: !readAhead.isEmpty
        case .open, .closed: false
        }
    }

    private func checkOpen() throws(SocketError) {
        switch state {
        case .open, .peerEnded: break
        case .closed: throw SocketError(.closed, "The connection with \(peer) is closed already.")
        case .failed(let error): throw error
        }
    }

    private func deadline() -> Int64 { monotonicMilliseconds() + Int64(timeoutMilliseconds) }

    @discardableResult
    private func wait(for events: Int32, until deadline: Int64) throws(SocketError) -> Int32 {
        guard let ready = descriptor.wait(for: events, until: deadline) else {
            throw .timedOut(peer: peer)
        }
        return ready
    }

    private func readAheadOnce() throws(SocketError) {
        switch session.read(into: &scratch) {
        case .done(let count): readAhead += scratch[..<count]
        case .wantsRead, .wantsWrite: break
        case .ended: state = .peerEnded
        case .failed(let error): throw fail(error)
        }
    }

    /// Looks whether the hub has said why it left before a write found the connection broken.
    private func betterReason(for error: SocketError) -> SocketError {
        guard error.code == .closedEarly else { return fail(error) }
        while true {
            switch session.read(into: &scratch) {
            case .done(let count):
                // What it said last, such as an ERROR frame, is there for `receive`.
                readAhead += scratch[..<count]
                guard readAhead.count < Self.readAheadMax else { return fail(error) }
            case .ended:
                state = .peerEnded
                return error
            case .wantsRead, .wantsWrite:
                return fail(error)
            case .failed(let reason):
                return fail(reason)
            }
        }
    }

    private func fail(_ error: SocketError) -> SocketError {
        state = .failed(error)
        return error
    }
}
