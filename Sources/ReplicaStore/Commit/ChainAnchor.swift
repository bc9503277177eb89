public import ArticleModel

/// The last entry a device signed, as kept outside the replica's file and written before it is stored
/// there.
///
/// It betrays a replica that was restored from a backup or copied to another machine: such a one
/// must not go on with its chain, as the entries it lacks may have got out.
public struct ChainAnchor: Hashable, Sendable {
    /// The chain the device signs on.
    public let chain: ChainID
    /// The place of the last entry.
    public let sequence: UInt64
    /// The last entry.
    public let id: ChangeSetID
    /// The machine it was signed on, in any form that differs between machines.
    public let machine: [UInt8]

    /// Names the last entry of `chain`.
    public init(chain: ChainID, sequence: UInt64, id: ChangeSetID, machine: [UInt8]) {
        self.chain = chain
        self.sequence = sequence
        self.id = id
        self.machine = machine
    }
}

/// Keeps a library's anchor, in a file of the state folder say.
public protocol ChainAnchorStore {
    /// The anchor kept; nil where it is missing or cannot be understood.
    func load() throws -> ChainAnchor?

    /// Keeps `anchor`, durably, unless a later one of the same chain is there.
    ///
    /// Holds a lock meanwhile: two processes may write one replica.
    func advance(to anchor: ChainAnchor) throws
}
