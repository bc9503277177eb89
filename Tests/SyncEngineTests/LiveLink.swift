import ArticleModel
import ReplicaStore
import SyncEngine
import SyncProtocol

/// A connection of a client's engine to the hub, with no network between.
final class LiveLink {
    let client: ClientEngine
    private let hub: HubEngine
    let number: UInt64
    /// Bytes under way to the client.
    var incoming: [UInt8] = []
    private var outgoing: [UInt8] = []
    private(set) var ended: [LibraryID: Result<ClientSync.Report, SyncError>] = [:]
    private(set) var progress: [LibraryID: [ClientProgress]] = [:]
    /// How often each side handed bytes to the network.
    private(set) var flightCounts = (client: 0, hub: 0)
    private(set) var byteCounts = (client: 0, hub: 0)
    /// Whether the client wants the connection closed.
    private(set) var isClosed = false
    private(set) var isClosedByHub = false
    private(set) var closing: ProtocolError?
    /// Whether nothing gets through any more.
    var isSilent = false

    init(_ client: ClientEngine, _ hub: HubEngine, _ number: UInt64) {
        self.client = client
        self.hub = hub
        self.number = number
    }

    func perform(_ effects: [ClientEngine.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes): outgoing += bytes
            case .progressed(let library, let step): progress[library, default: []].append(step)
            case .ended(let library, let result): ended[library] = result
            case .close: isClosed = true
            }
        }
    }

    func open(_ replicas: [Replica]) {
        perform(client.open(replicas.map { ($0, .sync) }))
    }

    func takeForHub() -> [UInt8] {
        defer { outgoing = [] }
        guard !outgoing.isEmpty, !isSilent else { return [] }
        flightCounts.client += 1
        byteCounts.client += outgoing.count
        return outgoing
    }

    /// Gives the client what is under way; whether there was anything.
    func deliver() -> Bool {
        guard !isSilent else { return false }
        if incoming.isEmpty {
            guard isClosedByHub, !isClosed else { return false }
            perform(client.connectionLost())
            return true
        }
        let bytes = incoming
        incoming = []
        flightCounts.hub += 1
        byteCounts.hub += bytes.count
        perform(client.receive(bytes))
        return true
    }

    func hubHasClosed(_ error: ProtocolError?) {
        isClosedByHub = true
        closing = error
    }

    /// The errors by which sessions ended.
    func failure(_ replica: Replica) -> SyncError.Code? {
        guard case .failure(let error)? = ended[replica.library] else { return nil }
        return error.code
    }

    func report(_ replica: Replica) -> ClientSync.Report? {
        try? ended[replica.library]?.get()
    }
}
