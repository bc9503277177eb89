import Diagnostics
public import Sockets
import SyncEngine
import SyncProtocol

extension HubServer {
    /// Lets a connection in, later where its address comes too fast.
    public func admission(of network: PeerNetwork, address: String) -> Admission {
        gate.admission(of: network, at: monotonic())
    }

    /// Notes who did not get in.
    public func connectionWasRefused(from address: String, reason: CloseReason) {
        refusedConnectionCount += 1
        // A flood of connections must not fill the disk with lines about it.
        let now = monotonic()
        guard refusalLines.wait(of: Self.refusalLineRate, at: now) == 0 else { return }
        refusalLines.spend(1, of: Self.refusalLineRate, at: now)
        log.info("refused", ["address": .text(address), "reason": .text(reason.text)])
    }

    static let refusalLineRate = Rate(burst: 100, perSecond: 1)

    /// Connections beyond the limit that are still made, to be told so.
    static let toldConnectionCount = 64

    /// Why a client that has proven its key is not served now; nil where it is.
    func refusal(of client: Client) -> Fault? {
        if clients.count > service.connectionCount {
            return Fault(
                .overloaded,
                .retry,
                text: "The hub serves as many as it can. Nothing is lost; sync again in a while.",
                retryAfterMilliseconds: engine.later(10_000)
            )
        }
        if deviceConnectionCounts[client.device, default: 0] > service.deviceConnectionCount {
            return Fault(
                .rate,
                .retry,
                text: "This device has too many connections to the hub; end some of them.",
                retryAfterMilliseconds: engine.later(5000)
            )
        }
        return nil
    }
}
