import ArticleFormats
import ArticleModel
import CommandArguments
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine

/// `galley remote add`.
enum RemoteAddCommand: Command {
    static let path = ["remote", "add"]
    static let description = CommandDescription(
        "add",
        "let a hub keep this library, and sync with it",
        discussion: """
            galleyd init prints the address, the key and the claim code. The key is pinned: a \
            server with another one is never talked to. Where the library is at its hub already, \
            the same command without --claim gives the hub another address.
            """,
        arguments: [ArgumentDescription("address", "the hub's HOST:PORT")],
        options: [
            OptionDescription("key", value: "KEY", isRequired: true, "the hub's public key"),
            OptionDescription("claim", value: "CODE", "the one-use code that lets a library in"),
        ],
        examples: [
            CommandExample(
                "galley remote add sync.example.org:4480 --key 3f…9a --claim k7qd-…",
                "with what galleyd init printed"
            )
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let text = try line.required("address")
        guard let address = HostPort(text), address.port > 0 else {
            throw line.misuse("“\(text)” is no HOST:PORT.")
        }
        let keyText = try line.required("key")
        guard let hub = [UInt8](hexadecimal: keyText).flatMap({ DeviceKey($0) }) else {
            throw line.misuse("The key is 64 hexadecimal digits; galleyd status prints it.")
        }
        let library = try OpenLibrary(client)
        let key = try library.key()
        let remote: Remote
        let outcome: SyncOutcome
        if let known = library.members.hub {
            guard known.keys.contains(hub) else {
                throw ClientError(
                    .notAllowed,
                    "remote.other",
                    "This library's hub has another key. Nothing was changed.",
                    hint: "galley remote list shows the hub"
                )
            }
            try library.replica.setRemote(hub: hub, address: address.description)
            remote = try library.remote()
            let purpose = line.value("claim").map { ClientSync.Purpose.register(claim: $0) }
            outcome = try client.sync(library.replica, with: remote, key: key, purpose ?? .sync)
        } else {
            guard let claim = line.value("claim") else {
                throw line.misuse("--claim is needed to bring a library to a hub.")
            }
            (remote, outcome) = try register(
                library.replica,
                members: library.members,
                at: address,
                hub: hub,
                claim: claim,
                key: key,
                client
            )
        }
        if client.output.isText {
            client.output.print("Hub \(remote.address) added.")
        }
        let after = try SyncCommand.report(outcome, of: library.replica, with: remote, client)
        if !client.output.isText {
            client.output.json(
                SyncCommand.json(outcome, after, remote)
            )
        }
        client.output.hint("galley invite NAME lets others in, galley device add your own machines")
        return .done
    }

    private static func register(
        _ replica: Replica,
        members: MembershipLog,
        at address: HostPort,
        hub: DeviceKey,
        claim: String,
        key: PrivateKey,
        _ client: Client
    ) throws -> (Remote, SyncOutcome) {
        // Before anything is written: is somebody there who holds that key?
        try HubConnection(address, hub: hub, key: key).close()
        let record = try MembershipRecord.next(
            in: members,
            .hubSet(HubSet(keys: [hub], address: address.description)),
            timeMilliseconds: client.now(),
            signedBy: key
        )
        try replica.appendMembership([MembershipLog.Entry(record: record, receipt: nil)])
        try replica.setRemote(hub: hub, address: address.description)
        guard let remote = try replica.remotes().first(where: { $0.hub == hub }) else {
            throw ClientError(.failed, "remote", "The hub could not be noted.")
        }
        do {
            let outcome = try client.sync(replica, with: remote, key: key, .register(claim: claim))
            return (remote, outcome)
        } catch let error as SyncError {
            // A hub that refuses has kept nothing, so the record was never said to anybody. Where
            // the connection broke, it may have: then the record stays, and the same command goes
            // on from there.
            if case .refused = error.code {
                try replica.withdrawLastMembership(record.id)
                try replica.removeRemote(hub: hub)
            }
            throw error
        }
    }
}

/// `galley remote list`.
enum RemoteListCommand: Command {
    static let path = ["remote", "list"]
    static let description = CommandDescription(
        "list",
        "show the hub",
        examples: [CommandExample("galley remote list", "its address and key")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let remotes = try library.replica.remotes()
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.remotes/1",
                "remotes": .array(
                    remotes.map { remote in
                        [
                            "address": .string(remote.address),
                            "key": .string(remote.hub.description),
                            "position": .integer(Int64(clamping: remote.cursor.position)),
                        ]
                    }
                ),
            ])
            return .done
        }
        for remote in remotes { client.output.print("\(remote.address)  \(remote.hub)") }
        if remotes.isEmpty {
            client.output.message("No hub.")
            client.output.hint("galley remote add HOST:PORT --key KEY --claim CODE")
        }
        return .done
    }
}
