/// Why a session cannot go on.
public struct ProtocolError: Error, Sendable {
    /// What went wrong: the codes of ERROR, whether the peer said so or this side found it.
    public let code: Fault.Code
    /// What, why and what to do, for people.
    public let message: String
    /// Whether the peer said so.
    public let fromPeer: Bool
    /// Whether the peer said that another try may help.
    public let isTransient: Bool
    /// How long to wait before another try, where that may help.
    public let retryAfterMilliseconds: UInt64?

    /// Describes what ends a session.
    public init(
        _ code: Fault.Code,
        _ message: String,
        fromPeer: Bool = false,
        isTransient: Bool = false,
        retryAfterMilliseconds: UInt64? = nil
    ) {
        self.code = code
        self.message = message
        self.fromPeer = fromPeer
        self.isTransient = isTransient
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

extension ProtocolError: CustomStringConvertible {
    /// The message with the code.
    public var description: String { "\(message) (\(code))" }
}
