import Glibc

/// Where a connection comes from, as far as one party usually holds it: an IPv4 address, or the first
/// half of one of IPv6.
public struct PeerNetwork: Hashable, Sendable {
    /// The bytes that are compared.
    public let bytes: [UInt8]

    /// The network with these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(_ address: SocketAddress) {
        // After family and port come four bytes of address, or in IPv6 four of the flow and then
        // sixteen of address.
        let storage = address.storage
        guard address.family == AF_INET6, storage.count >= 24 else {
            bytes = Array(storage.dropFirst(4).prefix(4))
            return
        }
        let whole = Array(storage[8..<24])
        let isMapped = whole.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
        bytes = Array(isMapped ? whole.suffix(4) : whole.prefix(8))
    }
}

/// Whether a connection is let in.
public enum Admission: Hashable, Sendable {
    /// At once.
    case now
    /// After so many milliseconds, which the peer spends waiting for its handshake.
    case after(milliseconds: Int)
    /// Not at all: it is closed.
    case refused
}

extension TLSServerDelegate {
    /// Lets everybody in.
    public func admission(of network: PeerNetwork, address: String) -> Admission { .now }
}
