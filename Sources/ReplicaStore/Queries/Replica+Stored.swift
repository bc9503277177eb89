public import ArticleModel
import SQLite

extension Replica {
    /// How many entries of a device's chains are in the log, and the bytes of their headers and
    /// bodies before compression; looks at each of them.
    public func storedAmount(
        of device: DeviceKey
    ) throws(ReplicaError) -> (entryCount: Int, byteCount: Int64) {
        try readLog {
            let row = try database.statement(
                """
                SELECT count(*), sum(length(entry.header) + entry.size) FROM chain
                JOIN entry ON entry.chain = chain.id WHERE chain.device = ?
                """,
                .bytes(device.bytes)
            )
            guard try row.step() else { return (0, 0) }
            return (Int(row.integer(0)), row.integer(1))
        }
    }
}
