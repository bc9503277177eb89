import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol

/// `galley join`.
enum JoinCommand: Command {
    static let description = CommandDescription(
        "join",
        "take part in a library by an invitation",
        discussion: """
            The invitation names the hub and its key. This machine gets a key of its own and the \
            whole library.
            """,
        options: [
            OptionDescription(
                "invite",
                value: "FILE",
                isRequired: true,
                "the invitation ('-' is standard input)"
            ),
            OptionDescription("user", value: "NAME", "your name (what the invitation suggests)"),
            OptionDescription("device", value: "NAME", "this machine's name"),
        ],
        examples: [
            CommandExample("galley join --invite pad.invite", "on another machine of yours"),
            CommandExample("galley join --invite ben.invite --device tower", "as a new user"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = client.places.library
        guard !FileSystem.exists(path) else {
            throw ClientError(
                .failed,
                "library.exists",
                "There is a library at \(path) already. Nothing was changed.",
                hint: "--library PATH joins beside it"
            )
        }
        let invitation = try read(line.required("invite"), client)
        try invitation.checkExpiry(at: client.now())
        let names = self.names(invitation, line, client)
        let keys = KeyFolder(client.places.keys)
        let key = try keys.makeKey(passphrase: client.newPassphrase())
        let report: ClientSync.Report
        do {
            report = try join(invitation, as: names, key: key, at: path, client)
        } catch {
            try clear(path, key: key, keys)
            throw error
        }
        say(report, names, invitation, client)
        return .done
    }

    private static func join(
        _ invitation: Invitation,
        as names: (user: String, device: String),
        key: PrivateKey,
        at path: String,
        _ client: Client
    ) throws -> ClientSync.Report {
        let (connection, hub) = try HubConnection.connect(
            to: invitation.hubAddress,
            anyOf: invitation.hubKeys,
            key: key
        )
        defer { connection.close() }
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        let replica = try Replica(creating: path, library: invitation.library)
        try replica.setRemote(hub: hub, address: invitation.hubAddress)
        let invitationKey = try invitation.privateKey().publicKey.bytes
        return try ClientSync(replica, with: hub).run(
            .join(invitation: invitationKey) { log in
                try MembershipRecord.joining(
                    invitation,
                    in: log,
                    userName: names.user,
                    deviceName: names.device,
                    timeMilliseconds: client.now(),
                    signedBy: key
                )
            },
            over: connection
        )
    }

    private static func read(_ path: String, _ client: Client) throws -> Invitation {
        let limit = MemberLimits.invitationSizeMax + 4096
        let bytes =
            path == "-" ? try client.readInput(limit) : try FileSystem.read(path, limit: limit)
        return try Invitation(text: String(decoding: bytes, as: UTF8.self))
    }

    /// The invitation suggests a name: of the user, or of the machine.
    private static func names(
        _ invitation: Invitation,
        _ line: ParsedCommand,
        _ client: Client
    ) -> (user: String, device: String) {
        let host = Surroundings.hostName ?? "device"
        let login = client.variables["USER"] ?? Surroundings.userName ?? "me"
        let suggested = invitation.suggestedName
        switch invitation.grant {
        case .user:
            return (line.value("user") ?? suggested ?? login, line.value("device") ?? host)
        case .device:
            return (line.value("user") ?? login, line.value("device") ?? suggested ?? host)
        }
    }

    /// Takes away what a failed try made, unless this machine is in by now: then it only has to
    /// sync.
    private static func clear(_ path: String, key: PrivateKey, _ keys: KeyFolder) throws {
        if FileSystem.exists(path), let replica = try? Replica(opening: path),
            let log = try? replica.membership(), log.device(try DeviceKey(key.publicKey)) != nil
        {
            return
        }
        for suffix in ["", "-wal", "-shm"] { try FileSystem.remove(path + suffix) }
        try keys.remove(key)
    }

    private static func say(
        _ report: ClientSync.Report,
        _ names: (user: String, device: String),
        _ invitation: Invitation,
        _ client: Client
    ) {
        let count = report.summary.receivedCount
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.join/1", "library": .string(invitation.library.description),
                "name": .string(invitation.libraryName), "device": .string(names.device),
                "received": .integer(Int64(count)),
            ])
            return
        }
        client.output.print(
            "Joined \(invitation.libraryName) at \(invitation.hubAddress): received "
                + "\(counted(count, "change set")), verified."
        )
        client.output.hint("galley list shows the articles")
    }
}
