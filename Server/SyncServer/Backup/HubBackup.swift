public import ArticleModel
import Backup
import Diagnostics
import Files
import ReplicaStore
import Signing

/// What a backup of a hub holds.
public struct HubBackup: Sendable {
    /// A library in it.
    public struct Library: Hashable, Sendable {
        /// Its id.
        public let id: LibraryID
        /// Its name.
        public let name: String
        /// Entries of its log.
        public let entryCount: UInt64
        /// How far its log goes.
        public let position: UInt64
    }

    /// When it was made: milliseconds since 1970.
    public let timeMilliseconds: Int64
    /// The libraries.
    public let libraries: [Library]
    /// Whether the hub's private key is in it.
    public let hasKey: Bool
    /// Claim codes that nobody had used.
    public let claimCount: Int
    /// What should not be, as `verify` found; empty for a sound backup.
    public internal(set) var problems: [String] = []

    init(_ files: [BackedUpFile], timeMilliseconds: Int64) {
        self.timeMilliseconds = timeMilliseconds
        libraries = files.compactMap(\.facts).map { facts in
            Library(
                id: facts.library,
                name: facts.name,
                entryCount: facts.entryCount,
                position: facts.hubHead.position
            )
        }
        hasKey = files.contains { $0.kind == .hubKey }
        claimCount = files.count { $0.kind == .claim }
    }
}

extension HubFolder {
    /// Copies the whole hub into one file at `path`, while it serves or not.
    ///
    /// Each library is copied as it is at one moment of its own, which syncing bears. The key is
    /// left out where it is kept elsewhere; a hub without its key can vouch for nobody any more.
    public func backUp(
        to path: String,
        replacing: Bool,
        withKey: Bool,
        now: Int64
    ) throws(ServerError) -> HubBackup {
        let key = try key()
        return try withBackup {
            var files: [BackedUpFile] = []
            var writer = try BackupWriter(
                path: path,
                manifest: BackupManifest(
                    kind: .hub,
                    timeMilliseconds: now,
                    program: ProductVersion.text
                ),
                replacing: replacing
            )
            if withKey { files.append(try writer.add(key.pem(), kind: .hubKey, name: "hub.key")) }
            let settings = try FileSystem.read(settingsPath, limit: 64 * 1024)
            files.append(try writer.add(settings, kind: .hubSettings, name: "hub.conf"))
            // Codes before libraries: one used in between is in both, and worth nothing then.
            for name in try FileSystem.names(in: claims) {
                files.append(try writer.add([], kind: .claim, name: name))
            }
            for library in try libraryIDs() {
                let replica = try Replica(opening: replicaPath(of: library))
                files.append(try writer.add(replica, name: "\(library).sqlite3"))
            }
            try writer.finish()
            return HubBackup(files, timeMilliseconds: now)
        }
    }

    /// Checks the backup of a hub at `path` to the last byte, then each library in it; copies go
    /// into the folder `scratch`, one at a time, and are taken away again.
    public static func verifyBackup(
        _ path: String,
        scratch: String
    ) throws(ServerError) -> HubBackup {
        // A folder that nobody can have put anything into before.
        let folder = "\(scratch)/galleyd-verify-\(SecureRandom.bytes(16).hexadecimal)"
        let copy = "\(folder)/library.sqlite3"
        defer {
            Replica.removeFiles(at: copy)
            try? FileSystem.removeFolder(folder)
        }
        return try withBackup {
            try FileSystem.makeFolder(folder)
            var problems: [String] = []
            var last: BackedUpFile?
            // A file is whole when the next one begins.
            func check() throws {
                guard let file = last else { return }
                last = nil
                defer { Replica.removeFiles(at: copy) }
                do throws(ReplicaError) {
                    let replica = try Replica(opening: copy)
                    let found = try replica.verify().problems.map(\.message)
                    problems += found.map { "\(file.name): \($0)" }
                    if try replica.facts() != file.facts {
                        problems.append("\(file.name): it is not the one the backup says it is")
                    }
                } catch {
                    problems.append("\(file.name): \(error.message)")
                }
            }
            var reader = try openBackup(path)
            let files = try reader.extract { file in
                try check()
                guard file.kind == .replica else { return nil }
                last = file
                return copy
            }
            try check()
            var backup = HubBackup(files, timeMilliseconds: reader.manifest.timeMilliseconds)
            backup.problems = problems
            return backup
        }
    }

    static func openBackup(_ path: String) throws -> BackupReader {
        let reader = try BackupReader(path)
        guard reader.manifest.kind == .hub else {
            throw BackupError(
                .wrongKind,
                "\(path) is the backup of a library, not of a hub. 'galley backup' reads it."
            )
        }
        return reader
    }

    /// Does `body` with the failures of this module.
    static func withBackup<Result>(_ body: () throws -> Result) throws(ServerError) -> Result {
        do { return try body() } catch { throw ServerError(ofBackup: error) }
    }

    private func withBackup<Result>(_ body: () throws -> Result) throws(ServerError) -> Result {
        try Self.withBackup(body)
    }
}

extension ServerError {
    init(ofBackup error: any Error) {
        switch error {
        case let error as ServerError: self = error
        case let error as FileError: self.init(error)
        case let error as BackupError:
            switch error.code {
            case .damaged, .notABackup: self.init(.damaged, error.message)
            case .newerVersion: self.init(.running, error.message)
            case .wrongKind: self.init(.storage, error.message)
            }
        case let error as ReplicaError:
            switch error.code {
            case .damaged, .notAReplica: self.init(.damaged, error.message)
            case .busy, .newerVersion: self.init(.running, error.message)
            case .noPermission, .readOnly: self.init(.notPermitted, error.message)
            default: self.init(.storage, error.message)
            }
        default: self.init(.storage, "\(error)")
        }
    }
}
