import ArticleModel
import Signing
import Sockets
import SyncEngine

/// A TLS connection of this process to a hub's program.
struct TLSLink: Transport {
    let connection: TLSClientConnection

    init(port: UInt16, hub: DeviceKey, key: PrivateKey) throws {
        connection = try TLSClientConnection(
            host: "127.0.0.1",
            port: Int(port),
            key: key,
            pinnedHubKey: hub.bytes
        )
    }

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }

    func receive() throws -> [UInt8] { try connection.receive() }
}
