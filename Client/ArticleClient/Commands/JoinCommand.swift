import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// `galley join`.
enum JoinCommand: Command {
    static let description = CommandDescription(
        "join",
        "take part in a library by an invitation",
        discussion: """
            Makes a key for this machine, joins the library at its hub, and fetches all of it. \
            If the network goes away on the way, the same command goes on from there.
            """,
        arguments: [
            ArgumentDescription("invitation", "the text you were given", count: .optional)
        ],
        options: [
            OptionDescription("invite", value: "FILE", "read the invitation from a file"),
            OptionDescription("user", value: "NAME", "your name (the one in the invitation)"),
            OptionDescription("device", value: "NAME", "this machine's name"),
            OptionDescription(flag: "new-key", "a key that no other library here knows"),
        ],
        examples: [
            CommandExample("galley join --invite ben.invite", "from a file"),
            CommandExample("galley join galley-invite:… --device tower", "from the text"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let invitation = try Invitation(text: invitationText(line))
        try invitation.checkExpiry(at: client.now())
        let names = try JoiningNames(line, invitation, client)
        let joining = try Joining(invitation, client, isNew: line.has("new-key"))
        let outcome = try joining.run(names)
        let library = try OpenLibrary(client)
        let device = try library.replica.membership().device(DeviceKey(joining.key.publicKey))
        let who = device.map { library.name(of: $0.key) } ?? names.device
        if client.output.isText {
            client.output.print("Joined library \(invitation.libraryName) as \(who).")
        }
        let remote = try library.remote()
        let after = try SyncCommand.report(outcome, of: library.replica, with: remote, client)
        if !client.output.isText {
            client.output.json(SyncCommand.json(outcome, after, remote))
        }
        client.output.hint("galley list shows what is there")
        return .done
    }

    private static func invitationText(_ line: ParsedCommand) throws -> String {
        switch (line.argument("invitation"), line.value("invite")) {
        case (let text?, nil): return text
        case (nil, let path?):
            let bytes = try FileSystem.read(path, limit: 64 * 1024)
            return String(decoding: bytes, as: UTF8.self)
        default: throw line.misuse("Give the invitation's text, or its file by --invite.")
        }
    }
}

/// The names a machine joins with.
private struct JoiningNames {
    let user: String
    let device: String

    init(_ line: ParsedCommand, _ invitation: Invitation, _ client: Client) throws {
        let names = try Names(line, client)
        let suggested = invitation.suggestedName
        switch invitation.grant {
        case .user:
            user = line.value("user") ?? suggested ?? names.user
            device = names.device
        case .device:
            user = ""
            device = line.value("device") ?? suggested ?? names.device
        }
    }
}

/// A replica that is being made by joining.
///
/// Until the hub has said yes, a file beside the library names the key, so that a second try takes
/// the same one: the first may have been accepted without our hearing of it.
private struct Joining {
    let client: Client
    let invitation: Invitation
    let replica: Replica
    let key: PrivateKey
    private let path: String
    private let isFirstTry: Bool
    private let machine: MachineKey

    private var marker: String { path + ".joining" }

    init(_ invitation: Invitation, _ client: Client, isNew: Bool) throws {
        self.client = client
        self.invitation = invitation
        path = client.places.library
        let marker = path + ".joining"
        let keys = KeyFolder(client.places.keys)
        isFirstTry = !FileSystem.exists(path)
        if isFirstTry {
            let machine = try MachineKey(
                client,
                for: invitation.library,
                isNew: isNew || client.passphraseFile != nil
            )
            self.machine = machine
            key = machine.key
            try FileSystem.makeFolder(FileSystem.folder(of: path))
            try FileSystem.write(
                Array(DeviceKey(key.publicKey).description.utf8),
                to: marker,
                mode: 0o600
            )
            replica = try Replica(creating: path, library: invitation.library)
        } else {
            replica = try Replica(opening: path)
            guard replica.library == invitation.library, FileSystem.exists(marker),
                let device = [UInt8](
                    hexadecimal: String(
                        decoding: try FileSystem.read(marker, limit: 256),
                        as: UTF8.self
                    )
                ).flatMap({ DeviceKey($0) })
            else {
                throw ClientError(
                    .failed,
                    "library.exists",
                    "There is a library at \(path) already. Nothing was changed.",
                    hint: "--library PATH puts this one elsewhere"
                )
            }
            key = try keys.key(of: device) { try client.passphrase() }
            machine = try MachineKey(client, chosen: key, forLibraryAt: path)
        }
    }

    func run(_ names: JoiningNames) throws -> SyncOutcome {
        do {
            guard let address = HostPort(invitation.hubAddress) else {
                throw ClientError(
                    .integrity,
                    "invitation.address",
                    "The invitation names no address of a hub. Ask for another."
                )
            }
            let hub = try HubConnection.proven(invitation.hubKeys, at: address, key: key)
            try replica.setRemote(hub: hub, address: invitation.hubAddress)
            guard let remote = try replica.remotes().first else {
                throw ClientError(.failed, "remote", "The hub could not be noted.")
            }
            let outcome = try client.sync(
                replica,
                with: remote,
                key: key,
                .join(invitation: invitation.privateKey().publicKey.bytes) { log in
                    try MembershipRecord.joining(
                        invitation,
                        in: log,
                        userName: names.user,
                        deviceName: names.device,
                        timeMilliseconds: client.now(),
                        signedBy: key
                    )
                }
            )
            try FileSystem.remove(marker)
            return outcome
        } catch {
            if try isMember() {
                // The hub has said yes; from here on it is a replica like any other.
                _ = try? FileSystem.remove(marker)
                throw error
            }
            if isPointless(error) { removeAll() }
            throw error
        }
    }

    private func isMember() throws -> Bool {
        guard let members = try? replica.membership() else { return false }
        return members.device(try DeviceKey(key.publicKey)) != nil
    }

    /// Whether what was made is of no use: the hub has said no, or cannot have heard of the key.
    ///
    /// After any other failure, a full disk here for one, it may have said yes.
    private func isPointless(_ error: any Error) -> Bool {
        switch error {
        case let error as SyncError:
            guard case .refused = error.code else { return false }
            return ClientError(error).exit != .network
        case is SocketError, is ClientError: return isFirstTry
        default: return false
        }
    }

    /// Takes everything away again: nothing of it is of use, and it would stand in the way.
    private func removeAll() {
        for suffix in ["", "-wal", "-shm", ".joining"] { _ = try? FileSystem.remove(path + suffix) }
        machine.discard(client)
    }
}
