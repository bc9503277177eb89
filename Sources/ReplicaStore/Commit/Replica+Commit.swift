import SQLite

extension Replica {
    /// Signs what a user did and takes it into the log; one change set.
    ///
    /// Checked before it is signed: what the user's role does not permit, or would have no effect,
    /// is an error and leaves nothing behind. Durable when this returns.
    @discardableResult
    public func commit(
        _ changes: [LocalChange],
        as signer: Signer,
        now: Int64
    ) throws(ReplicaError) -> CommitResult {
        let results = try commit(changeSets: [changes], as: signer, now: now)
        guard let result = results.first else {
            throw ReplicaError(.damaged, "A commit gave no result.")
        }
        return result
    }

    /// Signs several change sets, in their order, and takes all of them into the log, or none.
    public func commit(
        changeSets: [[LocalChange]],
        as signer: Signer,
        now: Int64
    ) throws(ReplicaError) -> [CommitResult] {
        // Most of it in batches, so that other writers get their turn.
        try derive()
        return try write {
            try deriveRest()
            var committer = try Committer(self, signer, now: now)
            let results = try changeSets.map { try committer.commit($0) }
            try committer.finish()
            // Before the disk has any of it. Whatever becomes of the commit, and of copies of the files
            // that somebody makes meanwhile, nothing signed has a number of which the anchor does not
            // know; where it knows more than the replica, the next signature opens a new chain.
            if let anchor = committer.anchor {
                try advance(
                    signer.anchors,
                    to: anchor,
                    "Nothing was stored: the anchor of this machine's chain cannot be written"
                )
            }
            return results
        }
    }
}
