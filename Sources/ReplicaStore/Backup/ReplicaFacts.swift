public import ArticleModel
import Membership
import SQLite

/// What a copy of a replica holds, to be told without opening it.
public struct ReplicaFacts: Hashable, Sendable {
    /// The library it is a copy of.
    public let library: LibraryID
    /// The library's name.
    public let name: String
    /// Entries of the log.
    public let entryCount: UInt64
    /// Membership records.
    public let recordCount: UInt64
    /// How far the hub's log goes, as known there.
    public let hubHead: LogHead
    /// The version of the tables.
    public let schemaVersion: UInt64

    /// Describes a replica.
    public init(
        library: LibraryID,
        name: String,
        entryCount: UInt64,
        recordCount: UInt64,
        hubHead: LogHead,
        schemaVersion: UInt64
    ) {
        self.library = library
        self.name = name
        self.entryCount = entryCount
        self.recordCount = recordCount
        self.hubHead = hubHead
        self.schemaVersion = schemaVersion
    }
}

extension Replica {
    /// What the replica holds now.
    public func facts() throws(ReplicaError) -> ReplicaFacts {
        try readLog { try currentFacts() }
    }

    func currentFacts() throws -> ReplicaFacts {
        ReplicaFacts(
            library: library,
            name: try membershipLog().libraryName,
            entryCount: UInt64(clamping: try database.integer("SELECT count(*) FROM entry") ?? 0),
            recordCount: UInt64(clamping: try database.integer("SELECT count(*) FROM member") ?? 0),
            hubHead: try storedHead(),
            schemaVersion: UInt64(clamping: try database.integer("PRAGMA user_version") ?? 0)
        )
    }
}

extension Replica {
    /// The version of the tables that this galley writes.
    public static var schemaVersion: Int64 { Schema.version }
}
