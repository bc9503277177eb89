import ArticleModel
import Files
import Membership
import Signing

/// The device keys of this machine: one file each, readable by its owner alone, named after the
/// public key so that the right one is found without opening any.
struct KeyFolder {
    private let path: String

    /// The keys in a folder.
    init(_ path: String) { self.path = path }

    /// Makes a key and keeps it, under a passphrase if one is given.
    func makeKey(passphrase: String?) throws -> PrivateKey {
        try FileSystem.makeFolder(path)
        let key = PrivateKey.generate()
        try FileSystem.create(
            key.pem(passphrase: passphrase),
            at: file(of: DeviceKey(key.publicKey))
        )
        return key
    }

    /// The device of a library whose key is here.
    func device(of log: MembershipLog) -> DeviceKey? {
        log.devices.map(\.key).first { FileSystem.exists(file(of: $0)) }
    }

    /// The key of a device as it is kept, under its passphrase where it has one.
    func pem(of device: DeviceKey) throws -> [UInt8] {
        try FileSystem.read(file(of: device), limit: PrivateKey.pemByteCountMax)
    }

    /// Keeps a key that was kept elsewhere; false where this device's is here already.
    func keep(_ pem: [UInt8], of device: DeviceKey) throws -> Bool {
        guard !FileSystem.exists(file(of: device)) else { return false }
        try FileSystem.makeFolder(path)
        try FileSystem.create(pem, at: file(of: device))
        return true
    }

    /// The key of a device; `passphrase` is asked for only where the file has one.
    func key(of device: DeviceKey, passphrase: () throws -> String?) throws -> PrivateKey {
        let path = file(of: device)
        if let rights = FileSystem.permissions(of: path), rights & 0o077 != 0 {
            throw ClientError(
                .notAllowed,
                "key.open",
                "The device key \(path) can be read by others. Take their rights away: "
                    + "chmod 600 \(path)"
            )
        }
        let pem = try FileSystem.read(path, limit: PrivateKey.pemByteCountMax)
        let key = try Self.unlock(pem, passphrase: passphrase)
        guard try DeviceKey(key.publicKey) == device else {
            throw ClientError(
                .integrity,
                "key.other",
                "\(path) holds another key than its name says. Put the right file back."
            )
        }
        return key
    }

    private static func unlock(
        _ pem: [UInt8],
        passphrase: () throws -> String?
    ) throws -> PrivateKey {
        do {
            return try PrivateKey(pem: pem)
        } catch {
            guard error.code == .passphraseRequired else { throw error }
        }
        guard let secret = try passphrase() else {
            throw ClientError(
                .notAllowed,
                "key.passphrase",
                "The device key has a passphrase, and there is no terminal to ask for it. "
                    + "Give --passphrase-file FILE."
            )
        }
        return try PrivateKey(pem: pem, passphrase: secret)
    }

    /// Takes a key away that came to no use.
    func remove(_ key: PrivateKey) throws {
        try FileSystem.remove(file(of: DeviceKey(key.publicKey)))
    }

    private func file(of device: DeviceKey) -> String { "\(path)/\(device.handle).pem" }
}
