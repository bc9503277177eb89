import ArticleModel
import Membership
import ReplicaStore
import Signing

/// The device key of this machine for a library that is made or joined.
///
/// Where the machine takes part in a library already, its key there is taken again: then one
/// connection to a hub carries them all.
struct MachineKey {
    let key: PrivateKey
    /// Whether it was made for this library.
    let isNew: Bool

    /// A key that no copy of `library` on this machine knows.
    init(_ client: Client, for library: LibraryID? = nil, isNew: Bool = false) throws {
        if !isNew, let known = try Self.known(client, library) {
            key = known
            self.isNew = false
        } else {
            key = try KeyFolder(client.places.keys).makeKey(passphrase: client.newPassphrase())
            self.isNew = true
        }
    }

    private static func known(_ client: Client, _ library: LibraryID?) throws -> PrivateKey? {
        // A library that cannot be opened is no reason not to make another one.
        let libraries = try KnownLibraries(client.places).paths().compactMap {
            try? OpenLibrary(client, at: $0)
        }
        // A key enters a library's log once: a copy that is here already has used its key up.
        let used = Set(
            libraries.filter { $0.replica.library == library }
                .flatMap { $0.members.devices.map(\.key) }
        )
        for known in libraries {
            guard let device = known.device, !used.contains(device) else { continue }
            let folder = KeyFolder(client.places.keys)
            // One with a passphrase is only taken where it can be opened without asking.
            guard let key = try? folder.key(of: device, passphrase: { nil }) else { continue }
            return key
        }
        return nil
    }

    /// A key that an earlier try chose for the library at `path`.
    init(_ client: Client, chosen key: PrivateKey, forLibraryAt path: String) throws {
        self.key = key
        let device = try DeviceKey(key.publicKey)
        isNew = try !KnownLibraries(client.places).paths().contains { other in
            other != path && (try? OpenLibrary(client, at: other))?.device == device
        }
    }

    /// Takes the key away where it was made in vain.
    func discard(_ client: Client) {
        guard isNew else { return }
        // Why it failed matters more than a file that cannot be taken away.
        _ = try? KeyFolder(client.places.keys).remove(key)
    }
}
