public import ArticleModel
import Membership
public import ReplicaStore
public import SyncProtocol

/// One client's side of a connection with another client: bytes in, effects out.
///
/// Synchronous, for one thread at a time; no clock, no socket. What came is durable when it is
/// acknowledged, so that the next session goes on from there whatever happens. Entries that came
/// wait for the hub's positions like the replica's own.
public final class PeerEngine {
    /// Who has made the connection.
    public enum Role: Hashable, Sendable {
        /// This side.
        case calls
        /// The other side.
        case answers
    }

    /// What is to be done outside.
    public enum Effect: Sendable {
        /// Send bytes to the peer.
        case send([UInt8])
        /// The session is over.
        case ended(Result<PeerReport, SyncError>)
        /// Close the connection when the bytes are out.
        case close
    }

    private var decoder = FrameDecoder()
    private let run: PeerRun
    private var isClosed = false

    /// A session of `replica` with the member's device `peer`, which has proven to be it.
    ///
    /// `salt` is 16 random bytes that nobody could foresee; who answers needs none.
    public init(_ replica: Replica, peer: DeviceKey, role: Role, salt: [UInt8]) {
        run = PeerRun(
            replica,
            peer: peer,
            role: role == .calls ? .calls : .answers,
            mode: .peer,
            salt: salt
        )
        // Who calls has to say who they are before more is taken.
        if role == .answers { decoder.frameSizeMax = ProtocolLimits.firstFrameSizeMax }
    }

    /// A session in which whatever `damage` says of `replica`'s log, and holes in it, are fetched from
    /// `peer`, a member's device or a hub: each entry that comes is given to `take`.
    init(
        repairing replica: Replica,
        _ damage: LogDamage,
        from peer: DeviceKey,
        salt: [UInt8],
        take: @escaping (Entry) throws -> Void
    ) {
        run = PeerRun(replica, peer: peer, role: .calls, mode: .repair, salt: salt)
        run.damaged = damage.ids
        run.repair = take
    }

    /// Begins: the greeting of who calls; nothing of who answers.
    public func open() -> [Effect] {
        run.open()
        return takeEffects()
    }

    /// Takes bytes of the connection.
    public func receive(_ bytes: some Collection<UInt8>) -> [Effect] {
        guard !isClosed else { return [] }
        decoder.append(bytes)
        do throws(ProtocolError) {
            while run.outcome == nil, let frame = try decoder.next() {
                guard frame.stream == 0 else {
                    throw ProtocolError(.badFrame, "The peer used a stream that is not open.")
                }
                run.receive(frame)
                if run.isAdmitted { decoder.frameSizeMax = ProtocolLimits.frameSizeMax }
            }
        } catch {
            run.abort(error)
        }
        return takeEffects()
    }

    /// The connection is gone.
    public func connectionLost() -> [Effect] {
        guard !isClosed else { return [] }
        run.connectionLost()
        return takeEffects()
    }

    private func takeEffects() -> [Effect] {
        var effects: [Effect] = []
        let bytes = run.takeBytes()
        if !bytes.isEmpty { effects.append(.send(bytes)) }
        if let outcome = run.outcome, !isClosed {
            isClosed = true
            effects.append(.ended(outcome))
            effects.append(.close)
        }
        return effects
    }
}

/// What a session with a peer did.
public struct PeerReport: Sendable {
    /// What was sent and received.
    public let summary: PeerSession.Summary
    /// Chains the peer does not take from an entry on.
    public let faults: [Fault]
    /// Entries of the peer that were not taken, by the first of each chain: why.
    public let refusals: [Refusal]
    /// Membership records that came.
    public let recordCount: Int

    /// An entry that was not taken.
    public struct Refusal: Sendable {
        /// Its chain.
        public let chain: ChainID
        /// Its place there.
        public let sequence: UInt64
        /// Why.
        public let message: String
    }
}
