import ArticleModel
import Backup
import Files
import Membership
import ReplicaStore
import Signing

/// A library's backup, read into a folder.
struct LibraryBackup {
    let manifest: BackupManifest
    /// The replica in it.
    let facts: ReplicaFacts
    /// The device key in it, if it has one.
    let key: (device: DeviceKey, pem: [UInt8])?

    /// Reads the backup at `path`, all of it checked, and puts its replica at `target`.
    init(_ path: String, replicaTo target: String) throws {
        var reader = try BackupReader(path)
        manifest = reader.manifest
        guard manifest.kind == .library else {
            throw BackupError(
                .wrongKind,
                "\(path) is the backup of a hub, not of a library. 'galleyd backup' reads it."
            )
        }
        let keyPath = target + ".key"
        defer { _ = try? FileSystem.remove(keyPath) }
        let files = try reader.extract { file in
            switch file.kind {
            case .replica: target
            case .deviceKey: keyPath
            case .hubKey, .hubSettings, .claim: nil
            }
        }
        guard let facts = files.first(where: { $0.kind == .replica })?.facts else {
            throw BackupError(.damaged, "The backup \(path) holds no library.")
        }
        self.facts = facts
        key = try files.first { $0.kind == .deviceKey }.map { _ in
            let pem = try FileSystem.read(keyPath, limit: PrivateKey.pemByteCountMax)
            return (try Self.device(of: files, path), pem)
        }
    }

    /// The device whose key is in it, by the name of its file: the key may have a passphrase.
    private static func device(of files: [BackedUpFile], _ path: String) throws -> DeviceKey {
        let name = files.first { $0.kind == .deviceKey }?.name ?? ""
        guard name.hasSuffix(".pem"),
            let device = [UInt8](hexadecimal: name.dropLast(4)).flatMap({ DeviceKey($0) })
        else { throw BackupError(.damaged, "The backup \(path) has a key without its name.") }
        return device
    }

    /// Takes what was read away again.
    static func removeFiles(at target: String) {
        Replica.removeFiles(at: target)
        _ = try? FileSystem.remove(target + ".before-\(Replica.schemaVersion)")
    }
}
