import ArticleFormats
import ArticleModel
import Files
import Membership
import ReplicaStore
import Signing

/// The library a command works on.
struct OpenLibrary {
    let replica: Replica
    let members: MembershipLog
    let client: Client

    /// Opens the library at its place.
    init(_ client: Client) throws { try self.init(client, at: client.places.library) }

    /// Opens the library at `path`.
    init(_ client: Client, at path: String) throws {
        self.client = client
        (replica, members) = try Self.open(path)
    }

    private init(_ client: Client, _ replica: Replica, _ members: MembershipLog) {
        self.client = client
        self.replica = replica
        self.members = members
    }

    /// The same library with the members it has by now.
    func refreshed() throws -> OpenLibrary {
        OpenLibrary(client, replica, try replica.membership())
    }

    private static func open(_ path: String) throws -> (Replica, MembershipLog) {
        do throws(ReplicaError) {
            let replica = try Replica(opening: path)
            return (replica, try replica.membership())
        } catch {
            guard error.code == .missing else { throw error }
            throw ClientError(
                .notFound,
                "library.missing",
                "There is no library at \(path).",
                hint: "galley init makes a library, galley join takes part in one"
            )
        }
    }

    // MARK: Who works here

    /// This machine's device in the library; nil where its key is not here.
    var device: DeviceKey? { KeyFolder(client.places.keys).device(of: members) }

    /// This machine's user.
    var user: UserID? { device.flatMap { members.user(of: $0) } }

    /// The key to sign with.
    func key() throws -> PrivateKey {
        guard let device else {
            throw ClientError(
                .notAllowed,
                "key.missing",
                "No key of this library's devices is in \(client.places.keys): it can be read "
                    + "here, but not changed.",
                hint: "galley device add, on a machine that is in, invites this one"
            )
        }
        return try KeyFolder(client.places.keys).key(of: device) { try client.passphrase() }
    }

    /// Who signs, with all it needs.
    func signer() throws -> Signer {
        try client.signer(with: key(), in: replica.library)
    }

    /// Signs changes and takes them into the log.
    @discardableResult
    func commit(_ changes: [LocalChange]) throws -> CommitResult {
        try replica.commit(changes, as: signer(), now: client.now())
    }

    // MARK: Names

    /// The name of a user; letters of their id where the name is unknown.
    func name(of user: UserID) -> String {
        members.userName(user) ?? String(user.handle.prefix(8))
    }

    /// A device with its user, as in `ada/laptop`.
    func name(of device: DeviceKey) -> String {
        guard let member = members.device(device) else { return String(device.handle.prefix(8)) }
        return "\(name(of: member.user))/\(member.name)"
    }

    /// Names for exports.
    var names: ArticleNames { ArticleNames { name(of: $0) } }

    /// How many signed entries wait for the hub, in words.
    func pendingText() throws -> String {
        let count = try replica.pendingCount()
        return members.hub == nil ? "" : " \(count) pending."
    }
}

extension Client {
    /// Who signs with `key`, with all that takes on this machine.
    func signer(with key: PrivateKey, in library: LibraryID) throws -> Signer {
        Signer(
            key: key,
            machine: AnchorFile.machine(variables),
            anchors: AnchorFile(
                folder: places.anchors,
                library: library,
                device: try DeviceKey(key.publicKey)
            ),
            random: random
        )
    }

    /// The passphrase of the device key: from the file named, or asked for; nil where neither is.
    func passphrase(prompt: String = "Passphrase of this device's key: ") throws -> String? {
        guard let path = passphraseFile else { return try askSecret(prompt) }
        let bytes = try FileSystem.read(path, limit: 4096)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ClientError(.usage, "usage", "The passphrase in \(path) is no UTF-8 text.")
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
    }
}
