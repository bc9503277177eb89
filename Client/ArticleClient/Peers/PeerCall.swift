import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// `galley sync HOST:PORT`: calls a machine that listens.
struct PeerCall {
    private let library: OpenLibrary
    private let place: HostPort

    init(_ library: OpenLibrary, at place: HostPort) {
        self.library = library
        self.place = place
    }

    func run() throws -> ExitCode {
        let client = library.client
        let (connection, peer) = try library.call(place)
        defer { connection.close() }
        let engine = PeerEngine(
            library.replica,
            peer: peer,
            role: .calls,
            salt: client.random(16)
        )
        let report = try connection.run(engine)
        // So that nobody has to wait for it who looks at articles next.
        try library.replica.derive()
        let news = PeerNews(
            report,
            name: try library.refreshed().name(of: peer),
            address: "\(place)"
        )
        news.tell(client.output)
        return news.isWhole ? .done : .partly
    }
}

extension OpenLibrary {
    /// Connects to whatever device of the library's members is there, and to nothing else.
    func call(_ place: HostPort) throws -> (TLSClientConnection, DeviceKey) {
        let key = try self.key()
        let own = try DeviceKey(key.publicKey)
        let devices = members.devices.map(\.key).filter { $0 != own }
        guard let first = devices.first else {
            throw ClientError(
                .notFound,
                "peer.none",
                "No other device belongs to this library yet.",
                hint: "galley invite, or galley device add"
            )
        }
        do {
            let connection = try TLSClientConnection(
                host: place.host.isEmpty ? "localhost" : place.host,
                port: place.port,
                key: key,
                pinnedHubKey: first.bytes,
                orKeys: devices.dropFirst().map(\.bytes)
            )
            return (connection, try provenPeer(of: connection))
        } catch let error as SocketError {
            guard error.code == .wrongHubKey else { throw error }
            throw ClientError(
                .notAllowed,
                "peer.stranger",
                "What listens at \(place) is no device of this library's members, as far as is"
                    + " known here. Nothing was told to it.",
                hint: "galley sync, on both machines, brings the members up to date"
            )
        }
    }

    private func provenPeer(of connection: TLSClientConnection) throws -> DeviceKey {
        guard let peer = connection.peerKey.flatMap({ DeviceKey($0) }) else {
            throw ClientError(.notAllowed, "peer.key", "The other machine showed no device's key.")
        }
        return peer
    }
}

extension TLSClientConnection {
    /// Carries bytes between the engine and the other end until the session is over.
    func run(_ engine: PeerEngine) throws -> PeerReport {
        var outcome: Result<PeerReport, SyncError>?
        var effects = engine.open()
        while true {
            for effect in effects {
                switch effect {
                case .send(let bytes): try send(bytes)
                case .ended(let result): outcome = result
                case .close: break
                }
            }
            if let outcome { return try outcome.get() }
            let bytes = try receive(timeoutMilliseconds: 60_000)
            effects = bytes.isEmpty ? engine.connectionLost() : engine.receive(bytes)
        }
    }
}
