import Compression
import Files
public import ReplicaStore
import Signing

/// Writes a backup, file after file, in bounded memory.
///
/// It appears at its place when it is whole and durable; readable by its owner alone, as articles
/// are as private as keys.
public struct BackupWriter: ~Copyable {
    private var draft: FileDraft
    private let path: String
    private var check: [UInt8]
    private var compressor = Compressor()
    /// The bytes written so far.
    public private(set) var byteCount = 0

    /// Begins a backup for `path`; an error where something is there, unless `replacing`.
    public init(path: String, manifest: BackupManifest, replacing: Bool) throws {
        // What can fail comes before anything of `self` is there.
        let draft = try FileDraft(for: path, mode: 0o600, replacing: replacing)
        var check = SHA256.hash(BackupFormat.magic)
        let start =
            BackupFormat.magic + BackupFormat.record(.manifest, manifest.encoded(), &check)
        try draft.write(start)
        self.draft = draft
        self.path = path
        self.check = check
        byteCount = start.count
    }

    /// Adds a copy of `replica` as it is at one moment; other processes may go on with it.
    ///
    /// A copy that is damaged is refused: it would take the place of a good one.
    @discardableResult
    public mutating func add(_ replica: Replica, name: String) throws -> BackedUpFile {
        let copy = path + ".copy-\(Surroundings.processID)"
        defer { Replica.removeFiles(at: copy) }
        Replica.removeFiles(at: copy)
        // SQLite would let others read it.
        try FileSystem.create([], at: copy)
        let facts = try replica.copy(to: copy)
        do {
            let problems = try Replica(opening: copy).integrityProblems()
            guard problems.isEmpty else {
                throw ReplicaError(
                    .damaged,
                    "\(replica.path) is damaged, so no backup was made: \(problems[0]). Run "
                        + "`galley doctor`, or restore an earlier backup."
                )
            }
        }
        return try add(fileAt: copy, kind: .replica, name: name, facts: facts)
    }

    /// Adds a small file.
    @discardableResult
    public mutating func add(
        _ bytes: [UInt8],
        kind: BackedUpFile.Kind,
        name: String
    ) throws -> BackedUpFile {
        let file = BackedUpFile(
            kind: kind,
            name: name,
            size: UInt64(bytes.count),
            hash: SHA256.hash(bytes)
        )
        try write(.file, file.encoded())
        var rest = bytes[...]
        while !rest.isEmpty {
            try writeContent(Array(rest.prefix(BackupFormat.pieceSizeMax)))
            rest = rest.dropFirst(BackupFormat.pieceSizeMax)
        }
        return file
    }

    /// Ends the backup and gives it its name.
    public mutating func finish() throws {
        try write(.end, [])
        try draft.keep()
    }

    private mutating func add(
        fileAt source: String,
        kind: BackedUpFile.Kind,
        name: String,
        facts: ReplicaFacts?
    ) throws -> BackedUpFile {
        let reader = try FileReader(source)
        var hash = SHA256()
        var size = 0
        while true {
            let piece = try reader.read(BackupFormat.pieceSizeMax)
            if piece.isEmpty { break }
            hash.update(piece)
            size += piece.count
        }
        let file = BackedUpFile(
            kind: kind,
            name: name,
            size: UInt64(size),
            hash: hash.finalize(),
            facts: facts
        )
        try write(.file, file.encoded())
        try reader.rewind()
        while true {
            let piece = try reader.read(BackupFormat.pieceSizeMax)
            if piece.isEmpty { break }
            try writeContent(piece)
        }
        return file
    }

    private mutating func writeContent(_ piece: [UInt8]) throws {
        let compressed = compressor.compress(piece)
        try write(.content, BackupFormat.bytes(of: piece.count) + compressed)
    }

    private mutating func write(_ kind: BackupFormat.Kind, _ payload: [UInt8]) throws {
        let record = BackupFormat.record(kind, payload, &check)
        try draft.write(record)
        byteCount += record.count
    }
}

extension Replica {
    /// Takes a copy of a replica away, with what SQLite may have put beside it.
    public static func removeFiles(at path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // One that is not there, or stays, harms nobody.
            _ = try? FileSystem.remove(path + suffix)
        }
    }
}
