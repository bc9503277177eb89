public import ArticleModel

/// A change's place in the order that settles ties: logical time first, then where it was made.
///
/// A total order in which every change comes after its ancestors (a change's logical time is above
/// that of all it depends on), equal on every replica.
public struct Stamp: Hashable, Comparable, Sendable {
    /// The logical time of the change.
    public let lamport: UInt64
    /// The chain it stands in.
    public let chain: ChainID
    /// Its place in the chain.
    public let sequence: UInt64
    /// The change.
    public let change: ChangeID

    /// Stamps `change`.
    public init(lamport: UInt64, chain: ChainID, sequence: UInt64, change: ChangeID) {
        self.lamport = lamport
        self.chain = chain
        self.sequence = sequence
        self.change = change
    }

    /// Orders by logical time, chain, place in the chain, change.
    public static func < (left: Self, right: Self) -> Bool {
        if left.lamport != right.lamport { return left.lamport < right.lamport }
        return left.precedesByChain(right)
    }

    /// Orders by chain, place in the chain, change: the tie-break of concurrent insertions.
    func precedesByChain(_ other: Self) -> Bool {
        if chain != other.chain { return chain < other.chain }
        if sequence != other.sequence { return sequence < other.sequence }
        return change < other.change
    }
}
