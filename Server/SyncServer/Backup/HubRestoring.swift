public import ArticleModel
import Backup
import Diagnostics
import Files
import Membership
import ReplicaStore
import Signing

/// What was done to restore a hub.
public struct RestoredHub: Sendable {
    /// What is there now.
    public let backup: HubBackup
    /// The hub's public key.
    public let hubKey: DeviceKey
    /// The folder that holds what was there before, if anything was.
    public let replaced: String?
}

extension HubFolder {
    /// Makes the folder a hub as it was when the backup at `path` was made.
    ///
    /// Where a hub is there already, it is moved aside within the folder if `replacing`, and this is
    /// an error otherwise. `key`, the PEM of the hub's key, is for a backup without it.
    /// Unless `givingReceipts`, nobody new is vouched for until an owner's device has come.
    public func restore(
        from backupPath: String,
        replacing: Bool,
        key given: [UInt8]?,
        givingReceipts: Bool = false,
        now: Int64
    ) throws(ServerError) -> RestoredHub {
        try withFiles { () throws(FileError) in try FileSystem.makeFolder(path) }
        // Held to the end: nobody begins to serve from half a hub.
        guard let lock = try withFiles({ () throws(FileError) in try FileLock.ifFree(lockPath) })
        else {
            throw ServerError(
                .running,
                "A hub runs in \(path). Nothing was changed. Stop it first."
            )
        }
        defer { extendLifetime(lock) }
        guard replacing || !hasHub else {
            throw ServerError(
                .exists,
                "There is a hub in \(path) already. Nothing was changed. --replace puts the backup "
                    + "in its place and keeps what is there; --data DIR restores elsewhere."
            )
        }
        let draft = "\(path)/.restoring-\(Surroundings.processID)"
        return try Self.withBackup {
            defer { Self.remove(draft) }
            let (backup, key) = try HubFolder(draft).fill(
                from: backupPath,
                key: given,
                givingReceipts: givingReceipts
            )
            let replaced = try moveAside(now: now)
            try takeOver(HubFolder(draft))
            return RestoredHub(backup: backup, hubKey: key, replaced: replaced)
        }
    }

    /// Whether anything of a hub is here.
    private var hasHub: Bool {
        if FileSystem.exists(keyPath) || FileSystem.exists(settingsPath) { return true }
        return FileSystem.isFolder(libraries) && (try? libraryIDs())?.isEmpty != true
    }

    /// Fills an empty folder from a backup, everything checked.
    private func fill(
        from backupPath: String,
        key given: [UInt8]?,
        givingReceipts: Bool
    ) throws -> (HubBackup, DeviceKey) {
        Self.remove(path)
        for folder in [path, claims, libraries] { try FileSystem.makeFolder(folder) }
        var reader = try Self.openBackup(backupPath)
        let files = try reader.extract { file in
            switch file.kind {
            case .hubKey: keyPath
            case .hubSettings: settingsPath
            case .claim: "\(claims)/\(file.name)"
            case .replica: file.facts.map { replicaPath(of: $0.library) }
            case .deviceKey: nil
            }
        }
        if !FileSystem.exists(keyPath) {
            guard let given else {
                throw ServerError(
                    .missing,
                    "The hub's key is not in \(backupPath), and without it no client knows the hub. "
                        + "Give it by --key FILE. Nothing was changed."
                )
            }
            try FileSystem.create(given, at: keyPath)
        }
        let key = try DeviceKey(key().publicKey)
        for library in try libraryIDs() { try check(library, key, givingReceipts) }
        return (HubBackup(files, timeMilliseconds: reader.manifest.timeMilliseconds), key)
    }

    private func check(_ library: LibraryID, _ key: DeviceKey, _ givingReceipts: Bool) throws {
        let replica = try Replica(opening: replicaPath(of: library))
        if let problem = try replica.integrityProblems().first {
            throw ServerError(
                .damaged,
                "Library \(library.handle.prefix(8)) in the backup is damaged: \(problem). Nothing "
                    + "was changed. Take another backup."
            )
        }
        let members = try replica.membership()
        guard members.hub?.keys.contains(key) == true else {
            throw ServerError(
                .damaged,
                "Library \(members.libraryName) was kept by a hub with another key than this one's. "
                    + "Nothing was changed. Give the right key by --key FILE."
            )
        }
        try replica.setWithholdsReceipts(!givingReceipts)
    }

    /// Moves what is here into a folder of its own; its path, or nil where nothing was here.
    private func moveAside(now: Int64) throws -> String? {
        let names = ["hub.key", "hub.conf", "claims", "libraries", "running"]
            .filter { FileSystem.exists("\(path)/\($0)") }
        guard !names.isEmpty else { return nil }
        let stamp = RFC3339.text(ofMilliseconds: now).prefix(19).filter { $0 != "-" && $0 != ":" }
        let base = "\(path)/replaced-\(stamp)Z"
        var folder = base
        var number = 2
        while FileSystem.exists(folder) {
            folder = "\(base)-\(number)"
            number += 1
        }
        try FileSystem.makeFolder(folder)
        // The key first: without it no half of a hub can be served.
        for name in names { try FileSystem.rename("\(path)/\(name)", to: "\(folder)/\(name)") }
        return folder
    }

    private func takeOver(_ draft: HubFolder) throws {
        // The key last: a folder with a key is a whole hub.
        for name in ["libraries", "claims", "hub.conf", "hub.key"] {
            try FileSystem.rename("\(draft.path)/\(name)", to: "\(path)/\(name)")
        }
    }

    /// Takes a folder of this making away, as far as that is possible.
    private static func remove(_ folder: String) {
        for sub in ["claims", "libraries"] {
            let path = "\(folder)/\(sub)"
            for name in (try? FileSystem.names(in: path)) ?? [] {
                _ = try? FileSystem.remove("\(path)/\(name)")
            }
            try? FileSystem.removeFolder(path)
        }
        for name in ["hub.key", "hub.conf"] { _ = try? FileSystem.remove("\(folder)/\(name)") }
        try? FileSystem.removeFolder(folder)
    }
}
