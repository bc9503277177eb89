import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// A library with its hub, and the key of this machine that the hub knows.
struct LibraryAtHub {
    let library: OpenLibrary
    let remote: Remote
    let key: PrivateKey

    init(_ library: OpenLibrary) throws {
        self.library = library
        remote = try library.remote()
        key = try library.key()
    }

    var replica: Replica { library.replica }
    var name: String { library.members.libraryName }
}

/// Libraries that share a connection: they have one hub, and one key is in all of them.
struct HubGroup {
    let address: HostPort
    let hub: DeviceKey
    let key: PrivateKey
    private(set) var libraries: [LibraryAtHub]

    private struct Together: Hashable {
        let address: String
        let hub: DeviceKey
        let device: [UInt8]
    }

    /// Groups libraries by their hubs, in the order of the first of each group.
    static func groups(of libraries: [LibraryAtHub]) throws -> [HubGroup] {
        var groups: [HubGroup] = []
        var open: [Together: Int] = [:]
        for library in libraries {
            let together = Together(
                address: library.remote.address,
                hub: library.remote.hub,
                device: library.key.publicKey.bytes
            )
            if let index = open[together],
                groups[index].libraries.count < ClientEngine.streamCountMax
            {
                groups[index].libraries.append(library)
                continue
            }
            open[together] = groups.count
            groups.append(
                HubGroup(
                    address: try library.remote.place(),
                    hub: library.remote.hub,
                    key: library.key,
                    libraries: [library]
                )
            )
        }
        return groups
    }
}

extension Client {
    /// All libraries of this machine that have a hub; `failed` hears of those that cannot be
    /// opened.
    func librariesAtHubs(failed: (String, any Error) -> Void) throws -> [LibraryAtHub] {
        var libraries: [LibraryAtHub] = []
        for path in try KnownLibraries(places).paths() {
            do {
                let library = try OpenLibrary(self, at: path)
                guard library.members.hub != nil else {
                    output.message("\(library.members.libraryName) has no hub: \(path)")
                    continue
                }
                libraries.append(try LibraryAtHub(library))
            } catch {
                failed(path, error)
            }
        }
        return libraries
    }
}
