import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

// A client whose log is damaged compares it with the hub's, entry by entry, and gets what it lacks. To
// the hub that is a session as between two clients, in which it wants and takes nothing.

extension HubEngine {
    /// Deals with a frame of a session of repair; false where it belongs to another kind.
    func helpsRepairing(_ frame: Frame, _ stream: HubStream) -> Bool {
        if let run = stream.repair {
            run.receive(frame)
            settle(run, stream)
            return true
        }
        guard stream.library == nil, MessageType(rawValue: frame.type) == .hello,
            case .hello(let hello)? = try? Message(type: .hello, payload: frame.payload),
            hello.mode == .repair
        else { return false }
        do {
            if let fault = try beginRepair(hello, stream) {
                perform(stream.session.refuse(fault), stream)
            }
        } catch {
            perform(stream.session.refuse(Self.failure(error)), stream)
        }
        guard let run = stream.repair else { return true }
        run.receive(frame)
        settle(run, stream)
        return true
    }

    /// Has a session of repair begin; why not, where it may not.
    private func beginRepair(_ hello: Hello, _ stream: HubStream) throws -> Fault? {
        stream.library = hello.library
        if let fault = meter(stream) { return fault }
        guard let replica = try libraries.replica(of: hello.library) else {
            return Fault(.wrongLibrary, .fatal, text: "This hub does not serve the library.")
        }
        let connection = stream.connection
        guard connection.streams.values.allSatisfy({ $0.repair == nil }) else {
            return Fault(
                .overloaded,
                .retry,
                text: "The hub helps to repair one library at a time on a connection.",
                retryAfterMilliseconds: later(1000)
            )
        }
        if try replica.membership().role(of: connection.device) != nil {
            // The whole index is read for it: that counts as if some entries had come.
            let cost = try replica.lastArrivedRow() / Self.entriesReadAsOne
            charge(connection, byteCount: 0, entryCount: Int(clamping: cost))
            guard connections[connection.number] === connection else { return nil }
        }
        stream.repair = PeerRun(
            replica,
            peer: connection.device,
            role: .answers,
            mode: .repair,
            salt: [],
            stream: stream.number,
            isHub: true
        )
        return nil
    }

    /// Sends what the session has to say, and ends the stream with it.
    private func settle(_ run: PeerRun, _ stream: HubStream) {
        let connection = stream.connection
        guard connections[connection.number] === connection else { return }
        let bytes = run.takeBytes()
        if !bytes.isEmpty {
            usage.statistics.sentByteCount += Int64(bytes.count)
            connection.outgoingByteCount += bytes.count
            effects.append(.send(bytes, to: connection.number))
        }
        if run.isAdmitted, !connection.isAdmitted { connection.admit() }
        guard let outcome = run.outcome else { return }
        stream.repair = nil
        switch outcome {
        case .success:
            close(stream, nil)
        case .failure(let error):
            close(stream, error.cause as? ProtocolError ?? ProtocolError(.internal, error.message))
        }
    }

    /// Entries of the log that cost as much to compare as one does to take.
    private static let entriesReadAsOne: Int64 = 100
}
