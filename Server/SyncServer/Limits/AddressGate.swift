import Sockets
import SyncEngine

/// Lets in those who connect, each place at its rate: who comes faster waits for its handshake, and
/// who would have to wait too long is turned away.
///
/// Reads no clock; times are milliseconds that do not go back.
struct AddressGate {
    private var handshakes: RateTable<PeerNetwork>?
    private let waitMillisecondsMax: Int64

    init(_ rate: Rate?, waitMillisecondsMax: Int64) {
        handshakes = rate.map { RateTable($0) }
        self.waitMillisecondsMax = waitMillisecondsMax
    }

    mutating func admission(of network: PeerNetwork, at now: Int64) -> Admission {
        let wait = handshakes?.wait(of: network, at: now) ?? 0
        // Who is turned away is not charged: else it would never come in.
        guard wait <= waitMillisecondsMax else { return .refused }
        handshakes?.spend(1, by: network, at: now)
        return wait == 0 ? .now : .after(milliseconds: Int(wait))
    }
}
