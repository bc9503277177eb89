import SQLite

/// What somebody was known to have at a time, under a name people can type.
public struct StoredMark: Hashable, Sendable {
    /// The 32 bytes that stand for it.
    public let hash: [UInt8]
    /// What it stands for, in the form of whoever kept it.
    public let content: [UInt8]
}

extension Replica {
    /// Keeps what `hash` stands for; the ones kept longest ago are forgotten.
    public func keepMark(_ hash: [UInt8], _ content: [UInt8]) throws(ReplicaError) {
        try write {
            let last = try database.integer(
                "SELECT max(CAST(substr(key, 6, 12) AS INTEGER)) FROM meta WHERE key GLOB 'mark/*'"
            )
            try database.run(
                "DELETE FROM meta WHERE key GLOB 'mark/*' AND substr(value, 1, 32) = ?",
                .bytes(hash)
            )
            let number = String((last ?? 0) + 1)
            let padded = String(repeating: "0", count: max(0, 12 - number.count)) + number
            try database.run(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                .text("mark/\(padded)"),
                .bytes(hash + content)
            )
            try database.run(
                """
                DELETE FROM meta WHERE key GLOB 'mark/*' AND key NOT IN
                    (SELECT key FROM meta WHERE key GLOB 'mark/*' ORDER BY key DESC LIMIT ?)
                """,
                .integer(Self.markCountMax)
            )
        }
    }

    /// The marks kept, the last one first.
    public func marks() throws(ReplicaError) -> [StoredMark] {
        try readLog {
            let rows = try database.statement(
                "SELECT value FROM meta WHERE key GLOB 'mark/*' ORDER BY key DESC"
            )
            var marks: [StoredMark] = []
            while try rows.step() {
                let value = rows.bytes(0)
                guard value.count > 32 else { throw damagedLog("a mark") }
                marks.append(
                    StoredMark(hash: Array(value.prefix(32)), content: Array(value.dropFirst(32)))
                )
            }
            return marks
        }
    }

    /// Marks kept at once.
    private static let markCountMax = 64
}
