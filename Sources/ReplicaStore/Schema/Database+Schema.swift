import ArticleModel
import SQLite

extension Database {
    /// Sets what a connection to a replica needs.
    func setUp() throws(DatabaseError) {
        try execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -32000;
            PRAGMA temp_store = MEMORY;
            PRAGMA wal_autocheckpoint = 24000;
            """
        )
    }

    /// Makes the tables in an empty file.
    ///
    /// The file becomes a replica in one step, so one that was being made when the power failed is
    /// still empty and can be made again.
    func createSchema(library: LibraryID) throws {
        guard try integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            if try isReplica() {
                throw ReplicaError(.exists, "There is a library at \(path) already.")
            }
            throw notAReplica()
        }
        try execute("PRAGMA journal_mode = WAL")
        try begin(.immediate)
        do {
            try execute(Schema.log)
            try execute(Schema.derived)
            try execute(Schema.search)
            try setMeta(.library, .bytes(library.bytes))
            try execute("PRAGMA application_id = \(Schema.applicationID)")
            try execute("PRAGMA user_version = \(Schema.version)")
            try commit()
        } catch {
            rollBack()
            throw error
        }
    }

    /// Whether the file is a replica of an earlier version that this one can bring up to its own.
    func isOldVersion() throws -> Bool {
        guard try isReplica() else { throw notAReplica() }
        let version = try integer("PRAGMA user_version") ?? 0
        return version >= 1 && version < Schema.version
    }

    /// Refuses files that are no replica, or one this version cannot handle.
    func checkVersion() throws {
        guard try isReplica() else { throw notAReplica() }
        let version = try integer("PRAGMA user_version") ?? 0
        guard version <= Schema.version else {
            throw ReplicaError(
                .newerVersion,
                "\(path) was written by a newer galley (schema \(version), this one knows "
                    + "\(Schema.version)). Install the newer version on this machine."
            )
        }
        guard version == Schema.version else {
            throw ReplicaError(
                .damaged,
                "\(path) has schema \(version), which no version of galley has written."
            )
        }
    }

    private func isReplica() throws(DatabaseError) -> Bool {
        try integer("PRAGMA application_id") == Schema.applicationID
    }

    private func notAReplica() -> ReplicaError {
        ReplicaError(
            .notAReplica,
            "\(path) is a database, but no galley library. Check the path."
        )
    }
}

/// The keys of the table `meta`.
enum MetaKey: String {
    /// The library's id.
    case library
    /// The chain this replica signs on.
    case chain
    /// The key of the device that owns it.
    case device
    /// Whether it is a hub's, was restored, and no owner has come since.
    case restored
    /// The last entry in order of arrival of those from which all is derived.
    case derived
    /// The forms of bodies by which its rows were derived; see `BodyCodecs.signature`.
    case codecs
    /// The row up to which every entry's own signature was looked at.
    case signatures
}

extension Database {
    /// The value kept under `key`.
    func meta(_ key: MetaKey) throws(DatabaseError) -> MetaValue? {
        let row = try statement("SELECT value FROM meta WHERE key = ?", .text(key.rawValue))
        guard try row.step() else { return nil }
        return MetaValue(integer: row.integer(0), bytes: row.bytes(0))
    }

    /// Keeps `value` under `key` in place of what was there.
    func setMeta(_ key: MetaKey, _ value: Value) throws(DatabaseError) {
        try run(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            .text(key.rawValue),
            value
        )
    }

    /// Forgets what was kept under `key`.
    func removeMeta(_ key: MetaKey) throws(DatabaseError) {
        try run("DELETE FROM meta WHERE key = ?", .text(key.rawValue))
    }
}

/// A value of the table `meta`, as the caller knows it.
struct MetaValue {
    /// The value, where it is an integer.
    let integer: Int64
    /// The value, where it is bytes.
    let bytes: [UInt8]
}
