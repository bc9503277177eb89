import Glibc

extension TLSServer {
    /// Hands bytes in; they leave at the end of the turn.
    @discardableResult
    public func send(_ bytes: some Collection<UInt8>, to id: ConnectionID) -> SendResult {
        guard let connection = connections[id.number], case .open = connection.state else {
            return .closed
        }
        guard connection.outgoingByteCount + bytes.count <= limits.outgoingByteCountMax else {
            drop(id.number, reason: .overflow)
            return .closed
        }
        if connection.outgoingByteCount == 0 { unflushed.append(id.number) }
        connection.enqueue(bytes)
        guard connection.outgoingByteCount >= limits.outgoingByteCountHigh else { return .taken }
        connection.owesDrain = true
        return .full
    }

    /// Unsent bytes of a connection.
    public func outgoingByteCount(of id: ConnectionID) -> Int {
        connections[id.number]?.outgoingByteCount ?? 0
    }

    /// Closes a connection once everything handed in is sent; nothing more is received.
    public func close(_ id: ConnectionID) {
        guard let connection = connections[id.number] else { return }
        switch connection.state {
        case .handshake: drop(id.number, reason: .closedHere)
        case .open:
            connection.state = .closing
            unflushed.append(id.number)
            watch(connection)
        case .closing, .lingering: break
        }
    }

    /// Closes a connection at once; what was handed in and is not sent is lost.
    public func abort(_ id: ConnectionID) { drop(id.number, reason: .closedHere) }

    /// Leaves what comes to the kernel, and so to the peer, until ``resumeReading(_:)``.
    public func pauseReading(_ id: ConnectionID) {
        guard let connection = connections[id.number] else { return }
        connection.isPaused = true
        watch(connection)
    }

    /// Reads again.
    public func resumeReading(_ id: ConnectionID) {
        guard let connection = connections[id.number], connection.isPaused else { return }
        connection.isPaused = false
        if connection.session.hasBufferedBytes { unread.insert(id.number) }
        watch(connection)
    }

    func handle(_ event: Epoll.Event) {
        guard let connection = connections[event.token] else { return }
        switch connection.state {
        case .handshake:
            shakeHands(connection)
        case .open, .closing:
            if event.canWrite || event.isHungUp || connection.writeWantsRead { flush(connection) }
            // A connection that is hung up can still hold bytes nobody has read.
            if event.canRead || event.isHungUp || connection.readWantsWrite { read(connection) }
            if event.isHungUp { leaveBroken(connection) }
        case .lingering:
            discard(connection)
        }
    }

    func continueReading(_ id: UInt64) {
        unread.remove(id)
        if let connection = connections[id] { read(connection) }
    }

    func flushAll() {
        let ids = unflushed
        unflushed = []
        for id in ids {
            if let connection = connections[id] { flush(connection) }
        }
    }

    func dropOverdue(_ now: Int64) {
        var next = Int64.max
        var overdue: [UInt64] = []
        for (id, connection) in connections {
            if connection.deadline <= now {
                overdue.append(id)
            } else {
                next = min(next, connection.deadline)
            }
        }
        nextDeadline = next
        for id in overdue.sorted() {
            guard let connection = connections[id] else { continue }
            switch connection.state {
            case .handshake: drop(id, reason: .handshakeTimeout)
            case .open, .closing:
                connection.session.announceEnd()
                drop(id, reason: .idle)
            case .lingering: forget(id)
            }
        }
    }

    /// Ends a connection at once and tells its owner.
    func drop(_ id: UInt64, reason: CloseReason) {
        guard let connection = connections[id] else { return }
        forget(id)
        tellClosed(connection, reason: reason)
    }

    private func forget(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        epoll.remove(connection.descriptor.number)
        unread.remove(id)
        let count = networkCounts[connection.network] ?? 0
        networkCounts[connection.network] = count > 1 ? count - 1 : nil
    }

    private func tellClosed(_ connection: ServerConnection, reason: CloseReason) {
        switch connection.state {
        case .handshake:
            delegate?.connectionWasRefused(from: connection.address, reason: reason)
        case .open, .closing:
            delegate?.connectionDidClose(connection.id, reason: reason)
        case .lingering:
            break
        }
    }

    private func shakeHands(_ connection: ServerConnection) {
        switch connection.session.handshake(check: context.check) {
        case .wantsRead:
            connection.writeWantsRead = false
            watch(connection)
        case .wantsWrite:
            connection.readWantsWrite = true
            watch(connection)
        case .done:
            connection.readWantsWrite = false
            // Verification has seen the key already; without one there is no handshake.
            guard let key = connection.session.peerKey else {
                drop(
                    connection.id.number,
                    reason: .failed(
                        SocketError(.noCertificate, "\(connection.address) showed no certificate.")
                    )
                )
                return
            }
            connection.state = .open
            // The time of the handshake goes on until the peer says something.
            watch(connection)
            delegate?.connectionDidOpen(
                connection.id,
                peerKey: key,
                address: connection.address
            )
            // The first message came in the flight of the handshake's last one.
            read(connection)
        case .ended:
            linger(connection, reason: .closedByPeer)
        case .failed(let error):
            linger(connection, reason: .failed(error))
        }
    }

    private func read(_ connection: ServerConnection) {
        var budget = limits.turnByteCountMax
        while case .open = connection.state, !connection.isPaused, !connection.hasPeerEnded {
            guard budget > 0 else {
                if connection.session.hasBufferedBytes { unread.insert(connection.id.number) }
                return
            }
            connection.readWantsWrite = false
            switch connection.session.read(into: &scratch) {
            case .done(let count):
                budget -= count
                touch(connection)
                delegate?.connection(connection.id, didReceive: scratch[..<count])
            case .wantsRead:
                watch(connection)
                return
            case .wantsWrite:
                connection.readWantsWrite = true
                watch(connection)
                return
            case .ended:
                connection.hasPeerEnded = true
                watch(connection)
                delegate?.connectionDidEndSending(connection.id)
                return
            case .failed(let error):
                linger(connection, reason: .failed(error))
                return
            }
        }
    }

    /// Lets go of a connection that broke while it was not read from.
    ///
    /// The kernel reports it again and again, and no read will ever find out.
    private func leaveBroken(_ connection: ServerConnection) {
        guard connections[connection.id.number] != nil else { return }
        switch connection.state {
        case .open where !connection.isPaused && !connection.hasPeerEnded: break
        case .open, .closing:
            drop(
                connection.id.number,
                reason: connection.hasPeerEnded
                    ? .closedByPeer : .failed(.closedEarly(peer: connection.address))
            )
        case .handshake, .lingering: break
        }
    }

    private func flush(_ connection: ServerConnection) {
        connection.writeWantsRead = false
        let (step, hasProgress) = connection.flush()
        if hasProgress { touch(connection) }
        switch step {
        case .done:
            if case .closing = connection.state {
                connection.session.announceEnd()
                linger(
                    connection,
                    reason: connection.hasPeerEnded ? .closedByPeer : .closedHere
                )
                return
            }
        case .wantsRead:
            connection.writeWantsRead = true
        case .wantsWrite:
            break
        case .ended:
            connection.hasPeerEnded = true
        case .failed(let error):
            linger(connection, reason: .failed(error))
            return
        }
        watch(connection)
        if connection.owesDrain,
            connection.outgoingByteCount <= limits.outgoingByteCountHigh / 4
        {
            connection.owesDrain = false
            delegate?.connectionDidDrain(connection.id)
        }
    }

    /// Shuts this direction, and waits for the peer to have read what was said last.
    private func linger(_ connection: ServerConnection, reason: CloseReason) {
        tellClosed(connection, reason: reason)
        connection.state = .lingering
        shutdown(connection.descriptor.number, Int32(SHUT_WR))
        connection.deadline = clock() + Int64(limits.lingerMilliseconds)
        nextDeadline = min(nextDeadline, connection.deadline)
        watch(connection)
        discard(connection)
    }

    private func discard(_ connection: ServerConnection) {
        for _ in 0..<16 {
            let count = unsafe recv(
                connection.descriptor.number,
                &scratch,
                scratch.count,
                Int32(MSG_DONTWAIT)
            )
            if count > 0 || (count < 0 && errno == EINTR) { continue }
            if count < 0, errno == EAGAIN { return }
            forget(connection.id.number)
            return
        }
    }

    /// Something went over the connection: its time begins anew.
    private func touch(_ connection: ServerConnection) {
        connection.deadline = clock() + Int64(limits.idleMilliseconds)
        nextDeadline = min(nextDeadline, connection.deadline)
    }

    /// Tells the kernel what matters about a connection now.
    func watch(_ connection: ServerConnection) {
        let reading: Bool
        let writing: Bool
        switch connection.state {
        case .handshake:
            reading = true
            writing = connection.readWantsWrite
        case .open:
            reading =
                (!connection.isPaused && !connection.hasPeerEnded) || connection.writeWantsRead
            writing = connection.outgoingByteCount > 0 || connection.readWantsWrite
        case .closing:
            reading = connection.writeWantsRead
            writing = connection.outgoingByteCount > 0
        case .lingering:
            reading = true
            writing = false
        }
        guard reading != connection.watchesReading || writing != connection.watchesWriting else {
            return
        }
        connection.watchesReading = reading
        connection.watchesWriting = writing
        epoll.change(
            connection.descriptor.number,
            token: connection.id.number,
            reading: reading,
            writing: writing
        )
    }
}
