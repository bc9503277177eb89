import SyncEngine

/// A session between two clients.
final class PeerLink {
    let wire: Wire

    init(_ wire: Wire) { self.wire = wire }
}

extension World {
    func connectToPeer() throws {}

    func deliverToPeer(_ bytes: [UInt8], _ wire: Wire, _ peer: Client) throws {}

    func deliverToPeerCaller(_ bytes: [UInt8], _ wire: Wire) throws {}
}
