public import ArticleModel
public import Membership
import ReplicaStore
public import Signing
public import SyncProtocol

/// Serves any number of connections from one replica a library: carries the actions of their
/// sessions to the store.
///
/// Synchronous, for one thread at a time: bytes in, effects out. Entries that clients send are
/// gathered until ``flush()``, which writes those of all connections in one transaction and then
/// acknowledges them: call it when no more bytes are waiting.
public final class HubEngine {
    /// A connection, by the number its owner gave it.
    public typealias ConnectionNumber = UInt64

    /// What is to be done outside.
    public enum Effect: Sendable {
        /// Send bytes to a connection.
        case send([UInt8], to: ConnectionNumber)
        /// End a connection once its bytes are out; the error says why, if all is not well.
        case close(ConnectionNumber, ProtocolError?)
        /// A library grew, or its members changed; for logs and measures.
        case grew(library: LibraryID, position: UInt64, entryCount: Int)
    }

    /// Streams one connection may have open.
    public static let streamCountMax = 16

    let libraries: any HubLibraries
    let key: PrivateKey
    let now: () -> Int64
    let checkSignatures: SignatureCheck?
    let heartbeatMilliseconds: () -> UInt64
    let random: (UInt64) -> UInt64
    var usage: HubUsage
    var connections: [ConnectionNumber: HubConnection] = [:]
    var pending: [PendingCommit] = []
    /// The devices of the chains of entries that wait to be written.
    var chainDevices: [ChainID: DeviceKey] = [:]
    var effects: [Effect] = []
    /// Libraries of which an owner's device has been here since the hub was started.
    var ownersSeen: Set<LibraryID> = []

    /// Entries that wait to be written, and the stream they came on.
    struct PendingCommit {
        let stream: HubStream
        /// All that came, of which some may be left out.
        let ids: [ChangeSetID]
        /// Those to be written.
        let entries: [Entry]
        /// What is to be said of those left out.
        let faults: [Fault]
        /// Waits for those whose signature holds; of others the store finds out.
        let verified: () -> [ChangeSetID: VerifiedChangeSet]
    }

    /// Begins to check signatures, each as that of a device, on as many cores as its owner likes;
    /// the result waits for what was verified, nil for a signature that does not hold.
    public typealias SignatureCheck = ([(entry: SignedChangeSet, device: DeviceKey)]) -> () ->
        [VerifiedChangeSet?]

    /// Serves `libraries` as the hub whose key is `key`; `now` tells the time in milliseconds since
    /// 1970, by which invitations expire.
    ///
    /// Without `checkSignatures` the store checks them one after the other. `heartbeat` gives the
    /// interval of heartbeats of a live connection in milliseconds: each another one, so that those
    /// of many clients that came at once do not come at once for ever.
    /// `random` gives a number below the one it is given, or 0: by it clients that are to come back
    /// later do not all come at once. Limits that go by time need ``tick(now:)``.
    public init(
        libraries: any HubLibraries,
        key: PrivateKey,
        now: @escaping () -> Int64,
        checkSignatures: SignatureCheck? = nil,
        heartbeatMilliseconds: @escaping () -> UInt64 = { 40_000 },
        limits: HubLimits = HubLimits(),
        random: @escaping (UInt64) -> UInt64 = { _ in 0 }
    ) {
        self.libraries = libraries
        self.key = key
        self.now = now
        self.checkSignatures = checkSignatures
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.random = random
        usage = HubUsage(limits)
    }

    deinit {
        // Streams hold on to their connections: nothing of them is to outlive the engine.
        for connection in connections.values { connection.streams = [:] }
    }

    /// Whether entries wait for ``flush()``.
    public var needsFlush: Bool { !pending.isEmpty }

    /// The bytes of entries that wait for ``flush()``.
    public var pendingByteCount: Int {
        pending.reduce(0) { sum, commit in
            commit.entries.reduce(sum) { $0 + $1.changeSet.bytes.count + ($1.body?.count ?? 0) }
        }
    }

    /// Begins to serve a connection whose other end has proven to be `device`.
    public func connect(_ number: ConnectionNumber, device: DeviceKey) {
        connections[number] = HubConnection(number, device, at: usage.time)
    }

    /// Takes bytes of a connection.
    public func receive(
        _ bytes: some Collection<UInt8>,
        from number: ConnectionNumber
    ) -> [Effect] {
        guard let connection = connections[number] else { return [] }
        connection.heartbeat.heard()
        charge(connection, byteCount: bytes.count)
        connection.decoder.append(bytes)
        connection.isReceiving = true
        do throws(ProtocolError) {
            while connections[number] === connection,
                let frame = try connection.decoder.next()
            {
                guard let stream = try connection.stream(of: frame) else { continue }
                if helpsRepairing(frame, stream) { continue }
                perform(stream.session.receive(frame), stream)
                settleCredit(of: stream)
            }
        } catch {
            // Where one frame ends and the next begins is lost, so no stream can go on.
            let fault = Fault(error.code, .fatal, text: error.message)
            endAll(of: connection, fault, error)
        }
        connection.isReceiving = false
        closeIfDone(connection)
        connection.decoder.release()
        account(connection)
        return takeEffects()
    }

    /// Says what time it is, in milliseconds of a clock that never goes back; about once a second.
    ///
    /// Live connections are asked for a sign of life, and given up where none comes.
    public func tick(now: Int64) -> [Effect] {
        for connection in connections.values.sorted(by: { $0.number < $1.number }) {
            switch connection.heartbeat.tick(now: now) {
            case .fine:
                break
            case .ask(let number):
                let first = connection.streams.values.min { $0.number < $1.number }
                if let first { perform(first.session.ping(number), first) }
            case .silent:
                forget(connection.number)
                let error = ProtocolError(.shutdown, "The client has fallen silent.")
                effects.append(.close(connection.number, error))
            }
        }
        keepLimits(at: now)
        return takeEffects()
    }

    /// Forgets a connection that is gone; what it sent and was not yet written is still written.
    public func disconnected(_ number: ConnectionNumber) { forget(number) }

    private func forget(_ number: ConnectionNumber) {
        // Its streams know their connection as it knows them: neither would ever go away.
        guard let connection = connections.removeValue(forKey: number) else { return }
        connection.streams = [:]
        connection.heldBack = []
        account(connection)
    }

    /// Ends every session for a reason that holds for all: the hub is being stopped.
    public func refuseAll(_ fault: Fault) -> [Effect] {
        for connection in connections.values.sorted(by: { $0.number < $1.number }) {
            endAll(of: connection, fault, nil)
        }
        return takeEffects()
    }

    /// Ends a connection for a reason that lies outside of its sessions.
    public func refuse(_ number: ConnectionNumber, _ fault: Fault) -> [Effect] {
        if let connection = connections[number] { end(connection, fault) }
        return takeEffects()
    }

    func end(_ connection: HubConnection, _ fault: Fault) {
        guard connections[connection.number] === connection else { return }
        usage.statistics.refusedCounts[fault.code, default: 0] += 1
        endAll(of: connection, fault, ProtocolError(fault.code, fault.text))
    }

    private func endAll(of connection: HubConnection, _ fault: Fault, _ error: ProtocolError?) {
        // Whoever has opened no stream yet hears of it on the first.
        if connection.streams.isEmpty { connection.streams[0] = HubStream(0, connection) }
        for stream in connection.streams.values.sorted(by: { $0.number < $1.number }) {
            for case .send(let bytes) in stream.session.refuse(fault) {
                effects.append(.send(bytes, to: connection.number))
            }
        }
        forget(connection.number)
        effects.append(.close(connection.number, error))
    }

    func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }
}
