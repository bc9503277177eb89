import ArticleFormats
import ArticleModel
import CommandArguments
import Membership
import ReplicaStore

/// `galley remote add`.
enum RemoteAddCommand: Command {
    static let path = ["remote", "add"]

    static let description = CommandDescription(
        "add",
        "sync this library through a hub from now on",
        discussion: """
            'galleyd init' on the hub prints its key and a claim code; the code is good for one \
            library. Nothing is trusted on first use: a hub with another key is refused.
            """,
        arguments: [ArgumentDescription("host:port", "where the hub is")],
        options: [
            OptionDescription(
                "key",
                value: "KEY",
                isRequired: true,
                "the hub's key, 64 hexadecimal digits"
            ),
            OptionDescription("claim", value: "CODE", isRequired: true, "the hub's claim code"),
        ],
        examples: [
            CommandExample(
                "galley remote add sync.example.org:4480 --key 9f2c… --claim k7qd-…",
                "names it"
            )
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let address = try line.required("host:port")
        guard let hub = [UInt8](hexadecimal: try line.required("key")).flatMap({ DeviceKey($0) })
        else {
            throw line.misuse(
                "“\(line.value("key") ?? "")” is no key: one has 64 hexadecimal digits."
            )
        }
        let library = try OpenLibrary(client)
        if let known = library.members.hub {
            throw ClientError(
                .failed,
                "hub.exists",
                "The library has a hub already, at \(known.address). Nothing was changed."
            )
        }
        let registration = try HubRegistration(library, hub: hub, address: address, client)
        try registration.register(claim: line.required("claim"))
        if client.output.isText {
            client.output.print("The library syncs through \(address) from now on.")
            client.output.hint("galley sync sends what is here, galley invite NAME lets people in")
        } else {
            client.output.json([
                "schema": "galley.remote/1", "hub": .string(address),
                "key": .string(hub.description),
            ])
        }
        return .done
    }
}

/// `galley remote list`.
enum RemoteListCommand: Command {
    static let path = ["remote", "list"]

    static let description = CommandDescription(
        "list",
        "show the hub",
        examples: [
            CommandExample("galley remote list", "its address, its key, how far it is followed")
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let remotes = try OpenLibrary(client).replica.remotes()
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.remotes/1",
                "remotes": .array(
                    remotes.map {
                        [
                            "hub": .string($0.address), "key": .string($0.hub.description),
                            "position": .integer(Int64(clamping: $0.cursor.position)),
                        ]
                    }
                ),
            ])
            return .done
        }
        for remote in remotes {
            client.output.print("\(remote.address)  \(remote.hub)  at \(remote.cursor.position)")
        }
        if remotes.isEmpty { client.output.message("No hub.") }
        return .done
    }
}
