/// A connection to a hub that carries bytes both ways in their order, with both ends proven.
public protocol Transport {
    /// Sends bytes; returns when they are on their way.
    func send(_ bytes: [UInt8]) throws

    /// Waits for bytes of the hub's; empty when it has ended the connection.
    func receive() throws -> [UInt8]
}
