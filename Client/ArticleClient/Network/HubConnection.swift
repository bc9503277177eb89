import ArticleModel
import Signing
import Sockets
import SyncEngine

/// A connection to a hub, as the engine wants one.
struct HubConnection: Transport {
    private let connection: TLSClientConnection

    /// Connects to a hub at `address` and proves that it holds `hub`'s key.
    init(to address: String, hub: DeviceKey, key: PrivateKey) throws {
        guard let place = HostPort(address), !place.host.isEmpty else {
            throw ClientError(.usage, "usage", "“\(address)” is no HOST:PORT.")
        }
        connection = try TLSClientConnection(
            host: place.host,
            port: place.port,
            key: key,
            pinnedHubKey: hub.bytes
        )
    }

    /// Connects to a hub that shows one of `hubs`' keys, as invitations name several.
    static func connect(
        to address: String,
        anyOf hubs: [DeviceKey],
        key: PrivateKey
    ) throws -> (connection: HubConnection, hub: DeviceKey) {
        var refusal: (any Error)?
        for hub in hubs {
            do {
                return (try HubConnection(to: address, hub: hub, key: key), hub)
            } catch let error as SocketError {
                guard error.code == .wrongHubKey else { throw error }
                refusal = error
            }
        }
        throw refusal ?? ClientError(.failed, "hub.none", "No key of a hub is known.")
    }

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }

    func receive() throws -> [UInt8] { try connection.receive() }

    /// Ends the connection.
    func close() { connection.close() }

    /// Bytes that went and came over the network, TLS's own included.
    var byteCount: (sent: Int, received: Int) {
        (connection.byteCountSent, connection.byteCountReceived)
    }
}
