import CBOR
import Compression
import Files
import Signing

/// Reads a backup from its beginning to its end, in bounded memory, and checks every byte.
public struct BackupReader: ~Copyable {
    /// What the backup says of itself.
    public let manifest: BackupManifest
    private let file: FileReader
    private var check: [UInt8]
    /// Where in the file the next record begins.
    private var offset: Int
    private var decompressor = Decompressor()

    /// Opens the backup at `path` and reads its manifest.
    public init(_ path: String) throws {
        // What can fail comes before anything of `self` is there.
        let file = try FileReader(path)
        let magic = try file.read(BackupFormat.magic.count)
        guard magic == BackupFormat.magic else { throw Self.notABackup(magic, path) }
        var check = SHA256.hash(magic)
        let (kind, payload) = try Self.record(of: file, at: magic.count, check: &check)
        guard kind == .manifest else {
            throw Self.damaged(magic.count, "its manifest is missing", path)
        }
        let manifest: BackupManifest
        do { manifest = try BackupManifest(decoding: payload) } catch {
            throw Self.damaged(magic.count, "\(error)", path)
        }
        self.file = file
        self.manifest = manifest
        self.check = check
        offset = magic.count + BackupFormat.size(ofRecordWith: payload)
    }

    /// Reads all files, each to the path that `place` gives for it, or into nothing for nil.
    ///
    /// A file appears at its place when all its bytes are there and are the right ones; what was
    /// there is replaced.
    public mutating func extract(
        mode: UInt32 = 0o600,
        to place: (BackedUpFile) throws -> String?
    ) throws -> [BackedUpFile] {
        var files: [BackedUpFile] = []
        var (kind, payload) = try next()
        while kind == .file {
            let head: BackedUpFile
            do { head = try BackedUpFile(decoding: payload) } catch {
                throw damaged("\(error)")
            }
            guard !files.contains(where: { $0.kind == head.kind && $0.name == head.name }) else {
                throw damaged("\(head.name) is in it twice")
            }
            if let path = try place(head) {
                var draft = try FileDraft(for: path, mode: mode, replacing: true)
                (kind, payload) = try contents(of: head) { try draft.write($0) }
                try draft.keep()
            } else {
                (kind, payload) = try contents(of: head) { _ in }
            }
            files.append(head)
        }
        guard kind == .end, payload.isEmpty else { throw damaged("it does not end as it should") }
        guard try file.read(1).isEmpty else { throw damaged("something follows its end") }
        return files
    }

    /// Reads the contents of a file, checks them, and gives the record that follows.
    private mutating func contents(
        of head: BackedUpFile,
        _ take: ([UInt8]) throws -> Void
    ) throws -> (BackupFormat.Kind, [UInt8]) {
        var hash = SHA256()
        var size: UInt64 = 0
        var (kind, payload) = try next()
        while kind == .content {
            let piece = try piece(payload)
            size += UInt64(piece.count)
            guard size <= head.size else { throw damaged("\(head.name) is longer than it says") }
            hash.update(piece)
            try take(piece)
            (kind, payload) = try next()
        }
        guard size == head.size, hash.finalize() == head.hash else {
            throw damaged("\(head.name) is not the file that was backed up")
        }
        return (kind, payload)
    }

    private mutating func piece(_ payload: [UInt8]) throws -> [UInt8] {
        let size = BackupFormat.number(payload.prefix(BackupFormat.lengthSize))
        guard payload.count > BackupFormat.lengthSize, size > 0 else {
            throw damaged("an empty piece")
        }
        do {
            return try decompressor.decompress(
                payload.dropFirst(BackupFormat.lengthSize),
                expecting: size,
                limit: BackupFormat.pieceSizeMax
            )
        } catch {
            throw damaged(error.message)
        }
    }

    private mutating func next() throws -> (BackupFormat.Kind, [UInt8]) {
        let (kind, payload) = try Self.record(of: file, at: offset, check: &check)
        offset += BackupFormat.size(ofRecordWith: payload)
        return (kind, payload)
    }

    private static func record(
        of file: borrowing FileReader,
        at offset: Int,
        check: inout [UInt8]
    ) throws -> (BackupFormat.Kind, [UInt8]) {
        let length = try file.read(BackupFormat.lengthSize)
        let size = BackupFormat.number(length)
        guard length.count == BackupFormat.lengthSize else { throw endsEarly(offset, file.path) }
        guard size > 0, size <= BackupFormat.recordSizeMax else {
            throw damaged(offset, "a record of \(size) bytes", file.path)
        }
        let content = try file.read(size)
        let claimed = try file.read(BackupFormat.checkSize)
        guard content.count == size, claimed.count == BackupFormat.checkSize else {
            throw endsEarly(offset, file.path)
        }
        check = BackupFormat.check(length + content, after: check)
        guard claimed == check else {
            throw damaged(offset, "a checksum does not fit", file.path)
        }
        guard let kind = content.first.flatMap(BackupFormat.Kind.init) else {
            throw damaged(offset, "a record of an unknown kind", file.path)
        }
        return (kind, Array(content.dropFirst()))
    }
}

// MARK: - Failures

extension BackupReader {
    private func damaged(_ what: String) -> BackupError {
        Self.damaged(offset, what, file.path)
    }

    private static func damaged(_ offset: Int, _ what: String, _ path: String) -> BackupError {
        BackupError(
            .damaged,
            "The backup \(path) is damaged at byte \(offset): \(what). Nothing was changed. Take "
                + "another backup."
        )
    }

    private static func endsEarly(_ offset: Int, _ path: String) -> BackupError {
        damaged(offset, "it ends in the middle", path)
    }

    private static func notABackup(_ magic: [UInt8], _ path: String) -> BackupError {
        if magic.starts(with: BackupFormat.magicStart) {
            return BackupError(
                .newerVersion,
                "The backup \(path) was made by a newer galley. Install that version here."
            )
        }
        return BackupError(.notABackup, "\(path) is no backup that galley made. Check the path.")
    }
}

extension BackupFormat {
    static func size(ofRecordWith payload: [UInt8]) -> Int {
        lengthSize + 1 + payload.count + checkSize
    }
}
