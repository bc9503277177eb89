/// A connection of a ``TLSServer``; never used again for another.
public struct ConnectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The running number.
    public let number: UInt64

    /// The running number.
    public var description: String { String(number) }

    /// Compares by age, the oldest first.
    public static func < (left: ConnectionID, right: ConnectionID) -> Bool {
        left.number < right.number
    }
}

/// What a ``TLSServer`` grants its peers.
public struct TLSServerLimits: Sendable {
    /// Time from the TCP connection to the first bytes after the handshake.
    public var handshakeMilliseconds = 10_000
    /// Time without a byte either way.
    public var idleMilliseconds = 180_000
    /// Time for a peer to read what was said last, once this side has closed.
    public var lingerMilliseconds = 5_000
    /// Connections at once, those in their handshake included.
    public var connectionCountMax = 10_000
    /// Connections at once from one place, those in their handshake included.
    public var networkConnectionCountMax = Int.max
    /// Unsent bytes of a connection from which on it is called full.
    public var outgoingByteCountHigh = 1024 * 1024
    /// Unsent bytes of a connection that close it: whoever sends did not heed that it is full.
    public var outgoingByteCountMax = 16 * 1024 * 1024
    /// Bytes of one connection that are read before the others have their turn.
    public var turnByteCountMax = 256 * 1024

    /// How long a turn goes on while there is always something to read.
    ///
    /// What a turn gathers is dealt with together: one wait for the disk instead of many.
    public var gatherMilliseconds = 10

    /// The usual limits.
    public init() {}
}

/// Why a connection is no more.
public enum CloseReason: Sendable, Equatable {
    /// This side closed it, and everything was sent.
    case closedHere
    /// The peer announced its end.
    case closedByPeer
    /// The handshake took too long.
    case handshakeTimeout
    /// Nothing was heard for too long, or the peer did not read.
    case idle
    /// More was handed in to be sent than a connection keeps.
    case overflow
    /// The server stops and did not wait longer.
    case stopped
    /// The handshake was refused, or the connection broke.
    case failed(SocketError)
}

/// What came of handing bytes in.
public enum SendResult: Sendable {
    /// Taken; there is room for more.
    case taken
    /// Taken, but send no more before `connectionDidDrain`.
    case full
    /// Not taken: the connection is closed or closing.
    case closed
}

/// Hears what happens on a ``TLSServer``, on the server's own thread.
///
/// Every call may send, close or pause; none may block.
public protocol TLSServerDelegate: AnyObject {
    /// A connection is there; whether it is let in.
    func admission(of network: PeerNetwork, address: String) -> Admission
    /// A peer has proven that it holds `peerKey`.
    func connectionDidOpen(_ connection: ConnectionID, peerKey: [UInt8], address: String)
    /// Bytes came.
    func connection(_ connection: ConnectionID, didReceive bytes: ArraySlice<UInt8>)
    /// The peer has announced its end: close when all it sent is answered.
    func connectionDidEndSending(_ connection: ConnectionID)
    /// A full connection has room again.
    func connectionDidDrain(_ connection: ConnectionID)
    /// An opened connection is no more.
    func connectionDidClose(_ connection: ConnectionID, reason: CloseReason)
    /// A connection did not come about.
    func connectionWasRefused(from address: String, reason: CloseReason)
    /// All events of one turn are dealt with; what is sent here leaves before the next turn.
    func turnDidEnd()
    /// Somebody woke the server from another thread.
    func serverDidWake()
    /// A signal that is watched came.
    func serverDidReceive(signal: Int32)
}
