/// What went wrong with a connection.
///
/// Equal by code: two errors of one kind differ only in what they tell a person.
public struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Equatable, CaseIterable {
        /// The name or the port is no address at all.
        case invalidAddress
        /// No address is known for the name.
        case cannotResolve
        /// Nothing listens there.
        case refused
        /// No way leads there.
        case unreachable
        /// No answer in time.
        case timedOut
        /// The hub holds another key than the pinned one.
        case wrongHubKey
        /// What answers does not speak TLS 1.3.
        case notTLS
        /// What answers speaks TLS, but not `galley/1`.
        case otherProtocol
        /// The client showed no certificate.
        case noCertificate
        /// The peer's key is of a kind that is not taken, or one that fits any signature.
        case unusableKey
        /// The peer refused the certificate of this side.
        case certificateRefused
        /// The connection ended without its end being announced.
        case closedEarly
        /// What came was altered on its way, or breaks the rules of TLS.
        case damaged
        /// This side has already closed the connection.
        case closed
        /// The address is taken by another program.
        case addressInUse
        /// The program may not listen there.
        case notPermitted
        /// The machine failed: out of files or memory, or a broken installation.
        case system
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, why, and what to do, for a person.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Compares by code.
    public static func == (left: SocketError, right: SocketError) -> Bool {
        left.code == right.code
    }
}
