import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine

extension OpenLibrary {
    /// The hub this library follows.
    func remote() throws -> Remote {
        guard let remote = try replica.remotes().first else {
            throw ClientError(
                .failed,
                "hub.none",
                "The library has no hub to sync with.",
                hint: "galley remote add HOST:PORT --key KEY --claim CODE names one"
            )
        }
        return remote
    }

    /// Does one session with the hub; what it sent and received over the network is given beside.
    func sync(
        _ purpose: ClientSync.Purpose = .sync
    ) throws -> (report: ClientSync.Report, sent: Int, received: Int) {
        let remote = try remote()
        let connection = try HubConnection(to: remote.address, hub: remote.hub, key: key())
        defer { connection.close() }
        let report = try ClientSync(replica, with: remote.hub).run(purpose, over: connection)
        let count = connection.byteCount
        return (report, count.sent, count.received)
    }
}
