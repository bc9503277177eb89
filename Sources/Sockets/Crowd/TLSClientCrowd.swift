package import Signing

/// Thousands of connections to one hub from one thread, for measurements and tests of load.
///
/// All have one device key. Nothing blocks for long: what happened is told by ``turn(milliseconds:)``.
package final class TLSClientCrowd {
    /// What happened to a connection, by the number its owner gave it.
    package enum Event {
        /// The handshake is done.
        case opened(Int)
        /// Bytes came.
        case received(Int, [UInt8])
        /// The connection is no more.
        case ended(Int)
    }

    private let host: String
    private let port: Int
    private let clock: () -> Int64
    private let context: TLSContext
    private var epoll: Epoll
    private var members: [UInt64: ServerConnection] = [:]
    private var scratch = [UInt8](repeating: 0, count: 16 * 1024)
    private var events: [Event] = []

    /// A crowd of clients with `key` of the hub there.
    package init(
        host: String,
        port: Int,
        key: PrivateKey,
        pinnedHubKey: [UInt8],
        clock: @escaping () -> Int64
    ) throws(SocketError) {
        ignoreBrokenPipes()
        self.host = host
        self.port = port
        self.clock = clock
        context = try TLSContext.client(key: key, pinned: pinnedHubKey)
        epoll = try Epoll()
    }

    /// Connections, those in their handshake included.
    package var count: Int { members.count }

    /// Connects, and begins the handshake.
    package func connect(_ number: Int) throws(SocketError) {
        let descriptor = try TCP.connect(host: host, port: port, deadline: clock() + 10_000)
        let session = try context.session(over: descriptor, peer: "\(host):\(port)")
        let token = UInt64(number)
        let watched = descriptor.number
        let member = ServerConnection(
            id: ConnectionID(number: token),
            address: host,
            network: PeerNetwork([]),
            descriptor: descriptor,
            session: session,
            deadline: 0
        )
        guard epoll.add(watched, token: token, reading: true, writing: false) else {
            throw SocketError(.system, "The system watches no further connection.")
        }
        members[token] = member
        shakeHands(member)
    }

    /// Sends bytes, at once or when there is room.
    package func send(_ bytes: [UInt8], to number: Int) {
        guard let member = members[UInt64(number)] else { return }
        member.enqueue(bytes)
        flush(member)
    }

    /// Waits for something to happen, and tells what did.
    package func turn(milliseconds: Int64) -> [Event] {
        for event in epoll.wait(milliseconds: events.isEmpty ? milliseconds : 0) {
            guard let member = members[event.token] else { continue }
            switch member.state {
            case .handshake:
                shakeHands(member)
            case .open, .closing, .lingering:
                if event.canWrite { flush(member) }
                if event.canRead || event.isHungUp { read(member) }
            }
        }
        defer { events = [] }
        return events
    }

    private func shakeHands(_ member: ServerConnection) {
        switch member.session.handshake(check: context.check) {
        case .done:
            member.state = .open
            events.append(.opened(Int(member.id.number)))
            watch(member)
            read(member)
        case .wantsRead, .wantsWrite:
            watch(member)
        case .ended, .failed:
            end(member)
        }
    }

    private func read(_ member: ServerConnection) {
        while members[member.id.number] != nil {
            switch member.session.read(into: &scratch) {
            case .done(let count):
                events.append(.received(Int(member.id.number), Array(scratch[..<count])))
            case .wantsRead, .wantsWrite:
                return
            case .ended, .failed:
                end(member)
            }
        }
    }

    private func flush(_ member: ServerConnection) {
        guard case .open = member.state else { return }
        switch member.flush().step {
        case .done, .wantsRead, .wantsWrite: watch(member)
        case .ended, .failed: end(member)
        }
    }

    private func watch(_ member: ServerConnection) {
        let isWriting = member.outgoingByteCount > 0
        guard isWriting != member.watchesWriting else { return }
        member.watchesWriting = isWriting
        epoll.change(
            member.descriptor.number,
            token: member.id.number,
            reading: true,
            writing: isWriting
        )
    }

    private func end(_ member: ServerConnection) {
        guard members.removeValue(forKey: member.id.number) != nil else { return }
        epoll.remove(member.descriptor.number)
        events.append(.ended(Int(member.id.number)))
    }
}
