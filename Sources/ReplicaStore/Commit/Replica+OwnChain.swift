public import ArticleModel
import Membership
import SQLite
import Signing

extension Replica {
    /// Compares the chain this replica signs on with what somebody else has of it, and leaves it
    /// where that is more, or something else; gives whether it was left.
    ///
    /// Whoever signed that is a copy of this replica, or this replica is an older self of it. It is
    /// durable when this returns; the next signature opens a new chain.
    public func compareOwnChain(
        _ chain: ChainID,
        at sequence: UInt64,
        idPrefix: [UInt8],
        isForked: Bool
    ) throws(ReplicaError) -> Bool {
        let goesOnElsewhere = try readLog {
            guard try database.meta(.chain)?.bytes == chain.bytes else { return false }
            if isForked { return true }
            let here = try ids(of: chain, at: sequence)
            return here.count != 1 || !here[0].bytes.starts(with: idPrefix)
        }
        guard goesOnElsewhere else { return false }
        try leave(chain)
        return true
    }

    /// Leaves the chain this replica signs on where the anchor says that the replica was restored or
    /// copied, so that the next signature opens a new one; to be done before anything leaves this
    /// machine.
    public func secureOwnChain(as signer: Signer) throws(ReplicaError) {
        if try readLog({ try mayGoOn(as: signer) }) { return }
        // Looked at again where nobody else writes: who signs moves the anchor before the commit.
        try write {
            guard try !mayGoOn(as: signer) else { return }
            try database.removeMeta(.chain)
        }
    }

    /// Whether there is no chain that could be the wrong one to go on with.
    private func mayGoOn(as signer: Signer) throws -> Bool {
        guard try database.meta(.chain) != nil else { return true }
        let head = try ownChainHead(
            of: DeviceKey(signer.key.publicKey),
            anchor: signer.anchors.load(),
            machine: signer.machine
        )
        return head != nil
    }

    /// Signs no more on `chain`.
    private func leave(_ chain: ChainID) throws(ReplicaError) {
        try write {
            // Another process may have opened a new one meanwhile.
            guard try database.meta(.chain)?.bytes == chain.bytes else { return }
            try database.removeMeta(.chain)
        }
    }

    /// Keeps `anchor`; `failure` says what it means that it cannot be.
    func advance(
        _ anchors: any ChainAnchorStore,
        to anchor: ChainAnchor,
        _ failure: String
    ) throws(ReplicaError) {
        do { try anchors.advance(to: anchor) } catch {
            throw ReplicaError(
                .ioError,
                "\(failure) (\(error)). Make the state folder writable and try again.",
                cause: error
            )
        }
    }
}
