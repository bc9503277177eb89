import SQLite

extension Replica {
    /// Whether the hub gives no receipts for new records as yet.
    ///
    /// A hub that was restored may have vouched for records that the backup lacks; to vouch for
    /// others in their place would prove it two-faced.
    public func withholdsReceipts() throws(ReplicaError) -> Bool {
        try readLog { try database.meta(.restored) != nil }
    }

    /// Has the hub give no receipts, or give them again.
    public func setWithholdsReceipts(_ isWithholding: Bool) throws(ReplicaError) {
        try write {
            if isWithholding {
                try database.setMeta(.restored, .integer(1))
            } else {
                try database.removeMeta(.restored)
            }
        }
    }
}
