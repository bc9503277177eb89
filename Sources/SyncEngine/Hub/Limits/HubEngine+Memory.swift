import SyncProtocol

// What connections hold in memory is bounded for each and for all together: who does not read is
// not read for, and where too much is held those who hold the most are not read from.

extension HubEngine {
    /// Whether a connection may be read from; if not, ask ``readable()`` at the end of each turn.
    public func mayRead(_ number: ConnectionNumber) -> Bool { !usage.stopped.contains(number) }

    /// The connections that were not to be read from and now may be.
    public func readable() -> [ConnectionNumber] {
        guard !usage.stopped.isEmpty else { return [] }
        let found = usage.stopped.filter { usage.memory.mayGrow($0) }.sorted()
        usage.stopped.subtract(found)
        return found
    }

    /// Says how many bytes for a connection have not gone out yet; what was held back for it goes on
    /// when they are few.
    ///
    /// To be called after its effects were done, and when most of what waited has gone out.
    public func outgoing(_ byteCount: Int, to number: ConnectionNumber) -> [Effect] {
        guard let connection = connections[number] else { return [] }
        connection.outgoingByteCount = byteCount
        account(connection)
        resume(connection)
        return takeEffects()
    }

    /// Whether a session's wish to read is put off, as its client has not taken what was sent.
    func holdsBack(_ action: HubSession.Action, _ stream: HubStream) -> Bool {
        let connection = stream.connection
        guard connections[connection.number] === connection,
            connection.outgoingByteCount >= usage.limits.outgoingByteCountHigh
                || !usage.memory.mayGrow(connection.number)
        else { return false }
        connection.heldBack.append((stream, action))
        usage.heldBack.insert(connection.number)
        return true
    }

    /// Does what was held back for a connection, as far as it can be done now.
    private func resume(_ connection: HubConnection) {
        let heldBack = connection.heldBack
        guard !heldBack.isEmpty else { return }
        connection.heldBack = []
        usage.heldBack.remove(connection.number)
        for (stream, action) in heldBack where connection.streams[stream.number] === stream {
            perform([action], stream)
        }
    }

    /// Does what was held back for want of memory, where there is some again.
    func resumeAll() {
        guard !usage.heldBack.isEmpty, !usage.memory.isExceeded else { return }
        for number in usage.heldBack.sorted() {
            guard let connection = connections[number] else { continue }
            resume(connection)
        }
    }

    /// Notes what a connection holds now, and whether it may go on.
    func account(_ connection: HubConnection) {
        let number = connection.number
        guard connections[number] === connection else {
            usage.memory.update(number, 0, at: usage.time)
            usage.stopped.remove(number)
            usage.heldBack.remove(number)
            return
        }
        let held = connection.heldByteCount
        guard held <= usage.limits.connectionByteCountMax else {
            let text = "You make the hub hold more than it does for one connection."
            return end(connection, Fault(.tooLarge, .fatal, text: text))
        }
        usage.memory.update(number, held, at: usage.time)
        // `readable` tells when one that was stopped may go on.
        if held > usage.limits.floorByteCount, !usage.memory.mayGrow(number) {
            usage.stopped.insert(number)
        }
    }

    /// Lets go of those that have held for too long what others need, and of those that have
    /// connected and said nothing.
    func dropHolders() {
        for number in usage.memory.overdue(usage.limits.holdingMilliseconds, at: usage.time) {
            guard let connection = connections[number] else { continue }
            end(
                connection,
                Fault(
                    .overloaded,
                    .retry,
                    text: "The hub has too much to do. Nothing is lost; sync again in a while.",
                    retryAfterMilliseconds: later(10_000)
                )
            )
        }
        let silent = connections.values.filter {
            !$0.isAdmitted && usage.time - $0.since >= usage.limits.greetingMilliseconds
        }
        for connection in silent.sorted(by: { $0.number < $1.number }) {
            end(
                connection,
                Fault(.badFrame, .fatal, text: "You have not said which library you came for.")
            )
        }
    }
}

extension HubConnection {
    /// About as many bytes as the hub holds for the connection.
    var heldByteCount: Int {
        streams.values.reduce(decoder.heldByteCount + outgoingByteCount) {
            $0 + $1.session.heldByteCount + ($1.repair?.heldByteCount ?? 0)
        }
    }
}
