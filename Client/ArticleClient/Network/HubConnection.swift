import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// A connection to a hub, as the engine wants one.
struct HubConnection: Transport {
    /// The connection itself, to wait for.
    let connection: TLSClientConnection

    /// Connects to the hub at `address`, which must hold the key `hub`.
    init(_ address: HostPort, hub: DeviceKey, key: PrivateKey) throws(SocketError) {
        connection = try TLSClientConnection(
            host: address.host.isEmpty ? "localhost" : address.host,
            port: address.port,
            key: key,
            pinnedHubKey: hub.bytes
        )
    }

    /// Which of `hubs`' keys the hub at `address` holds; several while a hub changes its key.
    static func proven(
        _ hubs: [DeviceKey],
        at address: HostPort,
        key: PrivateKey
    ) throws(SocketError) -> DeviceKey {
        for hub in hubs.dropLast() {
            do throws(SocketError) {
                try HubConnection(address, hub: hub, key: key).close()
                return hub
            } catch  where error.code == .wrongHubKey {
                // One of the others, then.
            }
        }
        guard let last = hubs.last else {
            throw SocketError(.wrongHubKey, "No key of a hub is known, so none can be trusted.")
        }
        return last
    }

    func send(_ bytes: [UInt8]) throws { try connection.send(bytes) }

    func receive() throws -> [UInt8] { try connection.receive() }

    /// Announces the end.
    func close() { connection.close() }

    /// Bytes that went over the network both ways, TLS's own included.
    var byteCount: Int { connection.byteCountSent + connection.byteCountReceived }
}

/// What a session with the hub did, and what it cost.
struct SyncOutcome {
    /// What was sent and received.
    let report: ClientSync.Report
    /// Bytes over the network, both ways.
    let byteCount: Int
    /// Wall time from connecting to the end.
    let milliseconds: Int64
}

extension Client {
    /// Does one session of `purpose` between `replica` and one of its hubs.
    func sync(
        _ replica: Replica,
        with remote: Remote,
        key: PrivateKey,
        _ purpose: ClientSync.Purpose = .sync
    ) throws -> SyncOutcome {
        let address = try remote.place()
        let start = now()
        try? KnownLibraries(places).note(replica.path)
        // Nothing leaves this machine that the anchor knows nothing of.
        try replica.secureOwnChain(as: signer(with: key, in: replica.library))
        let connection = try HubConnection(address, hub: remote.hub, key: key)
        defer { connection.close() }
        let report = try ClientSync(replica, with: remote.hub).run(purpose, over: connection)
        // So that nobody has to wait for it who looks at articles next.
        try replica.derive()
        return SyncOutcome(
            report: report,
            byteCount: connection.byteCount,
            milliseconds: max(0, now() - start)
        )
    }
}

extension Remote {
    /// Where the hub is reached.
    func place() throws -> HostPort {
        guard let place = HostPort(address) else {
            throw ClientError(
                .usage,
                "remote.address",
                "“\(address)” is no address of a hub.",
                hint: "galley remote add HOST:PORT --key KEY gives another one"
            )
        }
        return place
    }
}

extension OpenLibrary {
    /// The hub that this replica follows.
    func remote() throws -> Remote {
        guard let remote = try replica.remotes().first else {
            throw ClientError(
                .notFound,
                "remote.missing",
                "This library has no hub yet; all work stays on this machine.",
                hint:
                    "galley remote add HOST:PORT --key KEY --claim CODE (galleyd init prints them)"
            )
        }
        return remote
    }
}
