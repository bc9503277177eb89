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

    /// Moves the anchor up to the last entry signed, as a crash may have come between; to be done
    /// before anything leaves this machine.
    ///
    /// Where the anchor says that this replica was restored or copied, its chain is left instead,
    /// so that the next signature opens a new one.
    public func secureOwnChain(as signer: Signer) throws(ReplicaError) {
        let (chain, anchored, head) = try readLog {
            let anchored = try signer.anchors.load()
            let device = try DeviceKey(signer.key.publicKey)
            return (
                ChainID(try database.meta(.chain)?.bytes ?? []), anchored,
                try ownChainHead(of: device, anchor: anchored, machine: signer.machine)
            )
        }
        guard let chain else { return }
        guard let head, let anchored else { return try leave(chain) }
        guard anchored.sequence < head.sequence else { return }
        try advance(
            signer.anchors,
            to: ChainAnchor(
                chain: chain,
                sequence: head.sequence,
                id: head.id,
                machine: signer.machine
            ),
            "The anchor of this machine's chain is behind what was signed and cannot be written"
        )
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
