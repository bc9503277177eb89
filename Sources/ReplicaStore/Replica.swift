import ArticleMerge
public import ArticleModel
import Compression
import Dispatch
import Membership
import SQLite
import Signing

/// One complete copy of a library: an SQLite file.
///
/// Synchronous, for one thread at a time; reads no clock and no random source. Several processes
/// may hold one file: each write begins by taking the lock and forgetting what another connection
/// may have changed.
public final class Replica {
    let database: Database
    /// What each entry that comes needs; made when the first comes.
    var logStatements: LogStatements?
    /// The library it is a copy of.
    public let library: LibraryID
    /// Where the file lies.
    public let path: String
    /// What was read from the file and may be kept until another connection writes.
    var kept = KeptValues()
    /// Compresses bodies for the disk; fast rather than small, as many come at once.
    var compressor = Compressor(level: 1)
    /// Gives bodies back; kept, as making one costs more than a short text.
    var decompressor = Decompressor()
    /// Where work is done ahead, on another core.
    private(set) lazy var queue = DispatchQueue(label: "galley.replica")
    /// Whether a transaction that writes is open.
    private var isWriting = false
    /// Whether a transaction is open that reads the log alone.
    private var isReadingLog = false
    /// The entries from which is derived in one transaction, at most.
    package var deriveCountMax = 8_192
    /// How much may wait for what is missing.
    package var parkingLimits = ParkingLimits()
    /// How many changes were read from the log to merge by, since the file was opened.
    package var readChangeCount = 0
    /// The forms of bodies it can read, and the one it writes.
    let codecs: BodyCodecs

    /// Makes an empty replica of `library` at `path`, where there must be none.
    ///
    /// Its first membership record has to be the library's genesis.
    public convenience init(creating path: String, library: LibraryID) throws(ReplicaError) {
        try self.init(creating: path, library: library, fileSystem: nil, codecs: .standard)
    }

    /// Makes an empty replica in the file system that SQLite knows by the name `fileSystem`, or the
    /// machine's, that can read bodies of the forms given.
    package convenience init(
        creating path: String,
        library: LibraryID,
        fileSystem: String? = nil,
        codecs: BodyCodecs = .standard
    ) throws(ReplicaError) {
        do {
            let database = try Database(path: path, mode: .create, fileSystem: fileSystem)
            try database.setUp()
            try database.createSchema(library: library)
            try database.setMeta(.codecs, .text(codecs.signature))
            self.init(database, library: library, codecs: codecs)
        } catch {
            throw ReplicaError(wrapping: error)
        }
    }

    /// Opens the replica at `path`.
    public convenience init(opening path: String) throws(ReplicaError) {
        try self.init(opening: path, fileSystem: nil, codecs: .standard)
    }

    /// Opens the replica at `path` in the file system that SQLite knows by the name `fileSystem`, or
    /// the machine's, and reads anew what the forms of bodies given make readable.
    package convenience init(
        opening path: String,
        fileSystem: String? = nil,
        codecs: BodyCodecs = .standard
    ) throws(ReplicaError) {
        do {
            let database = try Database(path: path, mode: .readWrite, fileSystem: fileSystem)
            try database.setUp()
            let isOld = try database.isOldVersion()
            if !isOld { try database.checkVersion() }
            guard let library = LibraryID(try database.meta(.library)?.bytes ?? []) else {
                throw ReplicaError(.damaged, "\(path) does not say which library it is a copy of.")
            }
            self.init(database, library: library, codecs: codecs)
            if isOld { try migrate() }
            try readAnew()
        } catch {
            throw ReplicaError(opening: path, error)
        }
    }

    private init(
        _ database: consuming Database,
        library: LibraryID,
        codecs: BodyCodecs
    ) {
        path = database.path
        self.codecs = codecs
        self.database = database
        self.library = library
    }
}

/// What a replica keeps in memory of what its file says.
struct KeptValues {
    /// The membership log, checked from genesis.
    var membership: MembershipLog?
    /// The devices of chains.
    var devices: [ChainID: DeviceKey] = [:]
    /// OpenSSL's form of keys, which costs more to make than a signature to check.
    var keys: [DeviceKey: PublicKey] = [:]
    /// Which signatures were checked after their entries came.
    var signatures: CheckedSignatures?
    /// Entries written lately: the next ones name them.
    private(set) var lastPlaces: [ChangeSetID: EntryPlace] = [:]
    /// The merges of articles that people edit at the same time.
    var walks = WarmWalks(byteCountMax: walkSizeMax)
    /// The memory that warm merges may take.
    private static let walkSizeMax = 64 * 1_024 * 1_024
    /// Whether all that follows from the log is derived.
    var isDerived = false
    /// What `PRAGMA data_version` said when the values were kept.
    var dataVersion: Int64?

    /// The last entries of chains that have not forked.
    private(set) var tips: [ChainID: ChangeSetID] = [:]

    /// Keeps the place of an entry just written.
    mutating func keep(_ place: EntryPlace) {
        if lastPlaces.count >= 8_192 { lastPlaces.removeAll(keepingCapacity: true) }
        lastPlaces[place.id] = place
    }

    /// Keeps the last entry of a chain; nil where that has to be looked for.
    mutating func keepTip(_ tip: ChangeSetID?, of chain: ChainID) {
        if tips.count >= 8_192 { tips = [:] }
        tips[chain] = tip
    }
}

// MARK: - Transactions

extension Replica {
    // How far a transaction can see is its kind: `read` sees articles and all else that is derived,
    // up to the last entry of the log; `readLog` sees the log, the members and the hub's order alone,
    // and waits for nothing.

    /// Does `body`, whatever it throws, with the failures of this module.
    func perform<Result: ~Copyable>(
        _ body: () throws -> Result
    ) throws(ReplicaError) -> Result {
        do { return try body() } catch { throw ReplicaError(wrapping: error) }
    }

    /// Does `body` with the lock for writing held: all of it is kept and durable, or nothing.
    func write<Result: ~Copyable>(_ body: () throws -> Result) throws(ReplicaError) -> Result {
        do {
            try database.begin(.immediate)
            do {
                try refresh()
                isWriting = true
                defer { isWriting = false }
                let result = try body()
                try database.commit()
                return result
            } catch {
                database.rollBack()
                kept = KeptValues()
                throw error
            }
        } catch {
            throw ReplicaError(wrapping: error)
        }
    }

    /// Does `body`, which only reads, on the file as of one moment, with all derived that follows
    /// from the log.
    func read<Result: ~Copyable>(_ body: () throws -> Result) throws(ReplicaError) -> Result {
        guard database.isInTransaction else {
            try deriveIfPossible()
            return try readOnce(body)
        }
        guard !isReadingLog else {
            throw ReplicaError(
                .damaged,
                "What is derived was asked for where only the log is read. This is a fault of the "
                    + "program: please report it."
            )
        }
        return try perform {
            if isWriting { try deriveRest() }
            return try body()
        }
    }

    /// Does `body`, which reads nothing that is derived from bodies, on the file as of one moment.
    func readLog<Result: ~Copyable>(_ body: () throws -> Result) throws(ReplicaError) -> Result {
        if database.isInTransaction { return try perform(body) }
        isReadingLog = true
        defer { isReadingLog = false }
        return try readOnce(body)
    }

    private func readOnce<Result: ~Copyable>(
        _ body: () throws -> Result
    ) throws(ReplicaError) -> Result {
        do {
            try database.begin(.deferred)
            // Nothing was written, so nothing is lost.
            defer { database.rollBack() }
            try refresh()
            return try body()
        } catch {
            throw ReplicaError(wrapping: error)
        }
    }

    /// Forgets what was kept if another connection has written, and stops at a newer schema.
    func refresh() throws {
        let version = try database.integer("PRAGMA data_version")
        guard version != kept.dataVersion else { return }
        kept = KeptValues()
        try database.checkVersion()
        kept.dataVersion = version
    }
}

extension ReplicaError {
    /// The failure to open the file at `path`; which statement found out is of no use to anybody.
    fileprivate init(opening path: String, _ error: any Error) {
        switch (error as? DatabaseError)?.code {
        case .corrupt:
            self.init(
                .damaged,
                "\(path) is damaged and cannot be read: its contents do not hang together. Nothing "
                    + "was changed. Restore it from a backup, or join the library anew.",
                cause: error
            )
        case .notADatabase:
            self.init(
                .notAReplica,
                "\(path) is no galley library, or its beginning is damaged. Nothing was changed. "
                    + "Check the path.",
                cause: error
            )
        default: self.init(wrapping: error)
        }
    }

    /// The failure as one of this module; those of other modules become its cause.
    init(wrapping error: any Error) {
        switch error {
        case let error as ReplicaError: self = error
        case let error as DatabaseError: self.init(error)
        case let error as MembershipError: self.init(error)
        default: self.init(.damaged, "\(error)", cause: error)
        }
    }
}

extension Replica {
    /// Forgets the merges that are kept warm, as when memory runs out; nothing else changes.
    package func dropWarmMerges() { kept.walks.removeAll() }

    /// Lets the file grow no further than to `pageCount` pages, or than it is: as on a full disk.
    package func limitSize(toPages pageCount: Int) throws(ReplicaError) {
        try perform { _ = try database.integer("PRAGMA max_page_count = \(pageCount)") }
    }
}
